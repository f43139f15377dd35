// Passkeys, added, used and removed.
import type { Page } from '@playwright/test';
import { Authenticator } from '../authenticator';
import { newcomer } from '../fixtures';
import * as flows from '../flows';
import { everyone, firefox, signedIn, type State, type World } from './world';

/** To the question whether to remove the only passkey. */
async function askToRemove(page: Page, says: string): Promise<void> {
  await page.goto('/account/passkeys');
  await flows.button(page, 'Remove').click();
  await page.getByText(says).waitFor();
}

/** A first passkey, its recovery codes saved. */
async function addPasskey({ page, person }: World): Promise<Authenticator> {
  const authenticator = await Authenticator.in(page);
  await flows.signIn(page, person);
  await flows.addFirstPasskey(page);
  await flows.saveRecoveryCodes(page);
  return authenticator;
}

export const passkeys: State[] = [
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
      await askToRemove(page, 'this site asks for a second factor');
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
];
