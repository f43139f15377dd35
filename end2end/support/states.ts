// Every page in every state a person can meet, and the way there. A new page is added here and nowhere else.
import { expect, request, type Page } from '@playwright/test';
import { Authenticator } from './authenticator';
import type { Doorward } from './doorward';
import { newcomer, ownServer, test, type Person } from './fixtures';
import * as flows from './flows';
import { linkWith, signInWith, Upstream } from './upstream';
import type { Watch } from './watch';

export interface World {
  page: Page;
  doorward: Doorward;
  person: Person;
  watch: Watch;
}
interface State {
  name: string;
  /** Asks for a server of its own with these settings. */
  settings?: Record<string, string>;
  reach: (world: World) => Promise<unknown>;
}

/** One test a state: gets there, then runs `body`. */
export function testEachState(title: (name: string) => string, body: (page: Page, name: string) => Promise<void>): void {
  for (const { name, settings, reach } of states) {
    test.describe(() => {
      if (settings) test.use({ ...ownServer, settings });
      test(title(name), async ({ page, doorward, person, watch }) => {
        await reach({ page, doorward, person, watch });
        await body(page, name);
      });
    });
  }
}

const open =
  (path: string) =>
  ({ page }: World) =>
    page.goto(path);

const signedIn =
  (path: string) =>
  async ({ page, person }: World) => {
    await flows.signIn(page, person);
    await page.goto(path);
  };

async function openRegistrationLink({ page, doorward }: World): Promise<void> {
  const ada = newcomer();
  await flows.askToRegister(page, ada.email);
  await page.goto((await doorward.mailbox.next(ada.email)).link);
}

async function saveProfile({ page, person }: World, name: string, username: string): Promise<void> {
  await flows.signIn(page, person);
  await page.goto('/account/profile');
  await flows.field(page, 'display_name').fill(name);
  await flows.field(page, 'username').fill(username);
  await flows.button(page, 'Save').click();
}

/** An address and a name as long as they come. */
async function signInWithLongNames({ page, doorward }: World): Promise<void> {
  const person = { ...newcomer(), email: `${'a'.repeat(60)}.${newcomer().username.slice(-3)}@${'sub.'.repeat(40)}example.org` };
  doorward.command(['user', 'create', '--email', person.email, '--username', person.username], `${person.password}\n`);
  await saveProfile({ page, doorward, person } as World, 'W'.repeat(80), `${person.username}-${'m'.repeat(24)}`);
  await expect(page).toHaveURL(/\?saved$/);
}

/** As an administrator, with somebody else signed in too. On a server of its own: the first admin takes the set-up link away. */
const administers =
  (path: string | ((admin: Person) => string)) =>
  async ({ page, doorward, person }: World) => {
    await flows.signIn(page, person);
    await page.context().clearCookies();
    const admin = newcomer();
    doorward.command(['user', 'create', '--email', admin.email, '--username', admin.username, '--admin'], `${admin.password}\n`);
    await flows.signIn(page, admin);
    await page.goto(typeof path === 'string' ? path : path(admin));
  };

/** As an administrator on the page of somebody else, asked for `query`, after `prepare` on the command line. */
const looksAt =
  (query: string, prepare: (world: World) => void = () => {}) =>
  async (world: World) => {
    await administers('/admin/users')(world);
    prepare(world);
    await world.page.getByRole('link', { name: `Open the account of ${world.person.email}` }).click();
    await world.page.getByText('Ways to sign in').waitFor();
    if (query) await world.page.goto(`${world.page.url()}${query}`);
  };

async function openResetLink({ page, doorward, person }: World): Promise<void> {
  await flows.askForReset(page, person.email);
  await page.goto((await doorward.mailbox.next(person.email)).link);
}

/** Signs in, and opens what the letter about it leads to. */
async function openSignInNotice({ page, doorward, person }: World): Promise<void> {
  await flows.signIn(page, person);
  await page.goto((await doorward.mailbox.next(person.email, '/was-it-you')).link);
}

/** With the password given and the code still asked for. */
async function signInHalfway(world: World): Promise<void> {
  const { page, person } = world;
  await turnOn(world);
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);
  await flows.signInHalfway(page, person);
}

/** To the page that asks for a second factor: signed in with the password alone, in a browser that is trusted. */
async function openFactorConfirm(world: World): Promise<void> {
  const { page, person } = world;
  await trustThisBrowser(world);
  await flows.signOut(page);
  await flows.signIn(page, person);
  await page.goto('/account/second-factor/totp');
  await page.getByText('Show it once').waitFor();
}

/** A personal access token, shown for the only time. */
async function makeToken(world: World): Promise<void> {
  await signedIn('/account/tokens?add')(world);
  await world.page.getByLabel('What it is for').fill('Backup script');
  await flows.button(world.page, 'Make token').click();
  await world.page.locator('#token').waitFor();
}

