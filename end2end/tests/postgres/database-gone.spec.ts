// Never open by accident: without its database the server can't tell who is who, and says so.
import { expect, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test.use(ownServer);

test('with the database gone nobody is let in, a page says so, and what was typed stays', async ({
  page,
  otherPage,
  person,
  doorward,
  watch,
}) => {
  watch.allow(/^503 from|status of 503/);
  await flows.signIn(page, person);
  await otherPage.goto('/sign-in');
  await flows.hydrated(otherPage);
  await flows.fillSignIn(otherPage, person.email, person.password);
  doorward.loseDatabase();

  expect((await page.goto('/account'))?.status()).toBe(503);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('body')).not.toContainText(person.email);
  // Its style sheet has come, past its policy.
  await expect(flows.main(page)).toHaveCSS('border-radius', '10px');

  await flows.button(otherPage, 'Sign in').click();
  await expect(flows.alert(otherPage)).toBeVisible();
  await expect(flows.field(otherPage, 'password')).toHaveValue(person.password);
});
