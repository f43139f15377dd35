// What an open page does by itself.
import { expect, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('the list of sessions changes while it is open, and the focus stays', async ({ page, otherPage, person }) => {
  await flows.signIn(page, person);
  await page.goto('/account/sessions');
  await flows.hydrated(page);
  await expect(flows.button(page, 'End session')).toHaveCount(0);
  await flows.signIn(otherPage, person);
  await expect(flows.button(page, 'End session')).toHaveCount(1);
  const signOut = flows.main(page).getByRole('button', { name: 'Sign out', exact: true });
  await signOut.focus();
  await flows.signOut(otherPage);
  await expect(flows.button(page, 'End session')).toHaveCount(0);
  await expect(signOut).toBeFocused();
});

test('a page whose session is ended elsewhere says so by itself, and leads back after signing in', async ({ page, otherPage, person }) => {
  await flows.signIn(page, person);
  await flows.signIn(otherPage, person);
  await page.goto('/account/sessions');
  await otherPage.goto('/account/sessions?end=others');
  await flows.main(otherPage).getByRole('button', { name: 'Sign out everywhere else' }).first().click();
  await expect(page).toHaveURL(/\/sign-in\?then=\/account\/sessions$/);
  await expect(flows.status(page)).toContainText('ended from another device');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/account\/sessions$/);
});

test('of the two answers about the computer one holds', async ({ page }) => {
  await page.goto('/sign-in');
  await flows.hydrated(page);
  await flows.field(page, 'remember').check();
  await flows.field(page, 'shared').check();
  await expect(flows.field(page, 'remember')).not.toBeChecked();
  await flows.field(page, 'remember').check();
  await expect(flows.field(page, 'shared')).not.toBeChecked();
});

test.describe('a session that is idle soon', () => {
  test.use({ ...ownServer, settings: { DOORWARD__SESSION__IDLE_TIMEOUT: '4m' } });

  test('counts down, and staying keeps the page and what was typed', async ({ page, person }) => {
    await flows.signIn(page, person);
    await page.goto('/account/profile');
    await expect(page.locator('.lifetime')).toContainText(/[0-3]:\d\d/);
    await flows.field(page, 'display_name').fill('Half typed');
    await flows.button(page, 'Stay signed in').click();
    await expect(flows.button(page, 'Stay signed in')).not.toHaveAttribute('aria-busy', 'true');
    await expect(flows.field(page, 'display_name')).toHaveValue('Half typed');
  });
});

test.describe('a session that is over', () => {
  test.use({ ...ownServer, settings: { DOORWARD__SESSION__IDLE_TIMEOUT: '4s' } });

  test('leaves the page by itself and says why', async ({ page, person }) => {
    await flows.signIn(page, person);
    await page.goto('/account/profile');
    await expect(page).toHaveURL(/\/sign-in\?then=\/account\/profile$/, { timeout: 15_000 });
    await expect(flows.status(page)).toContainText('not used for');
  });
});

test.describe('a session whose absolute time is nearly over', () => {
  test.use({ ...ownServer, settings: { DOORWARD__SESSION__ABSOLUTE_TIMEOUT: '3m', DOORWARD__SESSION__IDLE_TIMEOUT: '3m', DOORWARD__SESSION__SHARED_IDLE: '3m', DOORWARD__SESSION__RECENT: '3m' } });

  test('says so, and offers no staying', async ({ page, person }) => {
    await flows.signIn(page, person);
    await expect(page.locator('.lifetime')).toContainText('as every session does');
    await expect(flows.button(page, 'Stay signed in')).toBeHidden();
  });
});
