import { expect, newcomer, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test.use({ ...ownServer, settings: { DOORWARD__LIMITS__FREE_TRIES: '1' } });

test('whoever guesses is told when to try again, whether or not anybody has that name', async ({ page, person }) => {
  const words: string[] = [];
  for (const name of [person.email, newcomer().email]) {
    for (const told of ['do not belong together', 'Wait a minute and try again']) {
      await page.goto('/sign-in');
      await flows.fillSignIn(page, name, 'not the password of anybody');
      await flows.button(page, 'Sign in').click();
      await expect(flows.alert(page)).toContainText(told);
    }
    words.push(await flows.alert(page).innerText());
  }
  expect(words[1]).toBe(words[0]);
  await flows.expectSignedOut(page);
});
