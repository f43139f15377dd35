import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('registration asks for the address, then by mail for the password, and signs in', async ({ page, doorward }) => {
  const ada = newcomer();
  await flows.askToRegister(page, ada.email);
  const letter = await doorward.mailbox.next(ada.email);
  expect(letter.subject).not.toBe('');
  await page.goto(letter.link);
  await expect(flows.field(page, 'new_password')).toHaveAttribute('autocomplete', 'new-password');
  await flows.field(page, 'new_password').fill(ada.password);
  await flows.button(page, 'Create account').click();
  await flows.expectSignedIn(page);
  await expect(flows.main(page)).toContainText(ada.email);
});

test('a known address gets the same page, and a letter that says so', async ({ page, doorward, person }) => {
  const stranger = newcomer();
  await flows.askToRegister(page, stranger.email);
  const forStranger = (await flows.main(page).innerText()).replaceAll(stranger.email, 'ADDRESS');
  await flows.askToRegister(page, person.email);
  const forKnown = (await flows.main(page).innerText()).replaceAll(person.email, 'ADDRESS');
  expect(forKnown).toBe(forStranger);

  const letter = await doorward.mailbox.next(person.email);
  expect(letter.text).toMatch(/already/i);
  expect(letter.link).not.toContain('/verify-email');
});

test('looking at the link does not use it up, creating the account does', async ({ page, doorward }) => {
  const ada = newcomer();
  await flows.askToRegister(page, ada.email);
  const { link } = await doorward.mailbox.next(ada.email);
  await page.goto(link);
  await page.goto(link);
  await flows.field(page, 'new_password').fill(ada.password);
  await flows.button(page, 'Create account').click();
  await flows.expectSignedIn(page);
  await flows.signOut(page);

  expect((await page.goto(link))?.status()).toBe(410);
  await expect(flows.field(page, 'new_password')).toHaveCount(0);
  await flows.signIn(page, ada);
});

test('a password that many people use is refused, beside its field, and a better one goes through', async ({ page, doorward }) => {
  const ada = newcomer();
  await flows.askToRegister(page, ada.email);
  await page.goto((await doorward.mailbox.next(ada.email)).link);
  const password = flows.field(page, 'new_password');
  await password.fill('passwordpassword');
  await flows.button(page, 'Create account').click();
  await expect(flows.alert(page)).toBeVisible();
  await expect(password).toHaveAttribute('aria-invalid', 'true');
  await flows.expectDescribedByAlert(page, password);
  await password.fill(ada.password);
  await flows.button(page, 'Create account').click();
  await flows.expectSignedIn(page);
});

test('an address that is none is refused', async ({ page }) => {
  await page.goto('/register');
  // The browser's own check would stop it first; the server must refuse it by itself.
  await page.locator('main form').evaluate((form: HTMLFormElement) => (form.noValidate = true));
  await flows.field(page, 'email').fill('not an address');
  await flows.button(page, 'Continue').click();
  await expect(flows.alert(page)).toBeVisible();
});
