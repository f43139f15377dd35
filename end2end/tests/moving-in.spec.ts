// What an operator does on the first day, and what people meet then: in each language, on every database.
import type { BrowserContext, Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Doorward } from '../support/doorward';
import { expect, newcomer, ownServer, test, watchedContext } from '../support/fixtures';
import * as flows from '../support/flows';
import { python } from '../support/peers';

const root = resolve(__dirname, '../..');
const OLD_PASSWORD = 'hunter2';

const languages = {
  en: {
    locale: 'en-GB',
    signIn: 'Sign in', continue: 'Continue', save: 'Save', create: 'Create account', invite: 'Invite',
    wrong: 'do not belong together', sent: 'Check your mail', reset: 'Open this link to choose one.', invited: 'invites you',
    underWay: 'An attack is under way.',
  },
  de: {
    locale: 'de-DE',
    signIn: 'Anmelden', continue: 'Weiter', save: 'Speichern', create: 'Konto anlegen', invite: 'Einladen',
    wrong: 'passen nicht zusammen', sent: 'Sehen Sie in Ihr Postfach', reset: 'Öffnen Sie diesen Link, um eines zu wählen.', invited: 'lädt Sie ein',
    underWay: 'Ein Angriff ist im Gang.',
  },
};

/** Runs `doorward ARGUMENTS` that is refused; gives all it said. */
function refused(doorward: Doorward, commandArguments: string[]): string {
  try {
    doorward.command(commandArguments);
  } catch (error) {
    const ended = error as { status: number; stdout: string; stderr: string };
    expect(ended.status).toBe(1);
    return ended.stdout + ended.stderr;
  }
  throw new Error(`${commandArguments.join(' ')} was not refused`);
}

/** Brings the accounts of a Flask application, as docs/guides/coming-from-flask.md has it. */
function importFromFlask(doorward: Doorward): void {
  const [database, file] = [join(doorward.dataDir, 'app.db'), join(doorward.dataDir, 'users.csv')];
  execFileSync(python, [join(root, 'end2end/interop/old_applications.py'), 'flask', database], { input: `${OLD_PASSWORD}\n` });
  writeFileSync(file, execFileSync(python, [join(root, 'docs/guides/coming-from/export_from_flask.py'), database]));
  expect(refused(doorward, ['import-users', file, '--dry-run'])).toContain('line 4: password_hash');
  expect(doorward.command(['user', 'list'])).toBe('');
  expect(refused(doorward, ['import-users', file, '--continue-on-error'])).toContain('3 lines: 2 imported, 0 there already, 1 refused');
}

const storedHash = (doorward: Doorward, username: string): string =>
  /(scrypt:|\$argon2id\$)/.exec(
    doorward.command(['user', 'export', '--with-password-hashes']).split('\n').find((line) => line.includes(username))!,
  )![0];

