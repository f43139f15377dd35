// The whole way through the product, as promised on the first page of README: on every database, with and without script.
import { expect, newcomer, test } from '../support/fixtures';
import * as flows from '../support/flows';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled });

    test('a person registers, signs in elsewhere, changes the password, and only this browser stays', async ({
      page,
      otherPage,
      doorward,
    }) => {
      const ada = newcomer();
      await flows.register(page, doorward, ada);
      await expect(flows.main(page)).toContainText(ada.email);
      await flows.signIn(otherPage, ada);

      const better = `${ada.password}-better`;
      await flows.changePassword(page, ada.password, better);
      await flows.expectPasswordChanged(page);
      await flows.expectSignedOut(otherPage);
      await page.goto('/account');
      await flows.expectSignedIn(page);

      await flows.signOut(page);
      await flows.expectSignedOut(page);
      await flows.signIn(page, { ...ada, password: better });
    });

    test('a person ends what they do not know, and it is out at its next request', async ({ page, otherPage, person }) => {
      await flows.signIn(otherPage, person);
      await flows.signIn(page, person);
      await page.goto('/account/sessions');
      await flows.button(page, 'End session').click();
      await expect(page).toHaveURL(/\?ended=1$/);
      await flows.expectSignedOut(otherPage);
      await page.goto('/account/activity');
      await expect(flows.main(page)).toContainText('ended by you');
    });

    test('a person who forgot the password gets back in by mail', async ({ page, doorward, person }) => {
      await flows.askForReset(page, person.email);
      const { link } = await doorward.mailbox.next(person.email);
      const better = `${person.password}-better`;
      await flows.resetPassword(page, link, better);
      await flows.signIn(page, { ...person, password: better });
    });
  });
}
