// A small Flask app behind the proxies of docs/forward-auth.md, as a person meets it, and as somebody meets it who means ill.
import type { Page } from '@playwright/test';
import { expect, ownServer, test, type Person } from '../../support/fixtures';
import * as flows from '../../support/flows';
import { App, HOST, configuration, proxies } from '../../support/proxies';

/** Signs in on the page that the app led to; ends at the app. */
async function signInOnTheWay(page: Page, person: Person): Promise<void> {
  await expect(page).toHaveURL(/^http:\/\/localhost:\d+\/sign-in\?then=/);
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
}

async function cookieOfApp(page: Page, app: App): Promise<string> {
  const cookies = await page.context().cookies(app.url);
  const own = cookies.filter(({ name }) => name === '__Host-doorward-app');
  expect(own).toMatchObject([{ domain: HOST, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }]);
  return `Cookie: ${own[0].name}=${own[0].value}`;
}

for (const proxy of proxies) {
  test.describe(proxy, () => {
    test.use({ ...ownServer, configuration, ignoreHTTPSErrors: true });

    let app: App;
    test.beforeEach(async ({ doorward, watch }) => {
      app = await App.behind(proxy, doorward);
      watch.allow(new RegExp(`^foreign request: ${app.url}/`));
    });
    test.afterEach(async ({ browser }, testInfo) => {
      await testInfo.attach(`${proxy}.log`, { body: app.said, contentType: 'text/plain' });
      await app.stop(browser);
    });

    test('a person signs in on the way to the very page, is greeted by name, and signs out', async ({ page, person }) => {
      await page.goto(`${app.url}/notes?page=2&q=a%20b%26c`);
      await signInOnTheWay(page, person);
      await expect(page).toHaveURL(`${app.url}/notes?page=2&q=a%20b%26c`);
      await expect(page.locator('body')).toContainText(`Hello, ${person.email.split('@')[0]}!`);
      await expect(page.locator('body')).toContainText(`${person.username}, ${person.email}, in:`);
      await expect(page.locator('body')).toContainText('You asked for /notes?page=2&q=a%20b%26c');

      const atApp = await page.context().cookies(app.url);
      expect(atApp.map(({ name }) => name).sort()).toEqual(['__Host-doorward-app', '__Host-doorward-start']);

      await page.goto(`${app.url}/.doorward/sign-out`);
      await flows.button(page, 'Sign out').click();
      await expect(page).toHaveURL(/\/sign-in\?signed-out$/);
      await page.goto(`${app.url}/notes`);
      await expect(page).toHaveURL(/\/sign-in\?then=/);
    });

    test('a session that is ended elsewhere is over here at the next request', async ({ page, otherPage, person }) => {
      await page.goto(`${app.url}/notes`);
      await signInOnTheWay(page, person);
      await expect(page).toHaveURL(`${app.url}/notes`);
      const cookie = await cookieOfApp(page, app);
      const agent = `User-Agent: ${await page.evaluate(() => navigator.userAgent)}`;
      expect(app.raw('/notes', [cookie, agent]).status).toBe(200);

      await flows.signIn(otherPage, person);
      await otherPage.goto('/account/sessions');
      await flows.button(otherPage, 'Sign out everywhere else').click();
      await flows.main(otherPage).getByRole('button', { name: 'Sign out everywhere else' }).first().click();
      await expect(otherPage).toHaveURL(/\?ended=1$/);
      expect([401, 302]).toContain(app.raw('/notes', [cookie, agent]).status);
      await page.goto(`${app.url}/notes`);
      await expect(page).toHaveURL(/\/sign-in\?then=/);
    });

    test('groups decide from one request to the next, and strangers see what is public', async ({ page, person, doorward }) => {
      expect(app.raw('/public/x').body).toContain('Hello, stranger!');
      await page.goto(`${app.url}/admin`);
      await signInOnTheWay(page, person);
      await expect(page.getByRole('heading', { name: 'No entry' })).toBeVisible();
      await expect(page).toHaveURL(`${app.url}/admin`);
      doorward.command(['group', 'add', 'admins', person.email]);
      await page.reload();
      await expect(page.locator('body')).toContainText('in: admins');
      doorward.command(['group', 'remove', 'admins', person.email]);
      expect((await page.reload())?.status()).toBe(403);
    });

    test('where a second factor is asked for, a person is led to set one up, and let in with it', async ({ page, person }) => {
      await page.goto(`${app.url}/payroll`);
      await signInOnTheWay(page, person);
      await expect(page).toHaveURL(/^http:\/\/localhost:\d+\/account\/second-factor\?app$/);
      await expect(flows.main(page)).toContainText('The app that you came from asks for a second factor.');
      await flows.turnOnSecondFactor(page);
      await flows.saveRecoveryCodes(page);
      await page.goto(`${app.url}/payroll`);
      await expect(page).toHaveURL(`${app.url}/payroll`);
      await expect(page.locator('body')).toContainText('You asked for /payroll');
    });

    test('what somebody smuggles in names nobody and opens nothing', async ({ page, person }) => {
      const forged = ['Remote-User: admin', 'Remote_User: admin', 'Remote-Id: 1', 'Remote_Id: 1', 'REMOTE-GROUPS: admins', 'remote_groups: admins', 'Remote-Name: Eve', 'Remote_Name: Eve', 'Remote-Email: eve@evil.example', 'Remote-Email-Verified: eve', 'Remote-Email_Verified: eve'];
      const stranger = app.raw('/public/x', forged);
      expect(stranger).toMatchObject({ status: 200 });
      expect(stranger.body).toContain('Hello, stranger!');

      await page.goto(`${app.url}/notes`);
      await signInOnTheWay(page, person);
      await expect(page).toHaveURL(`${app.url}/notes`);
      const own = [await cookieOfApp(page, app), `User-Agent: ${await page.evaluate(() => navigator.userAgent)}`];
      const known = app.raw('/notes', [...own, ...forged]);
      expect(known.status).toBe(200);
      expect(known.body).toContain(`, ${person.username}, ${person.email}, in: \n`);
      expect(known.body).not.toMatch(/admin|eve/i);

      const elsewhere = [
        'X-Forwarded-Uri: /public', 'X-Forwarded-Host: other.example', 'X-Forwarded-Method: GET', 'X-Forwarded-Proto: https',
        'X-Original-URL: https://app.localhost/public', 'X-Original-Method: GET', 'X-Forwarded-For: 127.0.0.1',
      ];
      for (const lie of [elsewhere, ...elsewhere.map((header) => [header])]) {
        for (const as of [[], own]) {
          expect(app.raw('/admin', [...as, ...lie]).body, lie.join()).not.toMatch(/Hello/);
        }
      }
      for (const host of ['other.example', 'localhost', '127.0.0.1', `${HOST}.`, `x@${HOST}`, `${HOST}, other.example`, `other.example:${app.port}`]) {
        expect(app.raw('/admin', own, 'GET', host).body, host).not.toMatch(/Hello/);
      }
    });

    test('no spelling of a path leads past the rules', async ({ page, person }) => {
      await page.goto(`${app.url}/notes`);
      await signInOnTheWay(page, person);
      await expect(page).toHaveURL(`${app.url}/notes`);
      const own = [await cookieOfApp(page, app), `User-Agent: ${await page.evaluate(() => navigator.userAgent)}`];
      const hostile = [
        '/admin', '/admin/', '/%61dmin', '/%61%64%6d%69%6e/x', '//admin', '/./admin', '/public/../admin', '/public/%2e%2e/admin',
        '/public/..%2fadmin', '/public/..%2Fadmin', '/public%2f..%2fadmin', '/public/..;/admin', '/public;/../admin',
        '/public/%252e%252e/admin', '/public\\..\\admin', '/public/..%5cadmin', '/public/.%2e/admin', '/admin%00', '/admin%2f', '/public/%2e%2e%2fadmin',
        `https://${HOST}/admin`, '*',
      ];
      for (const target of hostile) {
        for (const as of [[], own]) {
          const answer = app.raw(target, as);
          expect(answer.body, `${target}: ${answer.status}`).not.toMatch(/Hello/);
          expect(answer.status, target).not.toBe(200);
        }
      }
      expect(app.raw('/%70ublic/x').body).toContain('Hello, stranger!');
      expect(app.raw('/public/x', [], 'POST').status).toBe(401);
    });
  });
}
