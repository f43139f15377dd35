// What a state is, and what several subjects need on the way to theirs.
import type { Page } from '@playwright/test';
import type { Doorward } from '../doorward';
import { newcomer, type Person } from '../fixtures';
import * as flows from '../flows';
import type { Watch } from '../watch';

export interface World {
  page: Page;
  doorward: Doorward;
  person: Person;
  watch: Watch;
}

export interface State {
  name: string;
  /** Asks for a server of its own with these settings. */
  settings?: Record<string, string>;
  /** Asks for a server of its own with this configuration file, and for a browser that takes any certificate. */
  configuration?: string;
  reach: (world: World) => Promise<unknown>;
}

export const open =
  (path: string) =>
  ({ page }: World) =>
    page.goto(path);

export const signedIn =
  (path: string) =>
  async ({ page, person }: World) => {
    await flows.signIn(page, person);
    await page.goto(path);
  };

export const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** To the recovery codes of a first app. */
export async function turnOn({ page, person }: World): Promise<void> {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
}

export const everyone = { DOORWARD__SECOND_FACTOR__POLICY: 'everyone' };

/** Signs in as an administrator. On a server of its own: the first admin takes the set-up link away. */
export async function signInAsAdmin({ page, doorward }: World): Promise<Person> {
  await page.context().clearCookies();
  const admin = newcomer();
  doorward.command(['user', 'create', '--email', admin.email, '--username', admin.username, '--admin'], `${admin.password}\n`);
  await flows.signIn(page, admin);
  return admin;
}

/** As an administrator, with somebody else signed in too. */
export const administers =
  (path: string | ((admin: Person) => string)) =>
  async (world: World) => {
    await flows.signIn(world.page, world.person);
    const admin = await signInAsAdmin(world);
    await world.page.goto(typeof path === 'string' ? path : path(admin));
  };
