import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, newcomer, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test.use(ownServer);

test('the link that only the operator can read makes the first admin, once', async ({ page, doorward }) => {
  const file = join(doorward.dataDir, 'set-up-link.txt');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const link = doorward.setUpLink();

  const admin = newcomer();
  await page.goto(link);
  await flows.field(page, 'email').fill(admin.email);
  await flows.field(page, 'new_password').fill(admin.password);
  await flows.button(page, 'Create account').click();
  await flows.expectSignedIn(page);
  const [listed, ...others] = doorward.command(['user', 'list', '--json']).trim().split('\n');
  expect(JSON.parse(listed)).toMatchObject({ email: admin.email, role: 'admin' });
  expect(others).toEqual([]);
  expect(existsSync(file)).toBe(false);

  await flows.signOut(page);
  await page.goto(link);
  await expect(flows.field(page, 'new_password')).toHaveCount(0);
});

test('set-up without the link is refused', async ({ page }) => {
  await page.goto('/set-up');
  await expect(flows.field(page, 'new_password')).toHaveCount(0);
});
