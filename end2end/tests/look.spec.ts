// Pictures of every page in every state, for a person to look at: DOORWARD_LOOK names the folder they go to, DOORWARD_LOOK_LOCALE the
// language they are in. The way to a state is gone in English; what stands on a page only until it is loaded again is lost in others.
import { join } from 'node:path';
import { testEachState } from '../support/states';

const folder = process.env.DOORWARD_LOOK ?? 'look';
const locale = process.env.DOORWARD_LOOK_LOCALE;

testEachState(
  (name) => name,
  async (page, state) => {
    if (locale) {
      await page.route('**/*', (route) => route.continue({ headers: { ...route.request().headers(), 'accept-language': locale } }));
      await page.reload();
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [390, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
        const name = `${state.replaceAll(/[^a-z0-9]+/gi, '-')}-${colorScheme}-${width}.png`;
        await page.screenshot({ path: join(folder, name), fullPage: true });
      }
    }
  },
);
