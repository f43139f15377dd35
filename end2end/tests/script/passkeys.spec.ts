// Passkeys in a real browser, whose authenticator Chromium plays.
import type { Page } from '@playwright/test';
import { Authenticator } from '../../support/authenticator';
import { expect, newcomer, ownServer, test, type Person } from '../../support/fixtures';
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
  // Away from the sign-in page, which would take the passkey as soon as it is touched and lead where this test does not look.
  await page.goto('/forgot-password');
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

test('the answer to a page of another origin is refused, whoever passes it on', async ({ page, person, doorward, playwright, watch }) => {
  await withPasskey(page, person);
  // Another server on this machine: Chromium lets it ask for passkeys of `localhost`, and signs where it was asked.
  const elsewhere = 'http://localhost:9';
  watch.allow(/^foreign request: http:\/\/localhost:9\//);
  await page.route(`${elsewhere}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Elsewhere</title>' }));
  const program = await playwright.request.newContext({ baseURL: doorward.url });
  const headers = { Accept: 'application/json', Origin: doorward.url };
  const asked = await (await program.post('/form/passkey-challenge', { headers, form: { act: 'sign-in' } })).json();
  for (const [origin, refused] of [[elsewhere, true], [doorward.url, false]] as const) {
    await page.goto(`${origin}/sign-in`);
    const credential = await page.evaluate(async (options) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      return JSON.stringify(await navigator.credentials.get({ publicKey }));
    }, asked.options);
    const form = { challenge: asked.challenge, credential };
    const answer = await program.post('/form/sign-in-with-passkey', { headers, form, maxRedirects: 0 });
    expect(answer.status(), origin).toBe(refused ? 403 : 200);
  }
  await program.dispose();
});

test('a page of another name can’t ask for it', async ({ page, person, doorward, watch }) => {
  await withPasskey(page, person);
  const elsewhere = doorward.url.replace('localhost', 'elsewhere.localhost');
  watch.allow(/^foreign request: http:\/\/elsewhere\.localhost/);
  await page.route(`${elsewhere}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Elsewhere</title>' }));
  await page.goto(`${elsewhere}/`);
  const refused = await page.evaluate(() =>
    navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32), rpId: 'localhost' } }).then(
      () => 'none',
      (error: DOMException) => error.name,
    ),
  );
  expect(refused).toBe('SecurityError');
});

test('a security key that is plugged in signs in, and is the second step', async ({ page, person }) => {
  await onlyByButton(page);
  await Authenticator.in(page, 'usb');
  await flows.signIn(page, person);
  await addPasskey(page);
  await flows.signOut(page);
  await useIt(page);
  await flows.expectSignedIn(page);
  await flows.signOut(page);
  await flows.signInHalfway(page, person);
  await flows.button(page, 'Use a passkey').click();
  await flows.expectSignedIn(page);
});

test('the button asks at once, and only the field waits to be chosen from', async ({ page, person }) => {
  await page.addInitScript(() => {
    const asked: unknown[] = [];
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) => {
      asked.push(options && 'mediation' in options ? options.mediation : 'absent');
      return get(options);
    };
    Object.assign(globalThis, { asked });
  });
  const asked = () => page.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked);
  const authenticator = await Authenticator.in(page);
  await flows.signIn(page, person);
  await addPasskey(page);
  await authenticator.touched(false);
  await flows.signOut(page);
  await expect.poll(asked).toEqual(['conditional']);
  await useIt(page);
  await expect.poll(asked).toEqual(['conditional', 'absent']);
});

test('who deleted it on the device, or lost the device, is told what to do and goes on with a code', async ({ page, person }) => {
  await onlyByButton(page);
  const authenticator = await Authenticator.in(page);
  await flows.signIn(page, person);
  await flows.addFirstPasskey(page);
  const [code] = await page.locator('#codes code').allInnerTexts();
  await flows.saveRecoveryCodes(page);
  await authenticator.empty();
  await flows.signOut(page);
  await useIt(page);
  await expect(flows.alert(page)).toContainText('No passkey was used');
  await flows.signInHalfway(page, person);
  await flows.button(page, 'Use a passkey').click();
  await expect(flows.alert(page)).toContainText('No passkey was used');
  await flows.field(page, 'code').fill(code);
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
});

test('a browser that is too old for passkeys is told so', async ({ page, person }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(PublicKeyCredential, 'parseRequestOptionsFromJSON');
  });
  await page.goto('/sign-in');
  await expect(page.getByText('This browser is too old for passkeys')).toBeVisible();
  await expect(flows.button(page, 'Sign in with a passkey')).toHaveCount(0);
  await flows.signIn(page, person);
});

test('in a browser that is trusted the factors are changed after one was shown', async ({ page, person }) => {
  await onlyByButton(page);
  await Authenticator.in(page);
  await flows.signIn(page, person);
  await flows.addFirstPasskey(page);
  const [code] = await page.locator('#codes code').allInnerTexts();
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);
  await flows.signInTrusting(page, person, code);
  await flows.signOut(page);
  await flows.signIn(page, person);
  await page.goto('/account/second-factor/totp');
  await expect(page).toHaveURL(/\/confirm\?then=/);
  await expect(flows.field(page, 'password')).toHaveCount(0);
  await flows.button(page, 'Use a passkey').click();
  await expect(page).toHaveURL(/\/account\/second-factor\/totp$/);
  await flows.field(page, 'code').fill(await flows.appCode(page));
  await flows.button(page, 'Turn on').click();
  await expect(page).toHaveURL(/\/account\/second-factor\?on$/);
});

test.describe(() => {
  test.use({ ...ownServer, settings: { DOORWARD__REGISTRATION__VERIFY_EMAIL: 'false' } });

  test('where addresses are not checked an account is made with a passkey at once, and so is the first admin', async ({ page, otherPage, doorward }) => {
    await onlyByButton(page);
    await Authenticator.in(page);
    const ada = newcomer();
    await page.goto('/register');
    await flows.button(page, 'Create a passkey instead').click();
    await expect(flows.alert(page)).toContainText('Enter an e-mail address');
    await flows.field(page, 'email').fill(ada.email);
    await flows.button(page, 'Create a passkey instead').click();
    await expect(page).toHaveURL(/\/recovery-codes$/);
    await flows.saveRecoveryCodes(page);
    await flows.signOut(page);
    await useIt(page);
    await flows.expectSignedIn(page);
    await expect(flows.main(page)).toContainText(ada.email);

    await Authenticator.in(otherPage);
    await otherPage.goto(doorward.setUpLink());
    await flows.field(otherPage, 'email').fill(newcomer().email);
    await flows.button(otherPage, 'Create a passkey instead').click();
    await expect(otherPage).toHaveURL(/\/recovery-codes$/);
    await otherPage.goto('/admin/sessions');
    await expect(otherPage).toHaveURL(/\/admin\/sessions$/);
  });
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
  await flows.registerWithPasskey(page, doorward, newcomer().email);
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
