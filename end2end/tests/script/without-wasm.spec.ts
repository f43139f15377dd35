// Scripts run and WebAssembly does not: iOS in Lockdown Mode, a policy of somebody else's, a file that does not come.
import type { Page } from '@playwright/test';
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

const needed = (page: Page) => page.getByText('allow JavaScript and WebAssembly for this site');

const without: Record<string, (page: Page) => Promise<unknown>> = {
  'has no WebAssembly': (page) => page.addInitScript(() => void Reflect.deleteProperty(globalThis, 'WebAssembly')),
  'may not compile any': (page) =>
    page.route('**/sign-in', async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      headers['content-security-policy'] = headers['content-security-policy'].replace("'wasm-unsafe-eval'", '');
      await route.fulfill({ response, headers });
    }),
  'does not get the file': (page) => page.route(/\/pkg\/.*\.wasm/, (route) => route.abort('failed')),
};

for (const [what, prepare] of Object.entries(without)) {
  test(`a browser that ${what} says what passkeys need, and the password signs in`, async ({ page, person, watch }) => {
    watch.allow(/WebAssembly|content security policy|Content Security Policy|Failed to fetch|ERR_FAILED|wasm/);
    await prepare(page);
    await page.goto('/sign-in');
    await expect(needed(page)).toBeVisible();
    await expect(flows.button(page, 'Sign in with a passkey')).toHaveCount(0);
    await page.unrouteAll();
    await flows.fillSignIn(page, person.email, person.password);
    await flows.button(page, 'Sign in').click();
    await flows.expectSignedIn(page);
  });
}

test('while the script is on its way, and once it has come, nothing is said of it', async ({ page }) => {
  let release = () => {};
  const arrived = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/pkg\/.*\.wasm/, async (route) => {
    await arrived;
    await route.continue();
  });
  await page.goto('/sign-in', { waitUntil: 'commit' });
  await expect(flows.button(page, 'Sign in')).toBeVisible();
  const before = await flows.button(page, 'Sign in').boundingBox();
  await page.waitForTimeout(1_000);
  await expect(needed(page)).toBeHidden();
  release();
  await flows.hydrated(page);
  await expect(flows.button(page, 'Sign in with a passkey')).toBeVisible();
  await expect(needed(page)).toBeHidden();
  expect((await flows.button(page, 'Sign in').boundingBox())!.width).toBe(before!.width);
});
