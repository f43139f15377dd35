// What script adds to secrets that are shown once.
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('recovery codes are copied one a line, and the button says so', async ({ page, person, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  await flows.button(page, 'Copy').click();
  await expect(flows.button(page, 'Copied')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.trim().split(/\s*\n\s*/)).toEqual(await page.locator('#codes code').allInnerTexts());
  await expect(flows.button(page, 'Print')).toBeVisible();
});
