// In German, and by the reader's clock.
import { expect, newcomer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test.describe('a browser that asks for German', () => {
  test.use({ locale: 'de-DE', timezoneId: 'Asia/Kolkata' });

  test('a newcomer registers, is refused and let in, all in German', async ({ page, doorward }) => {
    const ada = newcomer();
    await page.goto('/register');
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await flows.field(page, 'email').fill(ada.email);
    await flows.button(page, 'Weiter').click();
    await expect(flows.main(page)).toContainText('Sehen Sie in Ihr Postfach');
    const letter = await doorward.mailbox.next(ada.email);
    expect(letter.text).toContain('Öffnen Sie diesen Link, um ein Passwort zu wählen.');
    await page.goto(letter.link);
    await flows.field(page, 'new_password').fill('kurz');
    await flows.button(page, 'Konto anlegen').click();
    await expect(flows.alert(page)).toHaveText('Verwenden Sie mindestens 15 Zeichen.');
    await flows.field(page, 'new_password').fill(ada.password);
    await flows.button(page, 'Konto anlegen').click();
    await flows.expectSignedIn(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ihr Konto');
    await page.goto('/sign-out');
    await flows.button(page, 'Abmelden').click();
    await expect(flows.main(page)).toContainText('Sie sind abgemeldet.');
  });

  test('a time is told by the clock of the browser, until another is chosen', async ({ page, person }) => {
    await page.goto('/sign-in');
    await flows.fillSignIn(page, person.email, person.password);
    await flows.button(page, 'Anmelden').click();
    await flows.expectSignedIn(page);
    const since = flows.main(page).locator('time').first();
    await expect(since).toHaveAttribute('title', /GMT\+5:30|IST/);
    const moment = new Date((await since.getAttribute('datetime'))!);
    const there = moment.toLocaleTimeString('de', { timeZone: 'Asia/Kolkata', hour: '2-digit', minute: '2-digit' });
    await expect(since).toHaveAttribute('title', new RegExp(there));

    await page.goto('/account/profile');
    await page.getByLabel('Sprache').selectOption({ label: 'English' });
    await page.getByLabel('Zeitzone').selectOption('America/New_York');
    await flows.button(page, 'Speichern').click();
    await expect(flows.status(page)).toHaveText('Your profile is saved.');
    await page.goto('/account');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(since).toHaveAttribute('title', / E[SD]T$/);
  });

  test('long words fit a phone', async ({ page, person }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    const fits = async (path: string) => {
      await page.goto(path);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(beyond, path).toBe(0);
    };
    for (const path of ['/register', '/forgot-password', '/verify-email', '/sign-in']) await fits(path);
    await flows.fillSignIn(page, person.email, person.password);
    await flows.button(page, 'Anmelden').click();
    await flows.expectSignedIn(page);
    const pages = ['', '/profile', '/password', '/second-factor', '/second-factor/totp', '/second-factor/recovery-codes', '/passkeys?add'];
    for (const path of [...pages, '/sessions', '/tokens?add', '/activity']) await fits(`/account${path}`);
  });
});

test('whoever can’t read a page finds their language below it', async ({ page }) => {
  await page.goto('/sign-in?then=/account/sessions');
  await flows.button(page, 'Deutsch').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Anmelden');
  await expect(page).toHaveURL(/\/sign-in\?then=.*sessions$/);
  await page.goto('/forgot-password');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Passwort vergessen?');
});

test('a page whose path looks like another site is left for none when its language is changed', async ({ page, doorward }) => {
  const { origin } = new URL(doorward.url);
  await page.goto(`${origin}//evil.example/sign-in`);
  await flows.button(page, 'Deutsch').click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  expect(new URL(page.url()).origin).toBe(origin);
});
