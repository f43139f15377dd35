// What people do, in the words of the public contract: paths, field names, button names. Works with and without script.
import { parse } from '@otplib/uri';
import { expect, type Locator, type Page } from '@playwright/test';
import { generate } from 'otplib';
import type { Doorward } from './doorward';
import type { Person } from './fixtures';
import type { Letter } from './mailbox';

export const field = (page: Page, name: string): Locator => page.locator(`input[name="${name}"]:not([type="hidden"])`);
export const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true });
export const alert = (page: Page): Locator => page.getByRole('alert').filter({ hasText: /\S/ });
export const status = (page: Page): Locator => page.getByRole('status').filter({ hasText: /\S/ });
/** What the page says, without the frame around it. */
export const main = (page: Page): Locator => page.getByRole('main');

export async function askToRegister(page: Page, email: string): Promise<void> {
  await page.goto('/register');
  await field(page, 'email').fill(email);
  await button(page, 'Continue').click();
  await expect(page).toHaveURL(/\/register\?sent$/);
  await expect(main(page)).toContainText('Check your mail');
}

/** From nothing to signed in, with the mail in between. */
export async function register(page: Page, doorward: Doorward, person: Person): Promise<void> {
  await askToRegister(page, person.email);
  await page.goto((await doorward.mailbox.next(person.email)).link);
  await field(page, 'new_password').fill(person.password);
  await button(page, 'Create account').click();
  await expectSignedIn(page);
}

export async function fillSignIn(page: Page, identifier: string, password: string): Promise<void> {
  await field(page, 'identifier').fill(identifier);
  await field(page, 'password').fill(password);
}

/** Opens the sign-in page and signs in; ends on the overview. */
export async function signIn(page: Page, person: Person, options: { remember?: boolean } = {}): Promise<void> {
  await page.goto('/sign-in');
  await fillSignIn(page, person.email, person.password);
  if (options.remember) await field(page, 'remember').check();
  await button(page, 'Sign in').click();
  await expectSignedIn(page);
}

export async function expectSignedIn(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/account$/);
}

/** The next page that needs a session asks to sign in. */
export async function expectSignedOut(page: Page): Promise<void> {
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in(\?|$)/);
}

export async function signOut(page: Page): Promise<void> {
  await page.goto('/sign-out');
  await button(page, 'Sign out').click();
  await expect(page).toHaveURL(/\/sign-in\?signed-out$/);
}

export async function changePassword(page: Page, current: string, next: string): Promise<void> {
  await page.goto('/account/password');
  await field(page, 'password').fill(current);
  await field(page, 'new_password').fill(next);
  await main(page).getByRole('button', { name: 'Save', exact: true }).click();
}

/** Types a new password, and waits until the page says what it thinks of it: a refusal takes lines that move the button below. */
export async function typeJudged(page: Page, password: string): Promise<void> {
  await field(page, 'new_password').fill(password);
  await status(page).waitFor();
}

export async function askForReset(page: Page, email: string): Promise<void> {
  await page.goto('/forgot-password');
  await field(page, 'email').fill(email);
  await button(page, 'Continue').click();
  await expect(page).toHaveURL(/\/forgot-password\?sent$/);
  await expect(main(page)).toContainText('Check your mail');
}

/** The code that an independent app shows which was given our `otpauth:` link. */
export async function appCode(page: Page): Promise<string> {
  const link = await page.getByRole('link', { name: 'Open in an app' }).getAttribute('href');
  const { secret, algorithm, digits, period } = parse(link!).params;
  return generate({ secret, algorithm, digits, period });
}

/** The `otpauth:` link of the app that is being set up; expects somebody signed in. */
export async function appLink(page: Page): Promise<string> {
  await page.goto('/account/second-factor/totp');
  return (await page.getByRole('link', { name: 'Open in an app' }).getAttribute('href'))!;
}

/** From the page with the key to the recovery codes; expects somebody signed in. */
export async function turnOnSecondFactor(page: Page): Promise<void> {
  await page.goto('/account/second-factor/totp');
  await field(page, 'code').fill(await appCode(page));
  await field(page, 'device_name').fill('Phone');
  await button(page, 'Turn on').click();
  await expect(page).toHaveURL(/\/account\/second-factor\/recovery-codes$/);
}

