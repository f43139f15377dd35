// Our QR code read by somebody else's reader, and its key used by three generators that know nothing of each other or of us.
import type { Page } from '@playwright/test';
import { expect, ownServer, test, type Person } from '../../support/fixtures';
import * as flows from '../../support/flows';
import { generators, readQrCode } from '../../support/peers';

/** The link in the QR code that the page shows, as a camera sees it. */
async function scanned(page: Page, colorScheme: 'light' | 'dark'): Promise<string> {
  await page.emulateMedia({ colorScheme });
  await page.goto('/account/second-factor/totp');
  const picture = await page.locator('.qr').screenshot();
  const link = await readQrCode(page.context(), picture);
  expect(link, 'what the reader finds in the picture').toBe(
    await page.getByRole('link', { name: 'Open in an app' }).getAttribute('href'),
  );
  return link!;
}

async function turnOn(page: Page, code: string): Promise<void> {
  await flows.field(page, 'code').fill(code);
  await flows.button(page, 'Turn on').click();
  await expect(page).toHaveURL(/\/account\/second-factor\/recovery-codes$/);
  await flows.saveRecoveryCodes(page);
}

async function signInWith(page: Page, person: Person, code: string): Promise<void> {
  await flows.signOut(page);
  await page.goto('/sign-in');
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
  await flows.field(page, 'code').fill(code);
  await flows.button(page, 'Sign in').click();
  await flows.expectSignedIn(page);
}

for (const [name, generate] of Object.entries(generators)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the codes that ${name} makes of our QR code (${colorScheme}) turn it on and sign in`, async ({ page, person }) => {
      await flows.signIn(page, person);
      const link = await scanned(page, colorScheme);
      await turnOn(page, await generate(link));
      // A code works once, and the next one counts a step early.
      await signInWith(page, person, await generate(link, 30));
    });
  }
}

for (const [algorithm, period] of [['SHA256', 30], ['SHA512', 60]] as const) {
  test.describe(() => {
    test.use({
      ...ownServer,
      settings: {
        DOORWARD__SECOND_FACTOR__ALGORITHM: algorithm,
        DOORWARD__SECOND_FACTOR__DIGITS: '8',
        DOORWARD__SECOND_FACTOR__PERIOD: String(period),
      },
    });

    test(`with ${algorithm}, 8 digits and ${period} s they all make the codes that we take`, async ({ page, person }) => {
      await flows.signIn(page, person);
      const link = await scanned(page, 'light');
      const { otplib, pyotp, oathtool } = generators;
      await turnOn(page, await pyotp(link));
      const next = await oathtool(link, period);
      expect(next).toMatch(/^\d{8}$/);
      await signInWith(page, person, next);
      const ahead = 3 * period;
      await expect(async () => {
        // Three programs, and the step may end in between.
        const codes = [await otplib(link, ahead), await pyotp(link, ahead), await oathtool(link, ahead)];
        expect(new Set(codes).size).toBe(1);
      }).toPass();
    });
  });
}
