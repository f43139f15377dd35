// The overview, the profile, tokens, activity, and what belongs to no subject.
import { expect } from '@playwright/test';
import { newcomer } from '../fixtures';
import * as flows from '../flows';
import { open, signedIn, type State, type World } from './world';

async function saveProfile({ page, person }: World, name: string, username: string): Promise<void> {
  await flows.signIn(page, person);
  await page.goto('/account/profile');
  await flows.field(page, 'display_name').fill(name);
  await flows.field(page, 'username').fill(username);
  await flows.button(page, 'Save').click();
}

/** An address and a name as long as they come. */
export async function signInWithLongNames({ page, doorward }: World): Promise<void> {
  const person = { ...newcomer(), email: `${'a'.repeat(60)}.${newcomer().username.slice(-3)}@${'sub.'.repeat(40)}example.org` };
  doorward.command(['user', 'create', '--email', person.email, '--username', person.username], `${person.password}\n`);
  await saveProfile({ page, doorward, person } as World, 'W'.repeat(80), `${person.username}-${'m'.repeat(24)}`);
  await expect(page).toHaveURL(/\?saved$/);
}

/** A personal access token, shown for the only time. */
async function makeToken(world: World): Promise<void> {
  await signedIn('/account/tokens?add')(world);
  await world.page.getByLabel('What it is for').fill('Backup script');
  await flows.button(world.page, 'Make token').click();
  await world.page.locator('#token').waitFor();
}

export const account: State[] = [
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
      await world.page.getByRole('main').getByText('It will not be shown again').waitFor();
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
