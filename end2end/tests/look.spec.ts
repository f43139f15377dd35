// Pictures of every page in every state, for a person to look at: DOORWARD_LOOK names the folder they go to.
import { join } from 'node:path';
import { test } from '../support/fixtures';
import { states } from '../support/states';

const folder = process.env.DOORWARD_LOOK ?? 'look';

for (const state of states) {
  test(state.name, async ({ page, doorward, person }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await state.reach({ page, doorward, person });
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [390, 1280]) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
        const name = `${state.name.replaceAll(/[^a-z0-9]+/gi, '-')}-${colorScheme}-${width}.png`;
        await page.screenshot({ path: join(folder, name), fullPage: true });
      }
    }
  });
}
