// Where motion is welcome, one page turns into the next; all other tests run without.
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test.use({ contextOptions: { reducedMotion: 'no-preference' } });

test('pages turn into each other, and the console has nothing to say about it', async ({ page, person }) => {
  const turned = async () => {
    await flows.hydrated(page);
    await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0);
  };
  await page.goto('/sign-in');
  await turned();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await expect(page).toHaveURL(/\/register$/);
  await turned();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await turned();
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
  await turned();
});
