// Getting an account because an administrator said so, with and without script.
import { expect, newcomer, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test.use({ ...ownServer, settings: { DOORWARD__REGISTRATION__MODE: 'invite' } });

test('an administrator invites somebody, with the keyboard alone, sends it again, and the new letter makes the account', async ({
  page,
  otherPage,
  doorward,
}) => {
  const [admin, ada] = [newcomer(), newcomer()];
  doorward.command(['user', 'create', '--email', admin.email, '--username', admin.username, '--admin'], `${admin.password}\n`);
  await flows.signIn(page, admin);
  await page.goto('/admin/invitations');
  await expect(flows.main(page)).toContainText('Nobody is invited');

  const press = async (element: ReturnType<typeof flows.button>): Promise<void> => {
    for (let stops = 0; stops < 40; stops += 1) {
      await page.keyboard.press('Tab');
      if (await element.evaluate((node) => node === document.activeElement)) break;
    }
    await expect(element).toBeFocused();
    await page.keyboard.press('Enter');
  };
  const link = (name: RegExp) => flows.main(page).getByRole('link', { name });

  await flows.field(page, 'email').focus();
  await page.keyboard.type('nobody');
  await page.keyboard.press('Enter');
  await expect(flows.alert(page)).toBeVisible();
  await flows.expectDescribedByAlert(page, flows.field(page, 'email'));

  await flows.field(page, 'email').fill(ada.email);
  await page.keyboard.press('Enter');
  await expect(flows.status(page).first()).toContainText('The invitation is on its way');
  const first = await doorward.mailbox.next(ada.email, '/verify-email');

  await press(link(/^Send again/));
  await expect(flows.main(page)).toContainText('The one that was sent before is void then');
  await press(flows.button(page, 'Send again'));
  await expect(flows.status(page).first()).toContainText('on its way again');
  const second = await doorward.mailbox.next(ada.email, '/verify-email');

  await otherPage.goto('/register');
  await expect(flows.main(otherPage)).toContainText('By invitation');
  const void_ = await otherPage.request.get(first.link);
  expect(void_.status()).toBe(410);
  await otherPage.goto(second.link);
  await flows.field(otherPage, 'new_password').fill(ada.password);
  await flows.button(otherPage, 'Create account').click();
  await flows.expectSignedIn(otherPage);

  await page.goto('/admin/invitations');
  await expect(flows.main(page)).toContainText('Nobody is invited');
});

test('an invitation that is taken back lets nobody in', async ({ page, doorward }) => {
  const [admin, ada] = [newcomer(), newcomer()];
  doorward.command(['user', 'create', '--email', admin.email, '--username', admin.username, '--admin'], `${admin.password}\n`);
  await flows.signIn(page, admin);
  await page.goto('/admin/invitations');
  await flows.field(page, 'email').fill(ada.email);
  await flows.button(page, 'Invite').click();
  const { link } = await doorward.mailbox.next(ada.email, '/verify-email');
  await flows.main(page).getByRole('link', { name: /^Take back/ }).click();
  await expect(flows.main(page)).toContainText('is void at once');
  await flows.button(page, 'Take back').click();
  await expect(flows.status(page).first()).toContainText('The invitation is taken back');
  expect((await page.request.get(link)).status()).toBe(410);
});
