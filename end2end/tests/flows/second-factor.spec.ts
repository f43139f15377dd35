// Setting up a second factor with a library of somebody else's in the place of the app.
import { readFile } from 'node:fs/promises';
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('an app that reads our link makes codes we take, and the recovery codes can be kept', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  const codes = await page.locator('#codes code').allInnerTexts();
  expect(codes).toHaveLength(10);

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  const file = await (await downloading).path();
  const kept = await readFile(file, 'utf8');
  for (const code of codes) expect(kept).toContain(code);

  await flows.saveRecoveryCodes(page);
  await expect(flows.main(page)).toContainText('Phone');
  await page.goto('/account/second-factor/recovery-codes');
  await expect(page.locator('#codes')).toHaveCount(0);
});

test('a sign-in then takes the password and a code, and a recovery code instead once', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  const [code] = await page.locator('#codes code').allInnerTexts();
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);
  for (const right of [true, false]) {
    await page.goto('/sign-in?then=/account/profile');
    await flows.fillSignIn(page, person.email, person.password);
    await flows.button(page, 'Sign in').click();
    await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
    await flows.field(page, 'code').fill(code.toLowerCase());
    await flows.button(page, 'Sign in').click();
    if (right) {
      await expect(page).toHaveURL(/\/account\/profile$/);
      await flows.signOut(page);
    }
  }
  await expect(flows.alert(page)).toContainText('That recovery code is not right');
  await flows.expectSignedOut(page);
});

test('the last app is turned off after a question, and can be set up again', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  await flows.saveRecoveryCodes(page);
  await flows.button(page, 'Turn off').click();
  await expect(flows.main(page)).toContainText('It is your last one');
  await flows.button(page, 'Turn off').click();
  await expect(page).toHaveURL(/\?turned-off$/);
  await flows.turnOnSecondFactor(page);
});

test('whoever did not turn it on locks the account from the letter, and gets in again with a new password', async ({ page, person, otherPage, doorward }) => {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  const { link } = await flows.factorLetter(doorward, person);
  await otherPage.goto(link);
  await expect(flows.main(otherPage)).toContainText('An authenticator app was turned on');
  await flows.button(otherPage, 'This wasn’t me: lock my account').click();
  await expect(otherPage).toHaveURL(/\/forgot-password\?locked$/);
  await flows.expectSignedOut(page);

  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toBeVisible();

  const next = `${person.password}-better`;
  await flows.askForReset(otherPage, person.email);
  await flows.resetPassword(otherPage, (await doorward.mailbox.next(person.email, '/reset-password')).link, next);
  await flows.fillSignIn(otherPage, person.email, next);
  await flows.button(otherPage, 'Sign in').click();
  // The app went with the lock: it was not theirs.
  await expect(otherPage).toHaveURL(/\/account$/);
});

test('its removal by the operator is announced, and stopped from the letter and by no factor that is new', async ({
  page,
  person,
  otherPage,
  doorward,
}) => {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  const [code] = await page.locator('#codes code').allInnerTexts();
  await flows.factorLetter(doorward, person);
  doorward.command(['user', 'reset-second-factor', person.email]);
  await page.goto('/account');
  await flows.field(page, 'code').fill(code);
  await flows.button(page, 'Stop it').click();
  await expect(flows.alert(page)).toContainText('Use the link in our letter');
  await otherPage.goto((await flows.factorLetter(doorward, person)).link);
  await flows.button(otherPage, 'Stop it').click();
  await expect(otherPage).toHaveURL(/\/was-it-you\?stopped$/);
  await page.goto('/account');
  await expect(flows.button(page, 'Stop it')).toHaveCount(0);
  await page.goto('/account/activity');
  await expect(flows.main(page)).toContainText('The removal of the second factors was stopped');
});
