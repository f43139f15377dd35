// Signing in with other services.
import { expect } from '@playwright/test';
import * as flows from '../flows';
import { linkWith, signInWith, Upstream } from '../upstream';
import { open, signedIn, type State, type World } from './world';

/** Two services that can be gone to, and one that is down. */
const services = {
  DOORWARD__PROVIDERS__GITHUB__PRESET: 'github',
  DOORWARD__PROVIDERS__GITHUB__CLIENT_ID: 'x',
  DOORWARD__PROVIDERS__GITHUB__CLIENT_SECRET: 'x',
  DOORWARD__PROVIDERS__WORK__ISSUER: 'http://127.0.0.1:1',
  DOORWARD__PROVIDERS__WORK__CLIENT_ID: 'x',
  DOORWARD__PROVIDERS__WORK__LABEL: 'Work',
  DOORWARD__PROVIDERS__WORK__ALLOW_PRIVATE_ADDRESSES: 'true',
};

/** Presses the button, and stays on the page that would go on by itself. */
async function leaveForGitHub({ page, watch }: World): Promise<void> {
  watch.allow(/^foreign request: https:\/\/github\.com\//);
  // An answer without content leaves the browser where it is.
  await page.context().route('https://github.com/**', (route) => route.fulfill({ status: 204 }));
  await page.goto('/sign-in');
  await flows.button(page, 'Continue with GitHub').click();
  await page.getByRole('link', { name: 'Go to GitHub' }).waitFor();
}

/** Goes on with the software of other people behind it. */
const withUpstream =
  (act: (world: World, upstream: Upstream) => Promise<unknown>, settings: Record<string, string> = {}) =>
  async (world: World) => {
    const upstream = await Upstream.behind(world.doorward, world.watch, settings);
    try {
      await act(world, upstream);
    } finally {
      await upstream.stop();
    }
  };

export const providers: State[] = [
  { name: 'sign-in, with other services', settings: services, reach: open('/sign-in') },
  {
    name: 'sign-in, the other service is down',
    settings: services,
    reach: async ({ page, watch }) => {
      watch.allow(/^503 from POST .*\/form\/start-provider$/);
      watch.allow(/^console error: Failed to load resource: the server responded with a status of 503/);
      await page.goto('/sign-in');
      await flows.button(page, 'Continue with Work').click();
      await flows.alert(page).waitFor();
    },
  },
  { name: 'register, with other services', settings: services, reach: open('/register') },
  { name: 'providers start', settings: services, reach: open('/providers/github/start') },
  { name: 'providers start, on the way', settings: services, reach: leaveForGitHub },
  { name: 'providers start, an address that is known', settings: services, reach: open('/providers/github/start?known') },
  { name: 'providers start, too late', settings: services, reach: open('/providers/github/start?state=0') },
  { name: 'account connections, no other services', reach: signedIn('/account/connections') },
  { name: 'account connections, none linked', settings: services, reach: signedIn('/account/connections') },
  { name: 'account connections, about to link', settings: services, reach: signedIn('/account/connections?link=github') },
  {
    name: 'account connections',
    settings: {},
    reach: withUpstream(async ({ page, person }, upstream) => {
      await flows.signIn(page, person);
      await linkWith(page, upstream, 'somebody-with-quite-a-long-name-at-another-service-where-names-are-long');
    }),
  },
  {
    name: 'account connections, about to unlink',
    settings: {},
    reach: withUpstream(async ({ page, person }, upstream) => {
      await flows.signIn(page, person);
      await linkWith(page, upstream, 'somebody');
      await flows.button(page, 'Unlink').click();
      await expect(page).toHaveURL(/\?unlink=/);
    }),
  },
  {
    name: 'account connections, the last way in',
    settings: {},
    reach: withUpstream(async ({ page }, upstream) => {
      await signInWith(page, upstream, 'ada');
      await page.goto('/account/connections');
      await flows.button(page, 'Unlink').click();
      await expect(page).toHaveURL(/\?unlink=/);
    }),
  },
  {
    name: 'confirm, with another service',
    settings: {},
    reach: withUpstream(
      async ({ page }, upstream) => {
        await signInWith(page, upstream, 'ada');
        await expect(async () => {
          await page.goto('/confirm?then=/account/sessions');
          await expect(page).toHaveURL(/\/confirm/, { timeout: 100 });
        }).toPass();
      },
      { DOORWARD__SESSION__RECENT: '1s' },
    ),
  },
];
