// The three factors in one life: an app, a passkey, and what is left when both are lost.
import { Authenticator } from '../../support/authenticator';
import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';
import { generators } from '../../support/peers';

test('a newcomer turns on an app, adds a passkey, loses both, and gets in with a recovery code', async ({ page, otherPage, doorward }) => {
  // Only the button asks for the passkey: the field for the name would be answered at once.
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });
  const ada = newcomer();
  await flows.register(page, doorward, ada);

  const link = await flows.appLink(page);
  await flows.field(page, 'code').fill(await generators.otplib(link));
  await flows.button(page, 'Turn on').click();
  await expect(page).toHaveURL(/\/recovery-codes$/);
  const codes = await page.locator('#codes code').allInnerTexts();
  await flows.saveRecoveryCodes(page);
  await flows.signOut(page);

  await flows.signInHalfway(page, ada);
  // A code works once, and the next one counts a step early.
  await flows.field(page, 'code').fill(await generators.otplib(link, 30));
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);

  const authenticator = await Authenticator.in(page);
  await page.goto('/account/passkeys');
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await flows.button(page, 'Add a passkey').click();
  await expect(page).toHaveURL(/\/account\/passkeys\?added$/);
  await flows.signOut(page);
  // The second click is the finger, which the authenticator plays.
  await flows.button(page, 'Sign in with a passkey').click();
  await flows.expectSignedIn(page);
  await flows.signOut(page);

  await authenticator.remove();
  await flows.signInHalfway(otherPage, ada);
  await flows.field(otherPage, 'code').fill(codes[4]);
  await flows.button(otherPage, 'Sign in').click();
  await flows.expectSignedIn(otherPage);
  await otherPage.goto('/account/activity');
  await expect(flows.main(otherPage)).toContainText('Signed in with a password and a recovery code');

  // In, and rid of what was lost: this session showed a second factor.
  await otherPage.goto('/account/second-factor');
  await flows.button(otherPage, 'Turn off').click();
  await flows.button(otherPage, 'Turn off').click();
  await expect(otherPage).toHaveURL(/\?turned-off$/);
});
