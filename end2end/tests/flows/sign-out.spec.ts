import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('looking at the sign-out page signs nobody out, its button does', async ({ page, person }) => {
  await flows.signIn(page, person);
  await page.goto('/sign-out');
  await page.goto('/account');
  await flows.expectSignedIn(page);
  await flows.signOut(page);
  await flows.expectSignedOut(page);
});

test('signing out is one step from the overview', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.button(page, 'Sign out').click();
  await expect(page).toHaveURL(/\/sign-in\?signed-out$/);
  await expect(flows.status(page)).toContainText('signed out');
  await flows.expectSignedOut(page);
});

test('after sign-out the back button shows nothing of the account', async ({ page, person }) => {
  await flows.signIn(page, person);
  const overview = await page.goto('/account');
  expect(overview?.headers()['cache-control']).toContain('no-store');
  await flows.signOut(page);
  await page.goBack();
  await page.goBack();
  await expect(page.locator('body')).not.toContainText(person.email);
});
