import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('the development mailbox shows the letter, and its link goes on', async ({ page, doorward }) => {
  const ada = newcomer();
  await flows.askToRegister(page, ada.email);
  const { subject } = await doorward.mailbox.next(ada.email);
  await page.goto('/dev/mail');
  await expect(flows.main(page)).toContainText(ada.email);
  await expect(flows.main(page)).toContainText(subject);
  const link = flows.letterLink(page, ada.email);
  await link.click();
  await flows.field(page, 'new_password').fill(ada.password);
  await flows.button(page, 'Create account').click();
  await flows.expectSignedIn(page);
});