/** To the question whether to remove the only passkey. */
async function askToRemove(page: Page, says: string): Promise<void> {
  await page.goto('/account/passkeys');
  await flows.button(page, 'Remove').click();
  await page.getByText(says).waitFor();
}

/** Signs in elsewhere with the first recovery codes, until so many are left. */
async function useUpCodes({ page, person, doorward }: World, left: number): Promise<void> {
  const codes = await page.locator('#codes code').allInnerTexts();
  for (const code of codes.slice(left)) {
    const program = await request.newContext({ baseURL: doorward.url });
    const headers = { Accept: 'application/json', Origin: doorward.url };
    await program.post('/form/sign-in', { headers, form: { identifier: person.email, password: person.password } });
    const answer = await program.post('/form/second-factor', { headers, form: { code } });
    expect(answer.ok()).toBe(true);
    await program.dispose();
  }
}

/** With this browser trusted, and signed in. */
async function trustThisBrowser(world: World): Promise<void> {
  const { page, person } = world;
  await turnOn(world);
  const [code] = await page.locator('#codes code').allInnerTexts();
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);
  await flows.signInTrusting(page, person, code);
}

/** A first passkey, its recovery codes saved. */
async function addPasskey({ page, person }: World): Promise<Authenticator> {
  const authenticator = await Authenticator.in(page);
  await flows.signIn(page, person);
  await flows.addFirstPasskey(page);
  await flows.saveRecoveryCodes(page);
  return authenticator;
}

/** Two services that can be gone to, and one that is down. */
const providers = {
  DOORWARD__PROVIDERS__GITHUB__PRESET: 'github',
  DOORWARD__PROVIDERS__GITHUB__CLIENT_ID: 'x',
  DOORWARD__PROVIDERS__GITHUB__CLIENT_SECRET: 'x',
  DOORWARD__PROVIDERS__WORK__ISSUER: 'http://127.0.0.1:1',
  DOORWARD__PROVIDERS__WORK__CLIENT_ID: 'x',
  DOORWARD__PROVIDERS__WORK__LABEL: 'Work',
  DOORWARD__PROVIDERS__WORK__ALLOW_PRIVATE_ADDRESSES: 'true',
};

/** Presses the button, and stays on the page that would go on by itself. */
async function leaveForGitHub({ page, watch }: World): Promise<void> {
  watch.allow(/^foreign request: https:\/\/github\.com\//);
  // An answer without content leaves the browser where it is.
  await page.context().route('https://github.com/**', (route) => route.fulfill({ status: 204 }));
  await page.goto('/sign-in');
  await flows.button(page, 'Continue with GitHub').click();
  await page.getByRole('link', { name: 'Go to GitHub' }).waitFor();
}

/** Goes on with the software of other people behind it. */
const withUpstream =
  (act: (world: World, upstream: Upstream) => Promise<unknown>, settings: Record<string, string> = {}) =>
  async (world: World) => {
    const upstream = await Upstream.behind(world.doorward, world.watch, settings);
    try {
      await act(world, upstream);
    } finally {
      await upstream.stop();
    }
  };

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';
const agents = [
  firefox,
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'python-requests/2.32.5',
];

/** Signs in here, and `times` more from elsewhere. */
async function signInManyTimes({ page, person, doorward }: World, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const program = await request.newContext({ baseURL: doorward.url, userAgent: agents[time % agents.length] });
    const form = { identifier: person.email, password: person.password };
    const answer = await program.post('/form/sign-in', { form, headers: { Accept: 'application/json', Origin: doorward.url } });
    expect(answer.ok()).toBe(true);
    await program.dispose();
  }
  await flows.signIn(page, person);
}

/** To the page that asks who is there, once a second has gone by. */
async function openConfirm({ page, person }: World): Promise<void> {
  await flows.signIn(page, person);
  await expect(async () => {
    await page.goto('/confirm?then=/account/sessions');
    await expect(page).toHaveURL(/\/confirm/, { timeout: 100 });
  }).toPass();
}

/** To the recovery codes of a first app. */
async function turnOn({ page, person }: World): Promise<void> {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
}

const everyone = { DOORWARD__SECOND_FACTOR__POLICY: 'everyone' };
const soon = { ...everyone, DOORWARD__SECOND_FACTOR__GRACE_DAYS: '7' };

/** To the question whether to turn the last app off. */
async function askToTurnOff(page: Page): Promise<void> {
  await page.goto('/account/second-factor');
  await flows.button(page, 'Turn off').click();
  await page.getByText('It is your last one').waitFor();
}

/** What the letter about a second factor leads to. */
async function openFactorLetter(world: World): Promise<void> {
  await turnOn(world);
  await world.page.goto((await flows.factorLetter(world.doorward, world.person)).link);
}

