// What is seen and heard where colours, shades or a look at the page do not help.
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('in forced colours a ticked box looks ticked', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto('/sign-in');
  const box = flows.field(page, 'remember');
  const look = async (ticked: boolean) => {
    await box.setChecked(ticked);
    // The ring around what is focused, and the shade of what is pointed at, are differences too.
    await box.blur();
    await page.mouse.move(0, 0);
    await page.waitForTimeout(500);
    return (await box.screenshot({ animations: 'disabled' })).toString('base64');
  };
  await look(true);
  const unticked = await look(false);
  expect(await look(true)).not.toBe(unticked);
  expect(await look(false)).toBe(unticked);
});

test('the current language and the current page are told by more than a shade', async ({ page, person }) => {
  const lines = (names: string[], role: 'button' | 'link') =>
    Promise.all(names.map((name) => page.getByRole(role, { name, exact: true }).evaluate((node) => getComputedStyle(node).textDecorationLine)));
  await page.goto('/sign-in');
  expect(await lines(['English', 'Deutsch'], 'button')).toEqual(['underline', 'none']);
  await flows.signIn(page, person);
  await page.emulateMedia({ forcedColors: 'active' });
  expect(await lines(['Overview', 'Profile'], 'link')).toEqual(['underline', 'none']);
});

test('what a page says of what was just done is read out once, after it is there', async ({ page, person }) => {
  await flows.signIn(page, person);
  await expect(page.locator('[aria-live=polite].visually-hidden')).toHaveCount(0);
  await flows.signOut(page);
  const region = page.locator('[aria-live=polite].visually-hidden');
  await expect(region).toHaveText('You are signed out.');
  await expect(region).toHaveText('', { timeout: 15_000 });
});

test('an error goes when its field is typed into, and the strength of the new password is told again', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.changePassword(page, person.password, 'passwordpassword');
  await expect(flows.alert(page)).toBeVisible();
  await flows.field(page, 'new_password').fill('nine small boats return by dusk');
  await expect(flows.alert(page)).toHaveCount(0);
  await expect(flows.field(page, 'new_password')).not.toHaveAttribute('aria-invalid');
  await expect(flows.status(page)).toBeVisible();
});
