// What a page says of the act before it, until something newer is to be said.
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('beside a wrong password nothing is said of the sign-out before it, and the name stays', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.signOut(page);
  await expect(flows.main(page)).toContainText('You are signed out.');
  await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toContainText('do not belong together');
  await expect(page.getByText('You are signed out.')).toHaveCount(0);
  await expect(flows.field(page, 'identifier')).toHaveValue(person.email);
});

test('beside a refused name nothing is said of the one that was saved', async ({ page, person }) => {
  await flows.signIn(page, person);
  await page.goto('/account/profile');
  const save = () => flows.main(page).getByRole('button', { name: 'Save', exact: true }).click();
  await save();
  await expect(page).toHaveURL(/\?saved$/);
  await expect(flows.status(page)).toContainText('saved');
  await flows.field(page, 'username').fill('admin');
  await save();
  await expect(flows.alert(page)).toBeVisible();
  await expect(flows.status(page)).toHaveCount(0);
});
