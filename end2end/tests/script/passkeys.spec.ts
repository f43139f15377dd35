// Passkeys in a real browser, whose authenticator Chromium plays.
import type { Page } from '@playwright/test';
import { Authenticator } from '../../support/authenticator';
import { expect, newcomer, test, type Person } from '../../support/fixtures';
import * as flows from '../../support/flows';

/** From signed in to a passkey whose recovery codes are saved. */
async function addPasskey(page: Page): Promise<void> {
  await page.goto('/account/passkeys');
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await flows.button(page, 'Add a passkey').click();
  await expect(page).toHaveURL(/\/account\/second-factor\/recovery-codes$/);
  await flows.saveRecoveryCodes(page);
}

/** Somebody with a passkey, signed out. Only the button asks for it: the field for the name would be answered at once. */
async function withPasskey(page: Page, person: Person): Promise<Authenticator> {
  await onlyByButton(page);
  const authenticator = await Authenticator.in(page);
  await flows.signIn(page, person);
  await addPasskey(page);
  await flows.signOut(page);
  return authenticator;
}

const onlyByButton = (page: Page) =>
  page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });

/** The button comes with the script that it needs. */
const useIt = (page: Page) => flows.button(page, 'Sign in with a passkey').click();

test('a newcomer adds a passkey and signs in with two clicks', async ({ page, person }) => {
  await withPasskey(page, person);
  await page.goto('/sign-in?then=/account/passkeys');
  await useIt(page);
  await expect(page).toHaveURL(/\/account\/passkeys$/);
  await expect(flows.main(page)).toContainText('On one device only');
  await expect(flows.main(page)).toContainText('used');
});

test('the field for the name offers the passkey by itself', async ({ page, person }) => {
  const authenticator = await Authenticator.in(page);
  await flows.signIn(page, person);
  await addPasskey(page);
  await authenticator.touched(false);
  await flows.signOut(page);
  await authenticator.touched(true);
  await page.goto('/sign-in?then=/account/profile');
  await expect(page).toHaveURL(/\/account\/profile$/);
});

test('what was said of the computer counts for a passkey too', async ({ page, person, context }) => {
  await withPasskey(page, person);
  await page.goto('/sign-in');
  await flows.field(page, 'remember').check();
  await useIt(page);
  await flows.expectSignedIn(page);
  const cookie = (await context.cookies()).find(({ name }) => name === '__Host-doorward');
  expect(cookie!.expires).toBeGreaterThan(Date.now() / 1000 + 29 * 24 * 3600);
});

test('after the password a passkey is the second step', async ({ page, person }) => {
  await withPasskey(page, person);
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
  await flows.button(page, 'Use a passkey').click();
  await flows.expectSignedIn(page);
});

test('without the right finger nobody gets in, and the page says what to do', async ({ page, person }) => {
  const authenticator = await withPasskey(page, person);
  await page.goto('/sign-in');
  await authenticator.verified(false);
  await useIt(page);
  await expect(flows.alert(page)).toContainText('No passkey was used');
  await authenticator.verified(true);
  await useIt(page);
  await flows.expectSignedIn(page);
});

test('a passkey that may have been copied is refused', async ({ page, person }) => {
  const authenticator = await withPasskey(page, person);
  await page.goto('/sign-in');
  await useIt(page);
  await flows.expectSignedIn(page);
  await flows.signOut(page);
  await page.goto('/sign-in');
  await authenticator.rewind(0);
  await useIt(page);
  await expect(flows.alert(page)).toContainText('That passkey was not accepted');
});

test('a passkey that was removed here is refused', async ({ page, person }) => {
  await withPasskey(page, person);
  await page.goto('/sign-in');
  await useIt(page);
  await flows.expectSignedIn(page);
  await page.goto('/account/passkeys');
  await flows.button(page, 'Remove').click();
  await expect(flows.main(page)).toContainText('It is your last second factor');
  await flows.button(page, 'Remove').click();
  await expect(page).toHaveURL(/\?removed$/);
  await flows.signOut(page);
  await page.goto('/sign-in');
  await useIt(page);
  await expect(flows.alert(page)).toContainText('That passkey was not accepted');
});

test('a challenge for another site is refused by the browser', async ({ page, person }) => {
  await withPasskey(page, person);
  await page.goto('/sign-in');
  await page.route('**/form/passkey-challenge', async (route) => {
    const response = await route.fetch();
    const asked = await response.json();
    asked.options.rpId = 'example.org';
    await route.fulfill({ response, json: asked });
  });
  await useIt(page);
  await expect(flows.alert(page)).toContainText('No passkey was used');
  await flows.expectSignedOut(page);
});

test('the same device is not added twice', async ({ page, person }) => {
  const authenticator = await Authenticator.in(page);
  await flows.signIn(page, person);
  await addPasskey(page);
  await page.goto('/account/passkeys?add');
  await flows.button(page, 'Add a passkey').click();
  await expect(flows.alert(page)).toContainText('has a passkey for your account already');
  expect(await authenticator.count()).toBe(1);
});

test('an account is made with a passkey and no password, and its last way in stays', async ({ page, doorward }) => {
  await onlyByButton(page);
  await Authenticator.in(page);
  const ada = newcomer();
  await flows.askToRegister(page, ada.email);
  await page.goto((await doorward.mailbox.next(ada.email)).link);
  await flows.button(page, 'Create a passkey instead').click();
  await expect(page).toHaveURL(/\/recovery-codes$/);
  await flows.saveRecoveryCodes(page);
  await page.goto('/account/passkeys');
  await flows.button(page, 'Remove').click();
  await expect(flows.main(page)).toContainText('the only way to sign in');
  await flows.signOut(page);
  await page.goto('/sign-in');
  await useIt(page);
  await flows.expectSignedIn(page);
});

test('who lost password and passkey gets in with a recovery code', async ({ page, otherPage, person, doorward }) => {
  await Authenticator.in(page);
  await flows.signIn(page, person);
  await page.goto('/account/passkeys?add');
  await flows.button(page, 'Add a passkey').click();
  await expect(page).toHaveURL(/\/recovery-codes$/);
  const [code] = await page.locator('#codes code').allInnerTexts();
  await flows.askForReset(otherPage, person.email);
  await flows.resetPassword(otherPage, (await doorward.mailbox.next(person.email, '/reset-password')).link, 'nine small boats return by dusk');
  await flows.fillSignIn(otherPage, person.email, 'nine small boats return by dusk');
  await flows.button(otherPage, 'Sign in').click();
  await expect(otherPage).toHaveURL(/second-factor$/);
  await flows.field(otherPage, 'code').fill(code);
  await flows.button(otherPage, 'Sign in').click();
  await flows.expectSignedIn(otherPage);
});
