// What holds on each page and in each of its states. The watch of the fixtures adds: nothing in the console, no policy report.
import { violations } from '../../support/axe';
import { expect, test } from '../../support/fixtures';
import { states } from '../../support/states';

for (const state of states) {
  test(`${state.name}: no accessibility violation, light or dark; one heading, a title, no scrolling sideways`, async ({
    page,
    doorward,
    person,
  }) => {
    // A colour that is still fading would be measured half-way.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await state.reach({ page, doorward, person });

    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await violations(page), colorScheme).toEqual([]);
    }
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page).toHaveTitle(/\S/);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');

    await page.setViewportSize({ width: 320, height: 640 });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(beyond, 'pixels beyond a 320 px screen').toBe(0);
  });
}

test('the titles tell the pages apart', async ({ page }) => {
  const titles = new Map<string, string>();
  for (const path of ['/sign-in', '/register', '/forgot-password', '/sign-out', '/dev/mail', '/no-such-page']) {
    await page.goto(path);
    const title = await page.title();
    expect(titles.get(title), `the title of ${path}, "${title}"`).toBeUndefined();
    titles.set(title, path);
  }
});
