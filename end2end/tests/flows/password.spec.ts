import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('a changed password ends the other browser at its next request, and the old one lets nobody in', async ({
  page,
  otherPage,
  person,
  context,
}) => {
  await flows.signIn(page, person);
  await flows.signIn(otherPage, person);
  const before = (await context.cookies()).find(({ name }) => name === '__Host-doorward');

  const better = `${person.password}-better`;
  await flows.changePassword(page, person.password, better);
  await flows.expectPasswordChanged(page);
  const after = (await context.cookies()).find(({ name }) => name === '__Host-doorward');
  expect(after?.value).not.toBe(before?.value);
  await page.goto('/account');
  await flows.expectSignedIn(page);

  await flows.expectSignedOut(otherPage);
  await otherPage.goto('/sign-in');
  await flows.fillSignIn(otherPage, person.email, person.password);
  await flows.button(otherPage, 'Sign in').click();
  await expect(flows.alert(otherPage)).toBeVisible();
  await flows.signIn(otherPage, { ...person, password: better });
});

test('a change needs the current password, and says so beside its field', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.changePassword(page, `${person.password}-wrong`, `${person.password}-better`);
  await expect(flows.alert(page)).toBeVisible();
  await flows.expectDescribedByAlert(page, flows.field(page, 'password'));
  await flows.signOut(page);
  await flows.signIn(page, person);
});

test('a reset link sets a new password once and ends every session', async ({ page, otherPage, person, doorward }) => {
  await flows.signIn(otherPage, person);
  await flows.askForReset(page, person.email);
  const { link } = await doorward.mailbox.next(person.email, '/reset-password');
  // Mail scanners look at links before people do.
  await page.goto(link);
  const better = `${person.password}-better`;
  await flows.resetPassword(page, link, better);
  await flows.expectSignedOut(otherPage);
  await flows.signIn(otherPage, { ...person, password: better });

  expect((await page.goto(link))?.status()).toBe(410);
  await expect(flows.field(page, 'new_password')).toHaveCount(0);
  await flows.signIn(page, { ...person, password: better });
});

test('an unknown address gets the same answer', async ({ page, person }) => {
  const stranger = newcomer();
  await flows.askForReset(page, stranger.email);
  const forStranger = (await flows.main(page).innerText()).replaceAll(stranger.email, 'ADDRESS');
  await flows.askForReset(page, person.email);
  expect((await flows.main(page).innerText()).replaceAll(person.email, 'ADDRESS')).toBe(forStranger);
});

test('browsers and password managers find where to change the password', async ({ page, person }) => {
  await flows.signIn(page, person);
  await page.goto('/.well-known/change-password');
  await expect(page).toHaveURL(/\/account\/password$/);
  await expect(flows.field(page, 'password')).toHaveAttribute('autocomplete', 'current-password');
  await expect(flows.field(page, 'new_password')).toHaveAttribute('autocomplete', 'new-password');
});
