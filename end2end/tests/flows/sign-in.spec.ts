import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('the front page leads to sign-in, and the person signs in by e-mail', async ({ page, person }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in(\?|$)/);
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
  await page.goto('/');
  await flows.expectSignedIn(page);
});

test('the person signs in by username', async ({ page, person }) => {
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.username, person.password);
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
});

test('a wrong password and an unknown name are refused in the same words', async ({ page, person }) => {
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toBeVisible();
  const words = await flows.alert(page).innerText();

  await page.goto('/sign-in');
  await flows.fillSignIn(page, newcomer().email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toBeVisible();
  expect(await flows.alert(page).innerText()).toBe(words);
  await flows.expectSignedOut(page);
});

test('password managers find their fields', async ({ page }) => {
  await page.goto('/sign-in');
  await expect(flows.field(page, 'identifier')).toHaveAttribute('autocomplete', /^username/);
  await expect(flows.field(page, 'password')).toHaveAttribute('autocomplete', 'current-password');
});

test('the cookie ends with the browser, unless this is my own device', async ({ page, person, context }) => {
  const sessionCookie = async () => {
    const cookie = (await context.cookies()).find(({ name }) => name === '__Host-doorward');
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
    return cookie!;
  };
  await flows.signIn(page, person);
  expect((await sessionCookie()).expires).toBe(-1);

  await context.clearCookies();
  await flows.signIn(page, person, { remember: true });
  const days = ((await sessionCookie()).expires - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(6.9);
  expect(days).toBeLessThan(30.1);
});

test('the session cookie changes at sign-in, so that a planted one is worth nothing', async ({ page, person, context }) => {
  const planted = { name: '__Host-doorward', value: 'AAAAAAAAAAAAAAAAAAAAAA', domain: 'localhost', path: '/', secure: true };
  await context.addCookies([planted]);
  await flows.signIn(page, person);
  const cookie = (await context.cookies()).find(({ name }) => name === planted.name);
  expect(cookie?.value).not.toBe(planted.value);
});
