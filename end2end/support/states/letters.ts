// What the links in letters about what happened lead to.
import * as flows from '../flows';
import { open, turnOn, type State, type World } from './world';

/** Signs in, and opens what the letter about it leads to. */
async function openSignInNotice({ page, doorward, person }: World): Promise<void> {
  await flows.signIn(page, person);
  await page.goto((await doorward.mailbox.next(person.email, '/was-it-you')).link);
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

export const letters: State[] = [
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
    name: 'account, after somebody else was in',
    reach: async (world) => {
      await openSignInNotice(world);
      await flows.button(world.page, 'End session').click();
      await flows.status(world.page).waitFor();
      await flows.signIn(world.page, world.person);
      await world.page.getByText('Change your password now').waitFor();
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
];
