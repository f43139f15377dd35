// A new password, for who forgot theirs and for who is signed in.
import { newcomer } from '../fixtures';
import * as flows from '../flows';
import { open, signedIn, type State, type World } from './world';

async function openResetLink({ page, doorward, person }: World): Promise<void> {
  await flows.askForReset(page, person.email);
  await page.goto((await doorward.mailbox.next(person.email)).link);
}

export const passwords: State[] = [
  { name: 'forgot-password', reach: open('/forgot-password') },
  { name: 'forgot-password, asked', reach: ({ page }) => flows.askForReset(page, newcomer().email) },
  { name: 'reset-password, from the letter', reach: openResetLink },
  { name: 'reset-password, without a link', reach: open('/reset-password') },
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
];