for (const [language, words] of Object.entries(languages)) {
  test.describe(language, () => {
    test.use({
      ...ownServer,
      locale: words.locale,
      settings: {
        DOORWARD__REGISTRATION__MODE: 'invite',
        DOORWARD__LIMITS__FREE_TRIES: '3',
        DOORWARD__LIMITS__NETWORK_FAILURES: '20',
        DOORWARD__LIMITS__FAILURES_IN_ALL: '10',
      },
    });

    const signIn = async (page: Page, identifier: string, password: string): Promise<void> => {
      await page.goto('/sign-in');
      await flows.fillSignIn(page, identifier, password);
      await flows.button(page, words.signIn).click();
    };

    test('people come over from Flask, one forgot the password, one is invited, and an attacker gets nowhere', async ({
      page,
      browser,
      doorward,
      watch,
      baseURL,
      contextOptions,
    }) => {
      test.setTimeout(90_000);
      importFromFlask(doorward);
      const contexts: BrowserContext[] = [];
      const someoneElse = async (): Promise<Page> => {
        const context = await watchedContext(browser, watch, { ...contextOptions, locale: words.locale, baseURL });
        contexts.push(context);
        return context.newPage();
      };

      await test.step('Ada signs in with the password she had, and is upgraded unseen', async () => {
        expect(storedHash(doorward, 'ada')).toBe('scrypt:');
        await signIn(page, 'ada@example.org', 'not the one she had');
        await expect(flows.alert(page)).toContainText(words.wrong);
        await signIn(page, 'ada@example.org', OLD_PASSWORD);
        await flows.expectSignedIn(page);
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        expect(storedHash(doorward, 'ada')).toBe('$argon2id$');
      });

      await test.step('Eve forgot hers, and chooses another by mail', async () => {
        const eve = await someoneElse();
        const better = newcomer().password;
        await eve.goto('/forgot-password');
        await flows.field(eve, 'email').fill('eve@example.org');
        await flows.button(eve, words.continue).click();
        await expect(flows.main(eve)).toContainText(words.sent);
        const letter = await doorward.mailbox.next('eve@example.org', '/reset-password');
        expect(letter.text).toContain(words.reset);
        await eve.goto(letter.link);
        await flows.field(eve, 'new_password').fill(better);
        await flows.button(eve, words.save).click();
        await expect(eve).toHaveURL(/\/sign-in\?password-reset$/);
        await signIn(eve, 'eve@example.org', better);
        await flows.expectSignedIn(eve);
      });

      const rick = await someoneElse();
      await test.step('Zoe is invited by an administrator', async () => {
        const [admin, zoe] = [newcomer(), newcomer()];
        doorward.command(['user', 'create', '--email', admin.email, '--username', admin.username, '--admin'], `${admin.password}\n`);
        await signIn(rick, admin.email, admin.password);
        await flows.expectSignedIn(rick);
        await rick.goto('/admin/invitations');
        await flows.field(rick, 'email').fill(zoe.email);
        await flows.button(rick, words.invite).click();
        await expect(flows.status(rick).first()).toBeVisible();
        const letter = await doorward.mailbox.next(zoe.email);
        expect(letter.text).toContain(words.invited);
        const page = await someoneElse();
        await page.goto('/register');
        await expect(flows.field(page, 'email')).toHaveCount(0);
        await page.goto(letter.link);
        await flows.field(page, 'new_password').fill(zoe.password);
        await flows.button(page, words.create).click();
        await flows.expectSignedIn(page);
      });

      await test.step('an attacker gets nowhere, and the console shows it', async () => {
        const attempt = async (identifier: string, password: string): Promise<number> => {
          const headers = { Accept: 'application/json', Origin: doorward.url };
          const body = new URLSearchParams({ identifier, password });
          return (await fetch(`${doorward.url}/form/sign-in`, { method: 'POST', headers, body })).status;
        };
        const names = ['ada@example.org', 'eve@example.org', ...Array.from({ length: 20 }, (_, at) => `name${at}@example.org`)];
        const statuses: number[] = [];
        for (const name of names) for (const guess of ['123456', 'password']) statuses.push(await attempt(name, guess));
        expect(new Set(statuses)).toEqual(new Set([401, 429]));
        // Even with the right one: whoever guessed is not told that it is.
        expect(await attempt('ada@example.org', OLD_PASSWORD)).toBe(429);

        await rick.goto('/admin/attacks');
        await expect(flows.main(rick)).toContainText(words.underWay);
        // Ada, in the browser that her account knows, does not notice.
        await page.goto('/sign-out');
        await flows.main(page).getByRole('button').click();
        await expect(page).toHaveURL(/\/sign-in\?signed-out$/);
        await signIn(page, 'ada@example.org', OLD_PASSWORD);
        await flows.expectSignedIn(page);
        expect(doorward.command(['audit', 'verify'])).toBeTruthy();
      });
      for (const context of contexts) await context.close();
    });
  });
}