/** Gives the password of somebody who must set up a second factor first; ends on the page that asks for it. */
export async function signInToEnrol(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-in');
  await fillSignIn(page, person.email, person.password);
  await button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/sign-in\/enrol$/);
}

/** From that page to the recovery codes, signed in. */
export async function enrol(page: Page): Promise<void> {
  await field(page, 'code').fill(await appCode(page));
  await button(page, 'Turn on').click();
  await expect(page).toHaveURL(/\/account\/second-factor\/recovery-codes(\?then=[^&]+)?$/);
}

/** From anywhere to the recovery codes of a first passkey; expects somebody signed in. */
export async function addFirstPasskey(page: Page): Promise<void> {
  await page.goto('/account/passkeys?add');
  await button(page, 'Add a passkey').click();
  await expect(page).toHaveURL(/\/account\/second-factor\/recovery-codes$/);
}

/** From nothing to the recovery codes of an account without a password. */
export async function registerWithPasskey(page: Page, doorward: Doorward, email: string): Promise<void> {
  await askToRegister(page, email);
  await page.goto((await doorward.mailbox.next(email)).link);
  await button(page, 'Create a passkey instead').click();
  await expect(page).toHaveURL(/\/account\/second-factor\/recovery-codes$/);
}

/** As far as the password brings somebody with a second factor. */
export async function signInHalfway(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-in');
  await fillSignIn(page, person.email, person.password);
  await button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
}

export async function saveRecoveryCodes(page: Page): Promise<void> {
  await button(page, 'I have saved them').click();
  await expect(page).toHaveURL(/\/account\/second-factor\?saved$/);
}

/** Signs in with a recovery code, and trusts this browser from then on; ends on the overview. */
export async function signInTrusting(page: Page, person: Person, code: string): Promise<void> {
  await page.goto('/sign-in');
  await fillSignIn(page, person.email, person.password);
  await button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
  await field(page, 'code').fill(code);
  await page.getByLabel('Trust this browser for 30 days').check();
  await button(page, 'Sign in').click();
  await expectSignedIn(page);
}

/** The next letter about second factors; the one about the sign-in before is put aside. */
export async function factorLetter(doorward: Doorward, person: Person): Promise<Letter> {
  for (;;) {
    const letter = await doorward.mailbox.next(person.email, '/was-it-you');
    if (!letter.subject.startsWith('New sign-in')) return letter;
  }
}

/**
 * Waits until the page's one island listens for forms being sent.
 * Asking for its listener is surer than waiting for the network to be quiet.
 */
export async function hydrated(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await expect
    .poll(async () => {
      const { result } = await session.send('Runtime.evaluate', { expression: 'document' });
      const found = await session.send('DOMDebugger.getEventListeners', { objectId: result.objectId! });
      return found.listeners.map(({ type }) => type);
    })
    .toContain('submit');
  await session.detach();
}

/** What the page says once a new password is in force: not an alert, a status. */
export async function expectPasswordChanged(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/account\/password\?changed$/);
  await expect(status(page)).toBeVisible();
}

export async function resetPassword(page: Page, link: string, next: string): Promise<void> {
  await page.goto(link);
  await field(page, 'new_password').fill(next);
  await button(page, 'Save').click();
  await expect(page).toHaveURL(/\/sign-in\?password-reset$/);
  await expect(status(page)).toBeVisible();
}

/** A screen reader reads the refusal with the field it is about. */
export async function expectDescribedByAlert(page: Page, input: Locator): Promise<void> {
  const ids = ((await input.getAttribute('aria-describedby')) ?? '').split(' ').filter(Boolean);
  const words = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()));
  expect(words.join(' ')).toContain((await alert(page).innerText()).trim());
}

/** The way on in the development mailbox's letter to `email`. */
export const letterLink = (page: Page, email: string): Locator =>
  main(page).locator('article.letter').filter({ hasText: email }).getByRole('link').last();

/** A program signs in: an access token for `audience`, or for our own API. */
export async function accessToken(doorward: Doorward, person: Person, audience?: string): Promise<string> {
  const answer = await fetch(`${doorward.url}/api/v1/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ identifier: person.email, password: person.password, audience }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}
