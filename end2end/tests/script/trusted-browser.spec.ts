// What script adds to the second step of a sign-in.
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('after a wrong code the choice to trust this browser is still made', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  const [code] = await page.locator('#codes code').allInnerTexts();
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
  await flows.hydrated(page);
  await flows.field(page, 'trust').check();
  await flows.field(page, 'code').fill('no such code');
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toContainText('That code is not right');
  await expect(flows.field(page, 'trust')).toBeChecked();

  await flows.field(page, 'code').fill(code);
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
  await page.goto('/account/sessions');
  await expect(flows.button(page, 'Stop trusting')).toHaveCount(1);
});
