// Passkeys whose answers a password manager gives in the browser's place, and what goes wrong on the way.
import type { Page } from '@playwright/test';
import { Authenticator } from '../../support/authenticator';
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

/** What page scripts of password managers did to answers. */
const spoiled: Record<string, () => void> = {
  'leaves toJSON out': () => void Reflect.deleteProperty(PublicKeyCredential.prototype, 'toJSON'),
  'has a toJSON that throws': () => {
    PublicKeyCredential.prototype.toJSON = () => {
      throw new TypeError('Illegal invocation');
    };
  },
  'has methods that throw': () => {
    const thrower = () => {
      throw new TypeError('Illegal invocation');
    };
    PublicKeyCredential.prototype.getClientExtensionResults = thrower;
    AuthenticatorAttestationResponse.prototype.getTransports = thrower;
  },
  'tells hints in shapes of its own': () => {
    const odd = { credProps: true, appid: 'no', prf: { results: new Uint8Array(4) } } as unknown as AuthenticationExtensionsClientOutputs;
    PublicKeyCredential.prototype.getClientExtensionResults = () => odd;
    AuthenticatorAttestationResponse.prototype.getTransports = () => ['internal', 'by pigeon"', 7 as unknown as string, 'cable'];
  },
  'answers with objects of its own': () => {
    const { credentials } = navigator;
    for (const act of ['create', 'get'] as const) {
      const ask = credentials[act].bind(credentials) as (options: object) => Promise<PublicKeyCredential>;
      Object.assign(credentials, {
        [act]: async (options: object) => {
          const { id, rawId, type, response } = await ask(options);
          const bytes = (name: string) => Reflect.get(response, name) as ArrayBuffer | null;
          const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].filter(bytes);
          return { id, rawId, type, response: Object.fromEntries(names.map((name) => [name, new Uint8Array(bytes(name)!)])) };
        },
      });
    }
  },
};

const onlyByButton = (page: Page) =>
  page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });

for (const [what, spoil] of Object.entries(spoiled)) {
  test(`with a password manager that ${what} a passkey is added, signs in and is the second step`, async ({ page, person }) => {
    await onlyByButton(page);
    await page.addInitScript(spoil);
    await Authenticator.in(page);
    await flows.signIn(page, person);
    await flows.addFirstPasskey(page);
    await flows.saveRecoveryCodes(page);
    await flows.signOut(page);
    await flows.button(page, 'Sign in with a passkey').click();
    await flows.expectSignedIn(page);
    await flows.signOut(page);
    await flows.signInHalfway(page, person);
    await flows.button(page, 'Use a passkey').click();
    await flows.expectSignedIn(page);
  });
}

test('how a passkey can be reached and what became of the extensions is told as the browser tells it', async ({ page, person }) => {
  await onlyByButton(page);
  await Authenticator.in(page, 'usb');
  await flows.signIn(page, person);
  const sent = async (form: string, act: () => Promise<unknown>) => {
    const [request] = await Promise.all([page.waitForRequest(`**/form/${form}`), act()]);
    return JSON.parse(new URLSearchParams(request.postData()!).get('credential')!) as {
      response: { transports: string[] | null };
      clientExtensionResults: { credProps?: { rk: boolean } };
    };
  };
  const added = await sent('add-passkey', () => flows.addFirstPasskey(page));
  expect(added.response.transports).toEqual(['usb']);
  expect(added.clientExtensionResults.credProps).toEqual({ rk: true });
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);
  const used = await sent('sign-in-with-passkey', () => flows.button(page, 'Sign in with a passkey').click());
  expect(used).toMatchObject({ response: { transports: null }, clientExtensionResults: {} });
  await flows.expectSignedIn(page);
});

test('cancelled, failed and impossible are told apart', async ({ page }) => {
  await onlyByButton(page);
  await page.addInitScript(() => {
    navigator.credentials.get = () => Promise.reject((globalThis as unknown as { problem: unknown }).problem);
  });
  await page.goto('/sign-in');
  for (const [kind, name, words] of [
    ['DOMException', 'NotAllowedError', 'the request was cancelled'],
    // As a script of another world throws it.
    ['Error', 'NotAllowedError', 'the request was cancelled'],
    ['DOMException', 'NotSupportedError', 'can’t do what is asked for here'],
    ['DOMException', 'ConstraintError', 'can’t do what is asked for here'],
    ['DOMException', 'UnknownError', 'reported a fault'],
    ['Error', 'TypeError', 'reported a fault'],
    ['nothing', '', 'reported a fault'],
  ] as const) {
    await page.evaluate(
      ([kind, name]) => {
        const problem = kind === 'DOMException' ? new DOMException('', name) : kind === 'Error' ? Object.assign(new Error(), { name }) : null;
        Object.assign(globalThis, { problem });
      },
      [kind, name],
    );
    await flows.button(page, 'Sign in with a passkey').click();
    await expect(flows.alert(page), `${kind} ${name}`).toContainText(words);
  }
});

test.describe('a passkey that could not be stored', () => {
  const signalled = (page: Page) => page.evaluate(() => (globalThis as unknown as { signalled: unknown[] }).signalled);

  test.beforeEach(async ({ page, person }) => {
    await onlyByButton(page);
    await page.addInitScript(() => {
      const all: unknown[] = [];
      Object.assign(globalThis, { signalled: all });
      Object.assign(PublicKeyCredential, { signalUnknownCredential: (about: unknown) => (all.push(about), Promise.resolve()) });
    });
    await Authenticator.in(page);
    await flows.signIn(page, person);
    await page.goto('/account/passkeys?add');
  });

  const answer = (page: Page, status: number, code: string) =>
    page.route('**/form/add-passkey', (route) => route.fulfill({ status, json: { code, message: 'Not stored.', field: null } }));

  test('is withdrawn where it was refused', async ({ page }) => {
    await answer(page, 403, 'passkey_refused');
    await flows.button(page, 'Add a passkey').click();
    await expect(flows.alert(page)).toContainText('Not stored.');
    expect(await signalled(page)).toEqual([{ rpId: 'localhost', credentialId: expect.stringMatching(/^[\w-]{16,}$/) }]);
  });

  test('stays where it may be stored all the same', async ({ page, watch }) => {
    watch.allow(/^503 from POST|status of 503|net::ERR_FAILED/);
    for (const [status, code] of [[409, 'passkey_known'], [410, 'link_expired'], [401, 'sign_in_required'], [503, 'unavailable']] as const) {
      await answer(page, status, code);
      await flows.button(page, 'Add a passkey').click();
      await expect(flows.alert(page)).toContainText('Not stored.');
      expect(await signalled(page), code).toEqual([]);
      await page.unroute('**/form/add-passkey');
      await page.reload();
    }
    await page.route('**/form/add-passkey', (route) => route.abort('failed'));
    await flows.button(page, 'Add a passkey').click();
    await expect(flows.alert(page)).toContainText('We could not reach the server');
    expect(await signalled(page)).toEqual([]);
  });
});
