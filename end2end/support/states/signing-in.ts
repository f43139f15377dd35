// Signing in, with one step or two, and signing out.
import { expect } from '@playwright/test';
import * as flows from '../flows';
import { open, signedIn, turnOn, type State, type World } from './world';

/** With the password given and the code still asked for. */
async function signInHalfway(world: World): Promise<void> {
  const { page, person } = world;
  await turnOn(world);
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);
  await flows.signInHalfway(page, person);
}

export const signingIn: State[] = [
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
  {
    name: 'sign-in, slowed',
    settings: { DOORWARD__LIMITS__FREE_TRIES: '1' },
    reach: async ({ page, person }) => {
      await page.goto('/sign-in');
      for (const words of ['do not belong together', 'Too many tries have failed']) {
        await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
        await flows.button(page, 'Sign in').click();
        await flows.alert(page).filter({ hasText: words }).waitFor();
      }
    },
  },
  { name: 'sign-in, to see another page', reach: open('/account/password') },
  {
    name: 'sign-in, cookies are off',
    reach: async ({ page, doorward }) => {
      // As a browser that keeps none: it is led here from the page that the password opened.
      await page.goto('/sign-in?no-cookies', { referer: `${doorward.url}/sign-in` });
      await page.getByText('allow cookies for this site').waitFor();
    },
  },
  {
    name: 'sign-in, without WebAssembly',
    reach: async ({ page, watch }) => {
      watch.allow(/WebAssembly/);
      await page.addInitScript(() => void Reflect.deleteProperty(globalThis, 'WebAssembly'));
      await page.goto('/sign-in');
      await page.getByText('allow JavaScript and WebAssembly').waitFor();
    },
  },
  { name: 'sign-in, accounts by invitation', settings: { DOORWARD__REGISTRATION__MODE: 'invite' }, reach: open('/sign-in') },
  {
    name: 'sign-in, nothing filled in',
    reach: async ({ page }) => {
      await page.goto('/sign-in');
      await flows.button(page, 'Sign in').click();
      await flows.alert(page).waitFor();
    },
  },
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
  { name: 'sign-out, nobody in', reach: open('/sign-out') },
  { name: 'sign-out', reach: signedIn('/sign-out') },
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
    name: 'sign-in second-factor, wrong recovery code',
    reach: async (world) => {
      await signInHalfway(world);
      await flows.field(world.page, 'code').fill('7K2M-AAAA-BBBB-CCCC-DDDD-EEEE');
      await flows.button(world.page, 'Sign in').click();
      await world.page.getByText('That recovery code is not right').waitFor();
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
  { name: 'sign-in second-factor, too late', reach: open('/sign-in/second-factor') },
];
