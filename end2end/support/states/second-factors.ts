// Setting up second factors, having to, and turning them off.
import { expect, request, type Page } from '@playwright/test';
import * as flows from '../flows';
import { everyone, open, signedIn, turnOn, type State, type World } from './world';

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

const soon = { ...everyone, DOORWARD__SECOND_FACTOR__GRACE_DAYS: '7' };

/** To the question whether to turn the last app off. */
async function askToTurnOff(page: Page): Promise<void> {
  await page.goto('/account/second-factor');
  await flows.button(page, 'Turn off').click();
  await page.getByText('It is your last one').waitFor();
}

export const secondFactors: State[] = [
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
      await world.page.getByRole('main').getByText('You have 2 recovery codes left').waitFor();
    },
  },
  {
    name: 'account, after a recovery code was used',
    reach: async (world) => {
      await turnOn(world);
      await useUpCodes(world, 9);
      await flows.saveRecoveryCodes(world.page);
      await world.page.goto('/account');
      await world.page.getByText('A recovery code was used').waitFor();
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
      await page.getByRole('main').getByText('now asks for a second step').waitFor();
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
  { name: 'account second-factor, recovery codes without a factor', reach: signedIn('/account/second-factor/recovery-codes') },
];
