// A slow or broken connection: the page is there, its script is not, and the form must do the same.
import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test.describe('while the script is still on its way', () => {
  let release: () => void;

  test.beforeEach(async ({ page }) => {
    const arrived = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/pkg\/.*\.(js|wasm)/, async (route) => {
      await arrived;
      // The page that asked may be gone by now.
      await route.continue().catch(() => undefined);
    });
  });
  test.afterEach(() => release());

  // `load` waits for scripts; the person does not.
  const early = { waitUntil: 'commit' } as const;

  test('a person signs in', async ({ page, person }) => {
    await page.goto('/sign-in', early);
    await flows.fillSignIn(page, person.email, person.password);
    await flows.button(page, 'Sign in').click({ noWaitAfter: true });
    await expect(page).toHaveURL(/\/account$/, { timeout: 10_000 });
  });

  test('a refused sign-in says so', async ({ page, person }) => {
    await page.goto('/sign-in', early);
    await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
    await flows.button(page, 'Sign in').click({ noWaitAfter: true });
    await expect(flows.alert(page)).toBeVisible();
  });

  test('what was typed is still there when the script arrives', async ({ page, person }) => {
    await page.goto('/sign-in', early);
    await flows.fillSignIn(page, person.email, person.password);
    release();
    await flows.hydrated(page);
    await expect(flows.field(page, 'identifier')).toHaveValue(person.email);
    await expect(flows.field(page, 'password')).toHaveValue(person.password);
    await flows.button(page, 'Sign in').click();
    await flows.expectSignedIn(page);
  });
});

test('a person registers and changes the password though the script never comes', async ({ page, doorward, watch }) => {
  watch.allow(/\/pkg\/|^uncaught: TypeError: Failed to fetch/);
  await page.route(/\/pkg\/.*\.(js|wasm)/, (route) => route.abort('failed'));
  const ada = newcomer();
  await flows.register(page, doorward, ada);
  const better = `${ada.password}-better`;
  await flows.changePassword(page, ada.password, better);
  await flows.expectPasswordChanged(page);
  await flows.signOut(page);
  await flows.signIn(page, { ...ada, password: better });
});
