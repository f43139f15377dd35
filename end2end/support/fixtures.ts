// The world of one test: a server for each worker, a person for each test that asks for one, and a watch over all of it.
import { test as base, expect, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { Doorward, type Database } from './doorward';
import { Watch } from './watch';

export { expect };

export interface Options {
  database: Database;
}

/** Somebody with an account. */
export interface Person {
  email: string;
  username: string;
  password: string;
}

interface Fixtures {
  /** The server this test talks to: its worker's, or with `ownServer` one of its own. */
  doorward: Doorward;
  /** For a server of its own: settings as the environment has them, by name. */
  settings: Record<string, string>;
  /** For a server of its own: its configuration file, in place of the repository's. */
  configuration: string | undefined;
  /** Somebody who has an account and is not signed in. */
  person: Person;
  /** A second browser, with cookies of its own and the same abilities. */
  otherPage: Page;
  watch: Watch;
}

export const test = base.extend<Fixtures, Options & { sharedDoorward: Doorward }>({
  database: ['sqlite', { option: true, scope: 'worker' }],
  settings: [{}, { option: true }],
  configuration: [undefined, { option: true }],

  sharedDoorward: [
    async ({ database }, use) => {
      const server = await Doorward.start(database);
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  doorward: ({ sharedDoorward }, use) => use(sharedDoorward),

  baseURL: ({ doorward }, use) => use(doorward.url),

  watch: [
    async ({ doorward }, use, testInfo) => {
      const watch = new Watch(doorward.url);
      await use(watch);
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('server.log', { body: doorward.log(), contentType: 'text/plain' });
      }
      expect(watch.problems, 'what went wrong beside the test').toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, watch }, use) => {
    await watch.over(context);
    await use(context);
  },

  person: async ({ doorward }, use) => {
    const person = newcomer();
    doorward.command(['user', 'create', '--email', person.email, '--username', person.username], `${person.password}\n`);
    await use(person);
  },

  otherPage: async ({ browser, watch, contextOptions, javaScriptEnabled, baseURL }, use) => {
    const context = await watchedContext(browser, watch, { ...contextOptions, javaScriptEnabled, baseURL });
    await use(await context.newPage());
    await context.close();
  },
});

/** `test.use(ownServer)`: for what changes a server for everybody, or needs `settings`. */
export const ownServer: Parameters<typeof test.use>[0] = {
  doorward: async ({ database, settings, configuration }, use) => {
    const server = await Doorward.start(database, settings, configuration);
    await use(server);
    await server.stop();
  },
};

export async function watchedContext(browser: Browser, watch: Watch, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  await watch.over(context);
  return context;
}

/** Somebody nobody knows yet. */
export function newcomer(): Person {
  const mark = randomBytes(5).toString('hex');
  return {
    email: `ada-${mark}@example.org`,
    username: `ada-${mark}`,
    // Shares nothing with the names: a password that holds its owner's name is refused.
    password: `correct-horse-battery-77-${randomBytes(4).toString('hex')}`,
  };
}
