import type { APIRequestContext, Page } from '@playwright/test';
import { expect, ownServer, test, type Person } from '../../support/fixtures';
import * as flows from '../../support/flows';

const row = (page: Page, device: string) => flows.main(page).getByRole('listitem').filter({ hasText: device });

/** A program that keeps cookies and is no browser. */
async function signInByProgram(request: APIRequestContext, origin: string, person: Person): Promise<void> {
  const answer = await request.post('/form/sign-in', {
    form: { identifier: person.email, password: person.password },
    headers: { Accept: 'application/json', Origin: origin },
  });
  expect(answer.ok()).toBe(true);
}

test('two browsers and a program see each other, and what is ended is out at its next request', async ({
  page,
  otherPage,
  playwright,
  doorward,
  person,
}) => {
  const program = await playwright.request.newContext({ baseURL: doorward.url, userAgent: 'python-requests/2.32.5', maxRedirects: 0 });
  await flows.signIn(page, person);
  await flows.signIn(otherPage, person);
  await signInByProgram(program, doorward.url, person);
  expect((await program.get('/account')).status()).toBe(200);
  expect(await (await program.get('/account/sessions')).text()).toContain('You are signed in at 2 other places');
  for (const one of [page, otherPage]) {
    await one.goto('/account/sessions');
    await expect(row(one, 'python-requests')).toHaveCount(1);
    await expect(flows.main(one).getByText('This device', { exact: true })).toHaveCount(1);
    await expect(flows.button(one, 'End session')).toHaveCount(2);
  }

  await row(page, 'python-requests').getByRole('button', { name: 'End session' }).click();
  await expect(page).toHaveURL(/\?ended=1$/);
  await expect(flows.status(page).first()).toContainText('The session is ended');
  expect((await program.get('/account')).status()).toBe(303);
  await expect(row(page, 'python-requests')).toHaveCount(0);

  await flows.button(page, 'Sign out everywhere else').click();
  await expect(page.getByRole('heading', { name: 'Sign out everywhere else?' })).toBeVisible();
  await flows.main(page).getByRole('button', { name: 'Sign out everywhere else' }).first().click();
  await expect(page).toHaveURL(/\?ended=1$/);
  await flows.expectSignedOut(otherPage);
  await expect(flows.status(otherPage)).toContainText('ended from another device');
  await page.goto('/account');
  await flows.expectSignedIn(page);
  await program.dispose();
});

test('a session that was not mine leads to a new password', async ({ page, otherPage, person }) => {
  await flows.signIn(otherPage, person);
  await flows.signIn(page, person);
  await page.goto('/account/sessions');
  await flows.button(page, 'That wasn’t me').click();
  await expect(page).toHaveURL(/\/account\/password\?not-me$/);
  await expect(flows.status(page)).toContainText('choose a new one now');
  await flows.expectSignedOut(otherPage);
});

test('a device gets a name', async ({ page, person }) => {
  await flows.signIn(page, person);
  await page.goto('/account/sessions');
  await page.getByRole('link', { name: 'Name this device' }).click();
  await flows.field(page, 'device_name').fill('x'.repeat(20) + '\u202e');
  await flows.button(page, 'Save').click();
  await expect(flows.alert(page)).toContainText('40 characters');
  await flows.field(page, 'device_name').fill('Kitchen laptop');
  await flows.button(page, 'Save').click();
  await expect(page).toHaveURL(/\?named$/);
  await expect(row(page, 'Kitchen laptop')).toHaveCount(1);
});

test.describe('when the last proof is too long ago', () => {
  test.use({ ...ownServer, settings: { DOORWARD__SESSION__RECENT: '2s' } });

  test('the password is asked for before a session is ended, and the person is back where they were', async ({ page, otherPage, person }) => {
    await flows.signIn(otherPage, person);
    await flows.signIn(page, person);
    await page.waitForTimeout(2100);
    await page.goto('/account/sessions');
    await flows.button(page, 'End session').click();
    await expect(page).toHaveURL(/\/confirm\?then=/);
    await flows.field(page, 'password').fill(person.password);
    await flows.button(page, 'Continue').click();
    await expect(page.getByRole('heading', { name: 'End this session?' })).toBeVisible();
    await flows.button(page, 'End session').first().click();
    await expect(page).toHaveURL(/\?ended=1$/);
    await flows.expectSignedOut(otherPage);
  });
});

test('on a shared computer the reminder to sign out stays in sight', async ({ page, person, context }) => {
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.field(page, 'shared').check();
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
  for (const path of ['/account', '/account/sessions', '/account/profile', '/account/activity']) {
    await page.goto(path);
    await expect(flows.status(page).first()).toContainText('Sign out when you are done');
  }
  expect((await context.cookies()).map(({ name }) => name)).not.toContain('__Host-doorward-device');
});
