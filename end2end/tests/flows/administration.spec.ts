// What administrators do for and against other people, with and without script.
import { expect, newcomer, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test.use(ownServer);

test('an administrator finds somebody and disables the account, with the keyboard alone; they are out at once, and back when enabled', async ({
  page,
  otherPage,
  doorward,
  person,
}) => {
  await flows.signIn(otherPage, person);
  const admin = newcomer();
  doorward.command(['user', 'create', '--email', admin.email, '--username', admin.username, '--admin'], `${admin.password}\n`);
  await flows.signIn(page, admin);
  await page.goto('/admin/users');

  const press = async (element: ReturnType<typeof flows.button>): Promise<void> => {
    for (let stops = 0; stops < 60; stops += 1) {
      await page.keyboard.press('Tab');
      if (await element.evaluate((node) => node === document.activeElement)) break;
    }
    await expect(element).toBeFocused();
    await page.keyboard.press('Enter');
  };
  const link = (name: string | RegExp) => flows.main(page).getByRole('link', { name });
  await page.getByLabel('Part of a name, address or id').focus();
  await page.keyboard.type(person.email.slice(2));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/admin\/users\?text=/);
  await press(link(`Open the account of ${person.email}`));
  await expect(page).toHaveURL(/\/admin\/users\/[0-9a-f-]{36}$/);
  await press(link('Disable account'));
  await expect(flows.main(page)).toContainText('is signed out everywhere at once');
  await press(flows.button(page, 'Disable account'));
  await expect(flows.status(page).first()).toContainText('The account is disabled');

  await otherPage.goto('/account');
  await expect(otherPage).toHaveURL(/\/sign-in/);
  await expect(flows.main(otherPage)).toContainText('an administrator disabled the account');

  await press(link('Enable account'));
  await press(flows.button(page, 'Enable account'));
  await expect(flows.status(page).first()).toContainText('The account is enabled');
  await flows.signIn(otherPage, person);
});
