// Every page in every state a person can meet, and the way there. A new page is added to the file of its subject and nowhere else.
import type { Page } from '@playwright/test';
import { ownServer, test } from '../fixtures';
import { account } from './account';
import { administration } from './administration';
import { apps } from './apps';
import { letters } from './letters';
import { lifecycle } from './lifecycle';
import { passkeys } from './passkeys';
import { passwords } from './passwords';
import { providers } from './providers';
import { registration } from './registration';
import { secondFactors } from './second-factors';
import { sessions } from './sessions';
import { signingIn } from './signing-in';
import type { State } from './world';

const states: State[] = [signingIn, registration, passwords, account, lifecycle, sessions, secondFactors, passkeys, providers, letters, apps, administration].flat();

/** One test a state: gets there, then runs `body`. */
export function testEachState(title: (name: string) => string, body: (page: Page, name: string) => Promise<void>): void {
  for (const { name, settings, configuration, reach } of states) {
    test.describe(() => {
      if (settings) test.use({ ...ownServer, settings });
      if (configuration) test.use({ ...ownServer, configuration, ignoreHTTPSErrors: true });
      test(title(name), async ({ page, doorward, person, watch }) => {
        await reach({ page, doorward, person, watch });
        await body(page, name);
      });
    });
  }
}
