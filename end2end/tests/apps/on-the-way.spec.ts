// Whoever has no account yet, or forgot the password, ends at the app that they came from, and not at the overview.
import type { Page } from '@playwright/test';
import type { Doorward } from '../../support/doorward';
import { expect, newcomer, ownServer, test, type Person } from '../../support/fixtures';
import * as flows from '../../support/flows';
import { App, configuration } from '../../support/proxies';

test.use({ ...ownServer, configuration, ignoreHTTPSErrors: true });

let app: App;
test.beforeEach(async ({ doorward, watch }) => {
  app = await App.behind('nginx', doorward);
  watch.allow(new RegExp(`^foreign request: ${app.url}/`));
});
test.afterEach(async ({ browser }, testInfo) => {
  await testInfo.attach('nginx.log', { body: app.said, contentType: 'text/plain' });
  await app.stop(browser);
});

/** Goes to the app, and makes an account on the way; the letter is opened in `opened`. */
async function register(doorward: Doorward, page: Page, opened: Page): Promise<Person> {
  const ada = newcomer();
  await page.goto(`${app.url}/notes?page=2`);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await flows.field(page, 'email').fill(ada.email);
  await flows.button(page, 'Continue').click();
  await expect(flows.main(page)).toContainText('Check your mail');
  await opened.goto((await doorward.mailbox.next(ada.email)).link);
  await flows.field(opened, 'new_password').fill(ada.password);
  await flows.button(opened, 'Create account').click();
  return ada;
}

test('a newcomer makes an account on the way', async ({ page, doorward }) => {
  const ada = await register(doorward, page, page);
  await expect(page).toHaveURL(`${app.url}/notes?page=2`);
  await expect(page.locator('body')).toContainText(`Hello, ${ada.email.split('@')[0]}!`);
});

test('who opens the letter in another browser is at the app there', async ({ page, otherPage, doorward }) => {
  const ada = await register(doorward, page, otherPage);
  await expect(otherPage.getByRole('heading', { name: 'Not signed in' })).toBeVisible();
  await otherPage.getByRole('link', { name: 'Begin again' }).click();
  await expect(otherPage.locator('body')).toContainText(`Hello, ${ada.email.split('@')[0]}!`);
});

test('who forgot the password sets another on the way', async ({ page, person, doorward }) => {
  await page.goto(`${app.url}/notes?page=2`);
  await page.getByRole('link', { name: /forgot/i }).click();
  await flows.field(page, 'email').fill(person.email);
  await flows.button(page, 'Continue').click();
  await expect(flows.main(page)).toContainText('Check your mail');
  await page.goto((await doorward.mailbox.next(person.email)).link);
  await flows.field(page, 'new_password').fill(`${person.password}-better`);
  await flows.button(page, 'Save').click();
  await flows.fillSignIn(page, person.email, `${person.password}-better`);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(`${app.url}/notes?page=2`);
});