/** What the letter about the removal of the second factor leads to. */
async function openResetLetter(world: World): Promise<void> {
  const { page, doorward, person } = world;
  await openFactorLetter(world);
  doorward.command(['user', 'reset-second-factor', person.email]);
  await page.goto((await flows.factorLetter(doorward, person)).link);
}

const states: State[] = [
  { name: 'sign-in', reach: open('/sign-in') },
  {
    name: 'sign-in, refused',
    reach: async ({ page, person }) => {
      await page.goto('/sign-in');
      await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
      await flows.button(page, 'Sign in').click();
      await flows.alert(page).waitFor();
    },
  },
  { name: 'sign-in, to see another page', reach: open('/account/password') },
  { name: 'sign-in, after a sign-out', reach: open('/sign-in?signed-out') },
  { name: 'sign-in, after a reset', reach: open('/sign-in?password-reset') },
  {
    name: 'sign-in, server gone',
    reach: async ({ page, person, watch }) => {
      await page.goto('/sign-in');
      await flows.hydrated(page);
      watch.allow(/net::ERR_FAILED/);
      await page.route('**/form/**', (route) => route.abort('failed'));
      await flows.fillSignIn(page, person.email, person.password);
      await flows.button(page, 'Sign in').click();
      await flows.alert(page).waitFor();
    },
  },
  { name: 'register', reach: open('/register') },
  {
    name: 'register, address refused',
    reach: async ({ page }) => {
      await page.goto('/register');
      await flows.field(page, 'email').fill('not an address');
      await flows.button(page, 'Continue').click();
      await flows.alert(page).waitFor();
    },
  },
  { name: 'register, closed', settings: { DOORWARD__REGISTRATION__MODE: 'closed' }, reach: open('/register') },
  {
    name: 'register, at once, address taken',
    settings: { DOORWARD__REGISTRATION__VERIFY_EMAIL: 'false' },
    reach: async ({ page, person }) => {
      await page.goto('/register');
      await flows.field(page, 'email').fill(person.email);
      await flows.field(page, 'new_password').fill(newcomer().password);
      await flows.button(page, 'Create account').click();
      await flows.alert(page).waitFor();
    },
  },
  { name: 'register, asked', reach: ({ page }) => flows.askToRegister(page, newcomer().email) },
  { name: 'verify-email, from the letter', reach: openRegistrationLink },
  {
    name: 'verify-email, password refused',
    reach: async (world) => {
      await openRegistrationLink(world);
      await flows.field(world.page, 'new_password').fill('passwordpassword');
      await flows.button(world.page, 'Create account').click();
      await flows.alert(world.page).waitFor();
    },
  },
  {
    name: 'verify-email, password judged',
    reach: async (world) => {
      await openRegistrationLink(world);
      await flows.hydrated(world.page);
      await flows.field(world.page, 'new_password').fill('blue lamp seven rivers');
      await flows.status(world.page).waitFor();
    },
  },
  { name: 'verify-email, without a link', reach: open('/verify-email') },
  { name: 'forgot-password', reach: open('/forgot-password') },
  { name: 'forgot-password, asked', reach: ({ page }) => flows.askForReset(page, newcomer().email) },
  { name: 'reset-password, from the letter', reach: openResetLink },
  { name: 'reset-password, without a link', reach: open('/reset-password') },
  { name: 'was-it-you, from the letter', reach: openSignInNotice },
  {
    name: 'was-it-you, ended',
    reach: async (world) => {
      await openSignInNotice(world);
      await flows.button(world.page, 'End session').click();
      await flows.status(world.page).waitFor();
    },
  },
  {
    name: 'was-it-you, of a session that is over',
    reach: async (world) => {
      await flows.signIn(world.page, world.person);
      await flows.signOut(world.page);
      await world.page.goto((await world.doorward.mailbox.next(world.person.email)).link);
    },
  },
  { name: 'was-it-you, without a link', reach: open('/was-it-you') },
  { name: 'sign-out, nobody in', reach: open('/sign-out') },
  { name: 'sign-out', reach: signedIn('/sign-out') },
  { name: 'account', reach: signedIn('/account') },
  { name: 'account, with long names', reach: async (world) => (await signInWithLongNames(world), world.page.goto('/account')) },
  { name: 'account profile', reach: signedIn('/account/profile') },
  {
    name: 'account profile, saved',
    reach: async (world) => {
      await saveProfile(world, 'Ada Lovelace', world.person.username);
      await flows.status(world.page).waitFor();
    },
  },
  {
    name: 'account profile, refused',
    reach: async (world) => {
      await saveProfile(world, 'Ada Lovelace', 'admin');
      await flows.alert(world.page).waitFor();
    },
  },
  { name: 'account profile, with long names', reach: signInWithLongNames },
  { name: 'account password', reach: signedIn('/account/password') },
  {
    name: 'account password, refused',
    reach: async ({ page, person }) => {
      await flows.signIn(page, person);
      await flows.changePassword(page, `${person.password}-wrong`, `${person.password}-better`);
      await flows.alert(page).waitFor();
    },
  },
  {
    name: 'account password, changed',
    reach: async ({ page, person }) => {
      await flows.signIn(page, person);
      await flows.changePassword(page, person.password, `${person.password}-better`);
      await flows.expectPasswordChanged(page);
    },
  },
  { name: 'account sessions, only this one', reach: signedIn('/account/sessions') },
  { name: 'account sessions', reach: async (world) => (await signInManyTimes(world, 3), world.page.goto('/account/sessions')) },
  { name: 'account sessions, many', reach: async (world) => (await signInManyTimes(world, 12), world.page.goto('/account/sessions')) },
  {
    name: 'account sessions, nothing found',
    reach: async (world) => (await signInManyTimes(world, 12), world.page.goto('/account/sessions?find=nothing-like-it')),
  },
  {
    name: 'account sessions, about to end the others',
    reach: async (world) => {
      await signInManyTimes(world, 3);
      await world.page.goto('/account/sessions');
      await flows.button(world.page, 'Sign out everywhere else').click();
      await world.page.getByText('Sign out everywhere else?').waitFor();
    },
  },
  {
    name: 'account sessions, ended',
    reach: async (world) => {
      await signInManyTimes(world, 2);
      await world.page.goto('/account/sessions');
      await flows.button(world.page, 'End session').first().click();
      await flows.status(world.page).first().waitFor();
    },
  },
  {
    name: 'account sessions, naming a device',
    reach: async ({ page, person }) => {
      await flows.signIn(page, person);
      await page.goto('/account/sessions');
      await page.getByRole('link', { name: 'Name this device' }).click();
      await flows.field(page, 'device_name').waitFor();
    },
  },
  {
    name: 'account sessions, about to end by being idle',
    settings: { DOORWARD__SESSION__IDLE_TIMEOUT: '4m' },
    reach: async ({ page, person }) => {
      await flows.signIn(page, person);
      await flows.button(page, 'Stay signed in').waitFor();
    },
  },
  {
    name: 'account, on a shared computer',
    reach: async ({ page, person }) => {
      await page.goto('/sign-in');
      await flows.fillSignIn(page, person.email, person.password);
      await flows.field(page, 'shared').check();
      await flows.button(page, 'Sign in').click();
      await flows.expectSignedIn(page);
    },
  },
  { name: 'confirm', settings: { DOORWARD__SESSION__RECENT: '1s' }, reach: openConfirm },
  {
    name: 'confirm, refused',
    settings: { DOORWARD__SESSION__RECENT: '1s' },
    reach: async (world) => {
      await openConfirm(world);
      await flows.field(world.page, 'password').fill('not the password of anybody');
      await flows.button(world.page, 'Continue').click();
      await flows.alert(world.page).waitFor();
    },
  },
  {
    name: 'confirm, from another browser',
    reach: async ({ page, person }) => {
      await flows.signIn(page, person);
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Network.setUserAgentOverride', { userAgent: firefox });
      await page.goto('/account');
      await expect(page).toHaveURL(/\/confirm\?/);
    },
  },
  {
    name: 'confirm, with a passkey, from another browser',
    reach: async (world) => {
      await addPasskey(world);
      const devtools = await world.page.context().newCDPSession(world.page);
      await devtools.send('Network.setUserAgentOverride', { userAgent: firefox });
      await world.page.goto('/account');
      await flows.button(world.page, 'Use a passkey').waitFor();
    },
  },
  { name: 'confirm, with a second factor', reach: openFactorConfirm },
  {
    name: 'confirm, with a second factor, wrong code',
    reach: async (world) => {
      await openFactorConfirm(world);
      await flows.field(world.page, 'code').fill('no such code');
      await flows.button(world.page, 'Continue').click();
      await flows.alert(world.page).waitFor();
    },
  },
  {
    name: 'confirm, with a passkey as the second factor',
    reach: async (world) => {
      const { page, person } = world;
      const authenticator = await Authenticator.in(page);
      await flows.signIn(page, person);
      await flows.addFirstPasskey(page);
      const [code] = await page.locator('#codes code').allInnerTexts();
      await flows.saveRecoveryCodes(page);
      await authenticator.touched(false);
      await flows.signOut(page);
      await flows.signInTrusting(page, person, code);
      await flows.signOut(page);
      await flows.signIn(page, person);
      await page.goto('/account/passkeys?add');
      await flows.button(page, 'Use a passkey').waitFor();
    },
  },
  {
    name: 'sign-in, after the session was ended',
    reach: async (world) => {
      await signInManyTimes(world, 0);
      const cookies = await world.page.context().cookies();
      await flows.changePassword(world.page, world.person.password, `${world.person.password}-better`);
      await flows.expectPasswordChanged(world.page);
      await world.page.context().addCookies(cookies);
      await world.page.goto('/account/profile');
      await flows.status(world.page).waitFor();
    },
  },
  { name: 'account second-factor, none', reach: signedIn('/account/second-factor') },
  { name: 'account second-factor, setting up an app', reach: signedIn('/account/second-factor/totp') },
  {
    name: 'account second-factor, wrong code',
    reach: async ({ page, person }) => {
      await flows.signIn(page, person);
      await page.goto('/account/second-factor/totp');
      await flows.field(page, 'code').fill('not a code');
      await flows.button(page, 'Turn on').click();
      await flows.alert(page).waitFor();
    },
  },
  { name: 'account second-factor, recovery codes', reach: turnOn },
  {
    name: 'account second-factor, set up',
    reach: async (world) => {
      await turnOn(world);
      await flows.saveRecoveryCodes(world.page);
      await flows.status(world.page).waitFor();
    },
  },
  {
    name: 'account second-factor, few recovery codes left',
    reach: async (world) => {
      await turnOn(world);
      await useUpCodes(world, 2);
      await flows.saveRecoveryCodes(world.page);
      await world.page.getByText('You have 2 recovery codes left').waitFor();
    },
  },
  {
    name: 'account second-factor, about to make new recovery codes',
    reach: async (world) => {
      await turnOn(world);
      await flows.saveRecoveryCodes(world.page);
      await world.page.getByRole('link', { name: 'Make new codes' }).click();
      await flows.button(world.page, 'Make new codes').waitFor();
    },
  },
  {
    name: 'account second-factor, about to turn off',
    reach: async (world) => {
      await turnOn(world);
      await flows.saveRecoveryCodes(world.page);
      await flows.button(world.page, 'Turn off').click();
      await world.page.getByText('It is your last one').waitFor();
    },
  },
  {
    name: 'account second-factor, renaming',
    reach: async (world) => {
      await turnOn(world);
      await flows.saveRecoveryCodes(world.page);
      await world.page.getByRole('link', { name: 'Rename' }).click();
      await flows.button(world.page, 'Save').waitFor();
    },
  },
  {
    name: 'account second-factor, about to be removed by the operator',
    reach: async (world) => {
      await turnOn(world);
      world.doorward.command(['user', 'reset-second-factor', world.person.email]);
      await world.page.goto('/account');
      await flows.button(world.page, 'Stop it').waitFor();
    },
  },
  { name: 'was it you, second factor', reach: openFactorLetter },
  {
    name: 'was it you, account locked',
    reach: async (world) => {
      await openFactorLetter(world);
      await flows.button(world.page, /lock my account/).click();
      await flows.status(world.page).waitFor();
    },
  },
  { name: 'was it you, second factor about to be removed', reach: openResetLetter },
  {
    name: 'was it you, removal stopped',
    reach: async (world) => {
      await openResetLetter(world);
      await flows.button(world.page, 'Stop it').click();
      await world.page.getByText('It is stopped').waitFor();
    },
  },
  {
    name: 'was it you, removal over',
    reach: async (world) => {
      await openResetLetter(world);
      world.doorward.command(['user', 'reset-second-factor', world.person.email, '--cancel']);
      await world.page.reload();
    },
  },
  { name: 'API reference', reach: (world) => world.page.goto('/api') },
  { name: 'account tokens, none', reach: signedIn('/account/tokens') },
  { name: 'account tokens, making one', reach: signedIn('/account/tokens?add') },
  {
    name: 'account tokens, one without a use',
    reach: async (world) => {
      await signedIn('/account/tokens?add')(world);
      await world.page.getByLabel('Read your name and e-mail').uncheck();
      await world.page.getByLabel('What it is for').fill('Backup script');
      await flows.button(world.page, 'Make token').click();
      await flows.alert(world.page).waitFor();
    },
  },
  { name: 'account tokens, shown once', reach: makeToken },
  {
    name: 'account tokens, one',
    reach: async (world) => {
      await makeToken(world);
      await flows.button(world.page, 'I have saved it').click();
      // Not by the role alone: the page before has a notice too.
      await world.page.getByText('It will not be shown again').waitFor();
    },
  },
  {
    name: 'account tokens, about to revoke it',
    reach: async (world) => {
      await makeToken(world);
      await flows.button(world.page, 'I have saved it').click();
      await flows.button(world.page, 'Revoke').click();
      await world.page.getByText('Programs that use it are refused at once').waitFor();
    },
  },
  { name: 'account passkeys, none', reach: signedIn('/account/passkeys') },
  { name: 'account passkeys, adding one', reach: signedIn('/account/passkeys?add') },
  { name: 'account passkeys, one', reach: async (world) => (await addPasskey(world), world.page.goto('/account/passkeys')) },
  {
    name: 'account passkeys, renaming',
    reach: async (world) => {
      await addPasskey(world);
      await world.page.goto('/account/passkeys');
      await world.page.getByRole('link', { name: 'Rename' }).click();
      await flows.button(world.page, 'Save').waitFor();
    },
  },
  {
    name: 'account passkeys, about to remove the last way in',
    reach: async ({ page, doorward }) => {
      await Authenticator.in(page);
      await flows.registerWithPasskey(page, doorward, newcomer().email);
      await flows.saveRecoveryCodes(page);
      await askToRemove(page, 'the only way to sign in');
    },
  },
  {
    name: 'account passkeys, the last one that must stay',
    settings: everyone,
    reach: async ({ page, person }) => {
      await Authenticator.in(page);
      await flows.signInToEnrol(page, person);
      await flows.button(page, 'Add a passkey').click();
      await flows.saveRecoveryCodes(page);
      await askToRemove(page, 'your administrator asks for a second factor');
    },
  },
  {
    name: 'account passkeys, about to remove the last one with a short password',
    reach: async (world) => {
      await addPasskey(world);
      await flows.changePassword(world.page, world.person.password, 'kq7vm2xw');
      await flows.expectPasswordChanged(world.page);
      await askToRemove(world.page, 'it is too short for that');
    },
  },
  {
    name: 'account passkeys, impossible where the address has no name',
    settings: {},
    reach: async ({ page, doorward, person, watch }) => {
      const origin = doorward.url.replace('localhost', '127.0.0.1');
      watch.allow(/^foreign request: http:\/\/127\.0\.0\.1:/);
      await doorward.restart({ DOORWARD__SERVER__PUBLIC_URL: origin });
      await page.goto(`${origin}/sign-in?then=/account/passkeys`);
      await flows.fillSignIn(page, person.email, person.password);
      await flows.button(page, 'Sign in').click();
      await page.getByText('Passkeys can’t be used here').waitFor();
    },
  },
  {
    name: 'account passkeys, about to remove the last factor',
    reach: async (world) => {
      await addPasskey(world);
      await world.page.goto('/account/passkeys');
      await flows.button(world.page, 'Remove').click();
      await world.page.getByText('It is your last second factor').waitFor();
    },
  },
  {
    name: 'sign-in, no passkey here',
    reach: async ({ page }) => {
      // One that holds nothing; without any Chromium would wait for somebody to plug one in.
      await Authenticator.in(page);
      await page.goto('/sign-in');
      await flows.button(page, 'Sign in with a passkey').waitFor();
      await flows.button(page, 'Sign in with a passkey').click();
      await flows.alert(page).waitFor();
    },
  },
  {
    name: 'sign-in second-factor, with a passkey',
    reach: async (world) => {
      const { page, person } = world;
      const authenticator = await addPasskey(world);
      await authenticator.touched(false);
      await flows.signOut(page);
      await flows.fillSignIn(page, person.email, person.password);
      await flows.button(page, 'Sign in').click();
      await flows.button(page, 'Use a passkey').waitFor();
    },
  },
  {
    name: 'sign-in, in a browser too old for passkeys',
    reach: async ({ page }) => {
      await page.addInitScript(() => {
        Reflect.deleteProperty(PublicKeyCredential, 'parseRequestOptionsFromJSON');
      });
      await page.goto('/sign-in');
      await page.getByText('too old for passkeys').waitFor();
    },
  },
  {
    name: 'sign-in second-factor, too many wrong codes',
    reach: async (world) => {
      await signInHalfway(world);
      for (let wrong = 0; wrong < 6; wrong++) {
        await flows.field(world.page, 'code').fill(`no such code ${wrong}`);
        await flows.button(world.page, 'Sign in').click();
        await flows.alert(world.page).waitFor();
      }
      await world.page.getByText('There were too many wrong codes').waitFor();
    },
  },
  { name: 'sign-in second-factor', reach: signInHalfway },
  {
    name: 'sign-in second-factor, wrong code',
    reach: async (world) => {
      await signInHalfway(world);
      await flows.field(world.page, 'code').fill('no such code');
      await flows.button(world.page, 'Sign in').click();
      await flows.alert(world.page).waitFor();
    },
  },
  {
    name: 'sign-in second-factor, on a shared computer',
    reach: async (world) => {
      const { page, person } = world;
      await turnOn(world);
      await flows.saveRecoveryCodes(page);
      await flows.signOut(page);
      await page.goto('/sign-in');
      await flows.fillSignIn(page, person.email, person.password);
      await flows.field(page, 'shared').check();
      await flows.button(page, 'Sign in').click();
      await flows.field(page, 'code').waitFor();
      await expect(flows.field(page, 'trust')).toHaveCount(0);
    },
  },
  {
    name: 'account sessions, with a trusted browser',
    reach: async (world) => (await trustThisBrowser(world), world.page.goto('/account/sessions')),
  },
  {
    name: 'account sessions, not trusted any more',
    reach: async (world) => {
      await trustThisBrowser(world);
      await world.page.goto('/account/sessions');
      await flows.button(world.page, 'Stop trusting').click();
      await flows.status(world.page).first().waitFor();
    },
  },
  { name: 'sign-in enrol', settings: everyone, reach: ({ page, person }) => flows.signInToEnrol(page, person) },
  {
    name: 'sign-in enrol, wrong code',
    settings: everyone,
    reach: async ({ page, person }) => {
      await flows.signInToEnrol(page, person);
      await flows.field(page, 'code').fill('no such code');
      await flows.button(page, 'Turn on').click();
      await flows.alert(page).waitFor();
    },
  },
  {
    name: 'sign-in enrol, with a passkey only',
    settings: { ...everyone, DOORWARD__SECOND_FACTOR__ALLOWED: 'passkey' },
    reach: async ({ page, person }) => {
      await flows.signInToEnrol(page, person);
      await flows.button(page, 'Add a passkey').waitFor();
    },
  },
  { name: 'sign-in enrol, too late', reach: open('/sign-in/enrol') },
  {
    name: 'sign-in, after two steps began to be asked for',
    settings: {},
    reach: async ({ page, person, doorward }) => {
      await flows.signIn(page, person);
      // No page that asks by itself meanwhile.
      await page.goto('about:blank');
      await doorward.restart(everyone);
      await page.goto('/account');
      await page.getByText('now asks for a second step').waitFor();
    },
  },
  { name: 'account, second factor asked for soon', settings: soon, reach: signedIn('/account') },
  { name: 'account second-factor, asked for soon', settings: soon, reach: signedIn('/account/second-factor') },
  {
    name: 'account second-factor, the last one that must stay',
    settings: everyone,
    reach: async ({ page, person }) => {
      await flows.signInToEnrol(page, person);
      await flows.enrol(page);
      await askToTurnOff(page);
    },
  },
  {
    name: 'account second-factor, about to turn off the last one with a short password',
    reach: async (world) => {
      await turnOn(world);
      await flows.changePassword(world.page, world.person.password, 'kq7vm2xw');
      await flows.expectPasswordChanged(world.page);
      await askToTurnOff(world.page);
    },
  },
  { name: 'sign-in second-factor, too late', reach: open('/sign-in/second-factor') },
  { name: 'account second-factor, recovery codes without a factor', reach: signedIn('/account/second-factor/recovery-codes') },
  { name: 'sign-in, with other services', settings: providers, reach: open('/sign-in') },
  {
    name: 'sign-in, the other service is down',
    settings: providers,
    reach: async ({ page, watch }) => {
      watch.allow(/^503 from POST .*\/form\/start-provider$/);
      watch.allow(/^console error: Failed to load resource: the server responded with a status of 503/);
      await page.goto('/sign-in');
      await flows.button(page, 'Continue with Work').click();
      await flows.alert(page).waitFor();
    },
  },
  { name: 'register, with other services', settings: providers, reach: open('/register') },
  { name: 'providers start', settings: providers, reach: open('/providers/github/start') },
  { name: 'providers start, on the way', settings: providers, reach: leaveForGitHub },
  { name: 'providers start, an address that is known', settings: providers, reach: open('/providers/github/start?known') },
  { name: 'providers start, too late', settings: providers, reach: open('/providers/github/start?state=0') },
  { name: 'account connections, no other services', reach: signedIn('/account/connections') },
  { name: 'account connections, none linked', settings: providers, reach: signedIn('/account/connections') },
  { name: 'account connections, about to link', settings: providers, reach: signedIn('/account/connections?link=github') },
  {
    name: 'account connections',
    settings: {},
    reach: withUpstream(async ({ page, person }, upstream) => {
      await flows.signIn(page, person);
      await linkWith(page, upstream, 'somebody-with-quite-a-long-name-at-another-service-where-names-are-long');
    }),
  },
  {
    name: 'account connections, about to unlink',
    settings: {},
    reach: withUpstream(async ({ page, person }, upstream) => {
      await flows.signIn(page, person);
      await linkWith(page, upstream, 'somebody');
      await flows.button(page, 'Unlink').click();
      await expect(page).toHaveURL(/\?unlink=/);
    }),
  },
  {
    name: 'account connections, the last way in',
    settings: {},
    reach: withUpstream(async ({ page }, upstream) => {
      await signInWith(page, upstream, 'ada');
      await page.goto('/account/connections');
      await flows.button(page, 'Unlink').click();
      await expect(page).toHaveURL(/\?unlink=/);
    }),
  },
  {
    name: 'confirm, with another service',
    settings: {},
    reach: withUpstream(
      async ({ page }, upstream) => {
        await signInWith(page, upstream, 'ada');
        await expect(async () => {
          await page.goto('/confirm?then=/account/sessions');
          await expect(page).toHaveURL(/\/confirm/, { timeout: 100 });
        }).toPass();
      },
      { DOORWARD__SESSION__RECENT: '1s' },
    ),
  },
  { name: 'account activity', reach: signedIn('/account/activity') },
  { name: 'account activity, nothing matches', reach: signedIn('/account/activity?kind=sessions&time=day') },
  {
    name: 'account activity, with a refused sign-in',
    reach: async ({ page, person }) => {
      await page.goto('/sign-in');
      await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
      await flows.button(page, 'Sign in').click();
      await flows.alert(page).waitFor();
      await flows.signIn(page, person);
      await page.goto('/account/activity');
      await page.getByText('was refused').waitFor();
    },
  },
  { name: 'admin overview', settings: {}, reach: administers('/admin') },
  { name: 'admin people', settings: {}, reach: administers('/admin/users') },
  { name: 'admin people, nobody matches', settings: {}, reach: administers('/admin/users?text=nobody+like+it&state=locked') },
  { name: 'admin people, filter refused', settings: {}, reach: administers(`/admin/users?text=${'x'.repeat(300)}`) },
  {
    name: 'admin people, long content',
    settings: {},
    reach: async (world) => {
      await signInWithLongNames(world);
      await world.page.context().clearCookies();
      await administers('/admin/users')(world);
    },
  },
  { name: 'admin person', settings: {}, reach: looksAt('') },
  { name: 'admin person, disabled', settings: {}, reach: looksAt('?done=disable', ({ doorward, person }) => doorward.command(['user', 'disable', person.email])) },
  { name: 'admin person, in groups, one refused', settings: {}, reach: looksAt('?act=add_to_group&group=No+such', ({ doorward, person }) => ['admins', 'a-group-with-a-name-of-32-letters'.slice(0, 32)].forEach((group) => doorward.command(['group', 'add', group, person.email]))) },
  { name: 'admin person, before disabling', settings: {}, reach: looksAt('?act=disable') },
  { name: 'admin person, before a new role', settings: {}, reach: looksAt('?act=set_role&role=admin') },
  {
    name: 'admin person, last administrator refused',
    settings: {},
    reach: async (world) => {
      await administers((admin) => `/admin/users?text=${admin.email}`)(world);
      await world.page.getByRole('link', { name: /^Open/ }).click();
      await world.page.getByRole('link', { name: 'Disable account' }).click();
      await flows.button(world.page, 'Disable account').click();
      await flows.alert(world.page).waitFor();
    },
  },
  { name: 'admin activity', settings: {}, reach: administers('/admin/activity') },
  { name: 'admin activity, nothing matches', settings: {}, reach: administers('/admin/activity?kind=administration&time=day') },
  { name: 'admin activity, filter refused', settings: {}, reach: administers('/admin/activity?who=nobody') },
  { name: 'admin sessions', settings: {}, reach: administers('/admin/sessions') },
  { name: 'admin sessions, of one person', settings: {}, reach: administers((admin) => `/admin/sessions?who=${admin.username}`) },
  { name: 'admin sessions, nothing matches', settings: {}, reach: administers('/admin/sessions?device=nothing+like+it') },
  { name: 'admin sessions, filter refused', settings: {}, reach: administers('/admin/sessions?address=everywhere') },
  { name: 'admin sessions, before all are ended', settings: {}, reach: administers('/admin/sessions?end=all') },
  { name: 'admin sessions, some ended', settings: {}, reach: administers('/admin/sessions?ended=3') },
  { name: 'set-up, without the link', reach: open('/set-up') },
  {
    name: 'set-up, from the link',
    reach: ({ page, doorward }) => page.goto(doorward.setUpLink()),
  },
  {
    name: 'set-up, of an account the operator made',
    reach: ({ page, doorward }) => {
      const printed = doorward.command(['user', 'create', '--email', newcomer().email]);
      return page.goto(printed.split(/\s+/).find((word) => word.startsWith(doorward.url))!);
    },
  },
  { name: 'development mail, empty', settings: {}, reach: open('/dev/mail') },
  {
    name: 'development mail',
    reach: async ({ page, doorward }) => {
      const ada = newcomer();
      await flows.askToRegister(page, ada.email);
      await doorward.mailbox.next(ada.email);
      await page.goto('/dev/mail');
    },
  },
  { name: 'no such page', reach: open('/no-such-page') },
];
