// A browser in which the password alone is enough, because its owner said so.
import { expect, test, type Person } from '../../support/fixtures';
import * as flows from '../../support/flows';
import type { Page } from '@playwright/test';

/** Sets up a second factor and signs out; gives the recovery codes. */
async function protect(page: Page, person: Person): Promise<string[]> {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  const codes = await page.locator('#codes code').allInnerTexts();
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);
  return codes;
}

async function givePassword(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
}

test('the password alone signs in there and nowhere else, until the owner stops it on the sessions page', async ({
  page,
  otherPage,
  person,
}) => {
  const [first, second] = await protect(page, person);
  await flows.signInTrusting(page, person, first);
  await flows.signOut(page);
  await givePassword(page, person);
  await flows.expectSignedIn(page);

  await givePassword(otherPage, person);
  await expect(otherPage).toHaveURL(/\/sign-in\/second-factor$/);
  await flows.field(otherPage, 'code').fill(second);
  await flows.button(otherPage, 'Sign in').click();
  await flows.expectSignedIn(otherPage);

  await otherPage.goto('/account/sessions');
  await expect(otherPage.getByRole('heading', { name: 'Browsers you trust' })).toBeVisible();
  await flows.button(otherPage, 'Stop trusting').click();
  await expect(otherPage).toHaveURL(/\?not-trusted$/);
  await expect(flows.status(otherPage).first()).toContainText('no longer trusted');
  await expect(flows.button(otherPage, 'Stop trusting')).toHaveCount(0);

  await page.goto('/account');
  await flows.expectSignedIn(page);
  await flows.signOut(page);
  await givePassword(page, person);
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
});

test('the factors are changed there once one was shown, by a code', async ({ page, person }) => {
  const [first, second] = await protect(page, person);
  await flows.signInTrusting(page, person, first);
  await flows.signOut(page);
  await givePassword(page, person);
  await flows.expectSignedIn(page);
  await page.goto('/account/second-factor');
  await flows.button(page, 'Turn off').click();
  await expect(page).toHaveURL(/\/confirm\?then=/);
  await expect(flows.field(page, 'password')).toHaveCount(0);
  await flows.field(page, 'code').fill('no such code');
  await flows.button(page, 'Continue').click();
  await expect(flows.alert(page)).toContainText('That code is not right');
  await flows.field(page, 'code').fill(second);
  await flows.button(page, 'Continue').click();
  await expect(flows.main(page)).toContainText('It is your last one');
  await flows.button(page, 'Turn off').click();
  await expect(page).toHaveURL(/\?turned-off$/);
});

test('a new password ends the trust, here too', async ({ page, person }) => {
  const [first] = await protect(page, person);
  await flows.signInTrusting(page, person, first);
  const better = `${person.password}-better`;
  await flows.changePassword(page, person.password, better);
  await flows.expectPasswordChanged(page);
  await flows.signOut(page);
  await givePassword(page, { ...person, password: better });
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
});

test('on a shared computer it is not offered', async ({ page, person }) => {
  await protect(page, person);
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.field(page, 'shared').check();
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
  await expect(flows.field(page, 'code')).toBeVisible();
  await expect(flows.field(page, 'trust')).toHaveCount(0);
});
