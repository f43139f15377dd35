// The site of docs/guides/static-caddy.md: files behind Caddy, of which some are for members.
import { expect, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';
import { App, siteConfiguration } from '../../support/proxies';

test.use({ ...ownServer, configuration: siteConfiguration, ignoreHTTPSErrors: true });

test('everybody reads the site, and members alone what is for members', async ({ page, person, doorward, watch, browser }) => {
  const site = await App.site(doorward);
  watch.allow(new RegExp(`^foreign request: ${site.url}/`));
  // It has no picture of its own.
  watch.allow(/^console error: Failed to load resource: .*\/favicon\.ico\)$/);
  try {
    expect((await page.goto(`${site.url}/`))?.headers()['cache-control']).toBeUndefined();
    await page.getByRole('link', { name: 'The minutes' }).click();
    await expect(page).toHaveURL(/^http:\/\/localhost:\d+\/sign-in\?then=/);
    await flows.fillSignIn(page, person.email, person.password);
    await flows.button(page, 'Sign in').click();
    await expect(page.getByRole('heading', { name: 'No entry' })).toBeVisible();
    await expect(page).toHaveURL(`${site.url}/members/`);

    doorward.command(['group', 'add', 'members', person.email]);
    expect((await page.reload())?.headers()['cache-control']).toBe('private, no-store');
    await expect(page.getByRole('heading', { name: 'Minutes' })).toBeVisible();

    for (const target of ['/members/', '/members', '/members/index.html', '/%6dembers/', '//members/', '/x/../members/', '/x/%2e%2e/members/', '/./members/', '/members%2findex.html']) {
      const answer = site.raw(target, ['Remote-Id: 1', 'Remote-Groups: members', 'X-Original-URL: https://app.localhost/']);
      expect(answer.body, `${target}: ${answer.status}`).not.toContain('Minutes');
    }
    expect(site.raw('/', [], 'POST').status, 'for reading').toBe(403);

    await page.getByRole('link', { name: 'Sign out' }).click();
    await flows.button(page, 'Sign out').click();
    await expect(page).toHaveURL(/\/sign-in\?signed-out$/);
    await page.goto(`${site.url}/members/`);
    await expect(page).toHaveURL(/\/sign-in\?then=/);
  } finally {
    await test.info().attach('caddy.log', { body: site.said, contentType: 'text/plain' });
    await site.stop(browser);
  }
});
