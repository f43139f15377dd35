// On the way to an app behind a reverse proxy, and what is said at its host to whoever may not pass.
import * as flows from '../flows';
import { App, configuration } from '../proxies';
import type { State, World } from './world';

/** With the app there until the page is reached. */
const withApp = (act: (world: World, app: App) => Promise<unknown>) => async (world: World) => {
  const app = await App.behind('caddy', world.doorward);
  world.watch.allow(new RegExp(`^foreign request: ${app.url}/`));
  // Asked for beside a page, by when the app may be gone.
  world.watch.allow(/^console error: Failed to load resource: .*\/favicon\.ico\)$/);
  try {
    await act(world, app);
  } finally {
    await app.stop();
  }
};

/** Signs in on the page that the app led to. */
async function signInOnTheWay({ page, person }: World): Promise<void> {
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
}

export const apps: State[] = [
  {
    name: 'app, on the way to it',
    configuration,
    reach: withApp(async (world, app) => {
      await world.page.goto(`${app.url}/notes`);
      // An answer without content leaves the browser where it is.
      await world.page.context().route(`${app.url}/**`, (route) => route.fulfill({ status: 204 }));
      await signInOnTheWay(world);
      await world.page.getByRole('link', { name: 'Go on' }).waitFor();
    }),
  },
  {
    name: 'sign-in, to an app that asks for two steps',
    configuration,
    reach: withApp(({ page }, app) => page.goto(`${app.url}/payroll`)),
  },
  {
    name: 'account second-factor, for an app',
    configuration,
    reach: withApp(async (world, app) => {
      await world.page.goto(`${app.url}/payroll`);
      await signInOnTheWay(world);
      await world.page.getByText('The app that you came from').waitFor();
    }),
  },
  {
    name: 'app, no entry',
    configuration,
    reach: withApp(async (world, app) => {
      await world.page.goto(`${app.url}/admin`);
      await signInOnTheWay(world);
      await world.page.getByText('This page is not open to you').waitFor();
    }),
  },
  {
    name: 'app, not signed in',
    configuration,
    reach: withApp(({ page }, app) => page.goto(`${app.url}/.doorward/callback?code=0`)),
  },
  {
    name: 'app, no such page',
    configuration,
    reach: withApp(({ page }, app) => page.goto(`${app.url}/.doorward/nothing`)),
  },
];
