// What holds on each page and in each of its states. The watch of the fixtures adds: nothing in the console, no policy report.
import type { Page } from '@playwright/test';
import { violations } from '../../support/axe';
import { expect, test } from '../../support/fixtures';
import { testEachState } from '../../support/states';

testEachState(
  (name) => `${name}: no accessibility violation, light or dark; one heading, a title, no scrolling sideways`,
  async (page) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page), colorScheme).toEqual([]);
    }
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page).toHaveTitle(/\S/);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');

    await page.setViewportSize({ width: 320, height: 640 });
    expect(await pixelsBeyond(page), 'pixels beyond a 320 px screen').toBe(0);
    // No language of ours is written so; the style sheet has to be ready for the first.
    await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
    expect(await pixelsBeyond(page), 'pixels beyond a 320 px screen from right to left').toBe(0);
    await page.evaluate(() => document.documentElement.removeAttribute('dir'));
    await page.setViewportSize({ width: 640, height: 400 });
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    expect(await pixelsBeyond(page), 'pixels beyond a 640 px screen with text of twice the size').toBe(0);
  },
);

const pixelsBeyond = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('the titles tell the pages apart', async ({ page }) => {
  const titles = new Map<string, string>();
  for (const path of ['/sign-in', '/register', '/forgot-password', '/sign-out', '/dev/mail', '/no-such-page']) {
    await page.goto(path);
    const title = await page.title();
    expect(titles.get(title), `the title of ${path}, "${title}"`).toBeUndefined();
    titles.set(title, path);
  }
});
