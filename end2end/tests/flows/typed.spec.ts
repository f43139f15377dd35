// What was typed is not asked for twice, with and without script.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, newcomer, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('the name stays typed when another language is chosen, and so does what was ticked', async ({ page, person }) => {
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.field(page, 'shared').check();
  await flows.button(page, 'Deutsch').click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page).toHaveURL(/\/sign-in\??$/);
  await expect(flows.field(page, 'identifier')).toHaveValue(person.email);
  await expect(flows.field(page, 'shared')).toBeChecked();
  await expect(flows.field(page, 'password')).toHaveValue('');
  await flows.field(page, 'password').fill(person.password);
  await flows.button(page, 'Anmelden').click();
  await flows.expectSignedIn(page);
});

test('Enter in a field signs in, and does not choose a language', async ({ page, person }) => {
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.field(page, 'password').press('Enter');
  await flows.expectSignedIn(page);
});

test('a wrong password after a sign-out leaves the name, and no word of the sign-out', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.signOut(page);
  await expect(flows.main(page)).toContainText('You are signed out');
  await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toContainText('do not belong together');
  await expect(flows.field(page, 'identifier')).toHaveValue(person.email);
});

test.describe(() => {
  test.use({ ...ownServer, settings: { DOORWARD__SESSION__RECENT: '2s' } });

  test('a new address is still there after the question who is there', async ({ page, person }) => {
    await flows.signIn(page, person);
    await page.goto('/account/profile');
    const other = newcomer().email;
    await flows.field(page, 'email').fill(other);
    await sleep(2_100);
    await flows.button(page, 'Change e-mail').click();
    await expect(page).toHaveURL(/\/confirm\?then=/);
    await flows.field(page, 'password').fill(person.password);
    await flows.button(page, 'Continue').click();
    await expect(page).toHaveURL(/\/account\/profile\?email$/);
    await expect(flows.field(page, 'email')).toHaveValue(other);
  });
});
