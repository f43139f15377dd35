// Every page in every state a person can meet, and the way there. A new page is added here and nowhere else.
import type { Page } from '@playwright/test';
import type { Doorward } from './doorward';
import { newcomer, type Person } from './fixtures';
import * as flows from './flows';

interface World {
  page: Page;
  doorward: Doorward;
  person: Person;
}
interface State {
  name: string;
  reach: (world: World) => Promise<unknown>;
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

async function openResetLink({ page, doorward, person }: World): Promise<void> {
  await flows.askForReset(page, person.email);
  await page.goto((await doorward.mailbox.next(person.email)).link);
}

export const states: State[] = [
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
  { name: 'register', reach: open('/register') },
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
  { name: 'verify-email, without a link', reach: open('/verify-email') },
  { name: 'forgot-password', reach: open('/forgot-password') },
  { name: 'forgot-password, asked', reach: ({ page }) => flows.askForReset(page, newcomer().email) },
  { name: 'reset-password, from the letter', reach: openResetLink },
  { name: 'reset-password, without a link', reach: open('/reset-password') },
  { name: 'sign-out, nobody in', reach: open('/sign-out') },
  { name: 'sign-out', reach: signedIn('/sign-out') },
  { name: 'account', reach: signedIn('/account') },
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
  { name: 'set-up, without the link', reach: open('/set-up') },
  {
    name: 'set-up, from the link',
    reach: ({ page, doorward }) => page.goto(doorward.setUpLink()),
  },
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
