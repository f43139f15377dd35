// The life of an account: another address, everything about its owner, and its end.
import { newcomer } from '../fixtures';
import * as flows from '../flows';
import { administers, open, signedIn, type State, type World } from './world';

/** Asks for another address; gives it. */
async function askForAnotherAddress({ page, person }: World): Promise<string> {
  const { email } = newcomer();
  await flows.signIn(page, person);
  await page.goto('/account/profile');
  await flows.field(page, 'email').fill(email);
  await flows.button(page, 'Change e-mail').click();
  await page.getByRole('main').getByText('Check the mail of that address').waitFor();
  return email;
}

/** To the page that the new address gets; gives that address. */
async function openConsent(world: World): Promise<string> {
  const email = await askForAnotherAddress(world);
  await world.page.goto((await world.doorward.mailbox.next(email)).link);
  return email;
}

/** To the page that the address before gets; gives the new one. */
async function openFormerAddress(world: World): Promise<string> {
  const email = await openConsent(world);
  // The letter about the sign-in leads to the same page.
  await world.doorward.mailbox.next(world.person.email, '/was-it-you');
  await flows.button(world.page, 'Use this address').click();
  // The letter may be there before the page that the form leads to, which would interrupt the way to the letter's.
  await world.page.waitForURL(/email-changed$/);
  await world.page.goto((await world.doorward.mailbox.next(world.person.email, '/was-it-you')).link);
  return email;
}

/** Locks the account from the address before; gives the new one. */
export async function hold(world: World): Promise<string> {
  const email = await openFormerAddress(world);
  await flows.button(world.page, 'This wasn’t me: lock my account').click();
  await world.page.getByRole('heading', { name: 'The account is locked' }).waitFor();
  return email;
}

async function deleteAccount({ page, person }: World): Promise<void> {
  await flows.signIn(page, person);
  await page.goto('/account/delete');
  await flows.button(page, 'Delete account').click();
  await flows.status(page).waitFor();
}

export const lifecycle: State[] = [
  { name: 'account profile, another address asked for', reach: askForAnotherAddress },
  {
    name: 'account profile, address refused',
    reach: async ({ page, person }) => {
      await flows.signIn(page, person);
      await page.goto('/account/profile?email');
      await flows.field(page, 'email').fill(person.email);
      await flows.button(page, 'Change e-mail').click();
      await flows.alert(page).waitFor();
    },
  },
  {
    name: 'account profile, address not confirmed',
    settings: { DOORWARD__REGISTRATION__VERIFY_EMAIL: 'false' },
    reach: async ({ page }) => {
      await page.goto('/register');
      await flows.field(page, 'email').fill(newcomer().email);
      await flows.field(page, 'new_password').fill(newcomer().password);
      await flows.button(page, 'Create account').click();
      await flows.expectSignedIn(page);
      await page.goto('/account/profile');
    },
  },
  { name: 'account profile, download', reach: signedIn('/account/profile?download') },
  { name: 'account delete', reach: signedIn('/account/delete') },
  { name: 'account delete, last administrator', settings: {}, reach: administers('/account/delete') },
  { name: 'account, kept', reach: signedIn('/account?kept') },
  { name: 'sign-in, after asking to be deleted', reach: deleteAccount },
  { name: 'verify-email, another address', reach: openConsent },
  { name: 'verify-email, another address agreed to', reach: open('/verify-email?changed') },
  { name: 'was-it-you, the address before', reach: openFormerAddress },
  { name: 'was-it-you, the address before, locked', reach: hold },
];
