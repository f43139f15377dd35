// Another address, everything in one file, and the end of an account.
import { readFileSync } from 'node:fs';
import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('a new e-mail is agreed to from its mailbox, and the one before can lock the account', async ({ page, otherPage, person, doorward }) => {
  const { email } = newcomer();
  await flows.signIn(page, person);
  // The letter about the sign-in leads to the same page.
  await doorward.mailbox.next(person.email, '/was-it-you');
  await page.goto('/account/profile');
  await flows.field(page, 'email').fill(email);
  await flows.button(page, 'Change e-mail').click();
  await expect(flows.status(page)).toContainText('Check the mail of that address');

  const { link } = await doorward.mailbox.next(email, '/verify-email');
  await otherPage.goto(link);
  await expect(flows.main(otherPage)).toContainText(email);
  await flows.button(otherPage, 'Use this address').click();
  await expect(otherPage).toHaveURL(/\/verify-email\?changed$/);
  await flows.signIn(otherPage, { ...person, email });

  const told = await doorward.mailbox.next(person.email, '/was-it-you');
  await page.goto(told.link);
  await expect(flows.main(page)).not.toContainText(email);
  await flows.button(page, 'This wasn’t me: lock my account').click();
  await expect(page).toHaveURL(/\/was-it-you\?held$/);
  await flows.expectSignedOut(otherPage);
  await otherPage.goto('/sign-in');
  await flows.fillSignIn(otherPage, email, person.password);
  await flows.button(otherPage, 'Sign in').click();
  await expect(flows.alert(otherPage)).toBeVisible();
});

test('an account that is to be deleted is kept by signing in', async ({ page, otherPage, person, doorward }) => {
  await flows.signIn(otherPage, person);
  await flows.signIn(page, person);
  await page.goto('/account/profile');
  await flows.main(page).getByRole('link', { name: 'Delete account', exact: true }).click();
  await flows.button(page, 'Delete account').click();
  await expect(page).toHaveURL(/\/sign-in\?deletion$/);
  await flows.expectSignedOut(otherPage);
  const letter = await doorward.mailbox.next(person.email, '/sign-in');
  await page.goto(letter.link);
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/account\?kept$/);
  await expect(flows.status(page).first()).toContainText('it stays');
  await page.goto('/account');
  await flows.expectSignedIn(page);
});

test('everything about a person comes as one file', async ({ page, person }) => {
  await flows.signIn(page, person);
  await page.goto('/account/profile');
  await page.getByRole('link', { name: 'Download my data' }).click();
  const download = page.waitForEvent('download');
  await flows.button(page, 'Download').click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('my-data.json');
  const data = JSON.parse(readFileSync(await file.path(), 'utf8')) as { account: { email: string }; activity: { kind: string }[] };
  expect(data.account.email).toBe(person.email);
  expect(data.activity[0]!.kind).toBe('data_downloaded');
});
