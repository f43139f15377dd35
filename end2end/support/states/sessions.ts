// Where somebody is signed in, who is asked once more, and what an administrator sees of it.
import { expect, request } from '@playwright/test';
import * as flows from '../flows';
import { administers, firefox, signedIn, turnOn, type State, type World } from './world';

/** To the page that asks for a second factor: signed in with the password alone, in a browser that is trusted. */
async function openFactorConfirm(world: World): Promise<void> {
  const { page, person } = world;
  await trustThisBrowser(world);
  await flows.signOut(page);
  await flows.signIn(page, person);
  await page.goto('/account/second-factor/totp');
  await page.getByText('Show it once').waitFor();
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

export const sessions: State[] = [
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
  { name: 'admin attacks, none', settings: {}, reach: administers('/admin/attacks') },
  {
    name: 'admin attacks',
    settings: { DOORWARD__LIMITS__FAILURES_IN_ALL: '3', DOORWARD__LIMITS__NETWORK_FAILURES: '3' },
    reach: async (world) => {
      await administers('/admin/attacks')(world);
      const headers = { Accept: 'application/json', Origin: world.doorward.url };
      const stranger = await request.newContext({ baseURL: world.doorward.url });
      for (let number = 0; number < 4; number++) {
        const form = { identifier: `name${number}@example.org`, password: 'not the password of anybody' };
        await stranger.post('/form/sign-in', { headers, form });
      }
      await stranger.dispose();
      await world.page.reload();
      await world.page.getByText('Under way').first().waitFor();
    },
  },
  { name: 'admin sessions', settings: {}, reach: administers('/admin/sessions') },
  { name: 'admin sessions, of one person', settings: {}, reach: administers((admin) => `/admin/sessions?who=${admin.username}`) },
  { name: 'admin sessions, nothing matches', settings: {}, reach: administers('/admin/sessions?device=nothing+like+it') },
  { name: 'admin sessions, filter refused', settings: {}, reach: administers('/admin/sessions?address=everywhere') },
  { name: 'admin sessions, before all are ended', settings: {}, reach: administers('/admin/sessions?end=all') },
  { name: 'admin sessions, some ended', settings: {}, reach: administers('/admin/sessions?ended=3') },
];
