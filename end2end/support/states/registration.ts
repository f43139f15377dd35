// Getting an account, by mail or by the operator’s link.
import { newcomer } from '../fixtures';
import * as flows from '../flows';
import { open, type State, type World } from './world';

async function openRegistrationLink({ page, doorward }: World): Promise<void> {
  const ada = newcomer();
  await flows.askToRegister(page, ada.email);
  await page.goto((await doorward.mailbox.next(ada.email)).link);
}

export const registration: State[] = [
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
  { name: 'register, by invitation', settings: { DOORWARD__REGISTRATION__MODE: 'invite' }, reach: open('/register') },
  { name: 'register, for some domains', settings: { DOORWARD__REGISTRATION__ALLOWED_DOMAINS: 'example.org, example.com' }, reach: open('/register') },
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
      await flows.hydrated(world.page);
      await flows.typeJudged(world.page, 'passwordpassword');
      await flows.button(world.page, 'Create account').click();
      await flows.alert(world.page).waitFor();
    },
  },
  {
    name: 'verify-email, password judged',
    reach: async (world) => {
      await openRegistrationLink(world);
      await flows.hydrated(world.page);
      await flows.typeJudged(world.page, 'blue lamp seven rivers');
    },
  },
  { name: 'verify-email, without a link', reach: open('/verify-email') },
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
];
