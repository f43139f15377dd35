// What script adds: the answer comes into the page that is there.
import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';
import type { Page } from '@playwright/test';

const mark = (page: Page) => page.evaluate(() => void ((window as { stillHere?: boolean }).stillHere = true));
const expectSamePage = async (page: Page) =>
  expect(await page.evaluate(() => (window as { stillHere?: boolean }).stillHere)).toBe(true);

test('a wrong password is announced without a reload, and the name stays typed', async ({ page, person }) => {
  await page.goto('/sign-in');
  await flows.hydrated(page);
  await mark(page);
  await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toBeVisible();
  await expectSamePage(page);
  await expect(flows.field(page, 'identifier')).toHaveValue(person.email);

  await flows.field(page, 'password').fill(person.password);
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
});

test('a refused new password is said without a reload', async ({ page, doorward }) => {
  const ada = newcomer();
  await flows.askToRegister(page, ada.email);
  await page.goto((await doorward.mailbox.next(ada.email)).link);
  await flows.hydrated(page);
  await mark(page);
  await flows.typeJudged(page, 'passwordpassword');
  await flows.button(page, 'Create account').click();
  await expect(flows.alert(page)).toBeVisible();
  await expectSamePage(page);
});

test('what is said of the strength of a password leaves the button where it was, in both languages', async ({ page, person, doorward }) => {
  // Each of eight words comes after a pause in typing.
  test.slow();
  await flows.askForReset(page, person.email);
  const { link } = await doorward.mailbox.next(person.email, '/reset-password');
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [language, code, save] of [['Deutsch', 'de', 'Speichern'], ['English', 'en', 'Save']] as const) {
    await page.goto('/sign-in');
    await flows.button(page, language).click();
    await expect(page.locator('html')).toHaveAttribute('lang', code);
    await page.goto(link);
    await flows.hydrated(page);
    const button = flows.button(page, save);
    const before = await button.boundingBox();
    expect(before).not.toBeNull();
    const said = new Set<string>();
    for (const password of ['responsibilities', 'horse horse horse', 'elephant umbrella', 'blue lamp seven rivers']) {
      await flows.field(page, 'new_password').fill('');
      await expect(flows.status(page)).toHaveCount(0);
      await flows.typeJudged(page, password);
      said.add(await flows.status(page).innerText());
      expect(await button.boundingBox(), [...said].at(-1)).toEqual(before);
    }
    expect([...said], 'weak, fair, good and strong').toHaveLength(4);
  }
});

test('the server gone is said in words, and the form can be sent again', async ({ page, person, watch }) => {
  await page.goto('/sign-in');
  await flows.hydrated(page);
  await mark(page);
  watch.allow(/net::ERR_FAILED/);
  await page.route('**/form/**', (route) => route.abort('failed'));
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toBeVisible();
  await expectSamePage(page);

  await page.unroute('**/form/**');
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
});

test('two quick clicks sign in once', async ({ page, person }) => {
  await page.goto('/sign-in');
  await flows.hydrated(page);
  const posts: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').dblclick();
  await flows.expectSignedIn(page);
  expect(posts).toHaveLength(1);
});

test('with the keyboard alone a person signs in, and sees where they are', async ({ page, person }) => {
  await page.goto('/sign-in');
  await flows.hydrated(page);
  await tabTo(page, 'identifier');
  await page.keyboard.type(person.email);
  await tabTo(page, 'password');
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await flows.expectSignedIn(page);
});

/** Presses Tab until the field is focused; each stop on the way must show its focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let press = 0; press < 15; press++) {
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const ring = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
      return { name: element.getAttribute('name'), html: element.outerHTML.slice(0, 120), ring };
    });
    if (stop) expect(stop, `focus is visible on ${stop.html}`).toMatchObject({ ring: true });
    if (stop?.name === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`15 presses of Tab did not reach ${name}`);
}
