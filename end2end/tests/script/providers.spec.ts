// Signing in with another service, which is npm's oidc-provider: with script, and once more without.
import { expect, ownServer, test as base } from '../../support/fixtures';
import * as flows from '../../support/flows';
import { linkWith, signInWith, Upstream } from '../../support/upstream';

const test = base.extend<{ upstream: Upstream }>({
  upstream: async ({ doorward, watch }, use) => {
    const upstream = await Upstream.behind(doorward, watch);
    await use(upstream);
    await upstream.stop();
  },
});
test.use({ ...ownServer, settings: {} });

test('the first sign-in makes the account, the next one in another browser opens it', async ({ page, otherPage, upstream }) => {
  await signInWith(page, upstream, 'ada');
  await expect(flows.main(page)).toContainText('ada@example.org');
  await page.goto('/account/connections');
  await expect(flows.main(page)).toContainText('ada upstream · ada@example.org');

  await signInWith(otherPage, upstream, 'ada');
  await expect(flows.main(otherPage)).toContainText('Signed in with another service');
  await otherPage.goto('/account/sessions');
  // Beside this one.
  await expect(flows.button(otherPage, 'End session')).toHaveCount(1);
});

test('it comes back to the page that was asked for', async ({ page, upstream }) => {
  await page.goto('/account/activity');
  await flows.button(page, 'Continue with Upstream').click();
  await upstream.agree(page, 'ada');
  await expect(page).toHaveURL(/\/account\/activity$/);
});

test('the choice to be remembered is made for this button too', async ({ page, context, upstream }) => {
  await page.goto('/sign-in');
  await flows.hydrated(page);
  await flows.field(page, 'remember').check();
  await flows.button(page, 'Continue with Upstream').click();
  await upstream.agree(page, 'ada');
  await flows.expectSignedIn(page);
  const cookie = (await context.cookies()).find(({ name }) => name === '__Host-doorward');
  expect(cookie?.expires).toBeGreaterThan(Date.now() / 1000 + 29 * 24 * 3600);
});

test('who does not agree is told what to do, and can try again', async ({ page, upstream }) => {
  await page.goto('/sign-in');
  await flows.button(page, 'Continue with Upstream').click();
  await upstream.signIn(page, 'ada');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page).toHaveURL(/\/sign-in\?/);
  await expect(flows.alert(page)).toContainText('you did not agree at the other service');
  await flows.button(page, 'Continue with Upstream').click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await flows.expectSignedIn(page);
});

test('an address that is not confirmed there makes no account', async ({ page, upstream }) => {
  await page.goto('/sign-in');
  await flows.button(page, 'Continue with Upstream').click();
  await upstream.agree(page, 'unverified-eve');
  await expect(flows.alert(page)).toContainText('does not say that your e-mail address is confirmed');
});

test('an address that has an account leads to signing in to it and linking', async ({ page, doorward, person, upstream }) => {
  const name = person.email.split('@')[0];
  await page.goto('/sign-in');
  await flows.button(page, 'Continue with Upstream').click();
  await upstream.agree(page, name);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You have an account already');
  await flows.main(page).getByRole('link', { name: 'Sign in' }).click();
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/account\/connections\?link=upstream$/);
  await flows.button(page, 'Continue with Upstream').click();
  // It knows who this is, and that they agreed.
  await expect(page).toHaveURL(/\/account\/connections\?linked$/);
  const letter = await flows.factorLetter(doorward, person);
  expect(letter.subject).toBe('A sign-in was linked at Doorward');

  await flows.signOut(page);
  await page.goto('/sign-in');
  await flows.button(page, 'Continue with Upstream').click();
  await flows.expectSignedIn(page);
});

test('what is linked can be unlinked, but not the last way in', async ({ page, person, upstream }) => {
  await flows.signIn(page, person);
  await linkWith(page, upstream, 'somebody');
  await flows.button(page, 'Unlink').click();
  await flows.main(page).getByRole('button', { name: 'Unlink' }).click();
  await expect(page).toHaveURL(/\/account\/connections\?unlinked$/);
  await expect(flows.main(page)).toContainText('Nothing is linked');

  await flows.signOut(page);
  await page.goto('/sign-in');
  await flows.button(page, 'Continue with Upstream').click();
  await flows.expectSignedIn(page);
  await page.goto('/account/connections');
  await flows.button(page, 'Unlink').click();
  await expect(flows.main(page)).toContainText('the only way');
  await expect(flows.main(page).getByRole('button', { name: 'Unlink' })).toHaveCount(0);
});

test('who has no password confirms there, by signing in once more', async ({ page, doorward, watch }) => {
  const upstream = await Upstream.behind(doorward, watch, { DOORWARD__SESSION__RECENT: '1s' });
  try {
    await signInWith(page, upstream, 'ada');
    await page.waitForTimeout(1500);
    await page.goto('/account/passkeys?add');
    await expect(page).toHaveURL(/\/confirm\?/);
    await flows.button(page, 'Continue with Upstream').click();
    // It knows them, and asks all the same.
    await upstream.signIn(page, 'ada');
    await expect(page).toHaveURL(/\/(account\/passkeys\?add|confirm\?then=.*)$/);
    await page.goto('/account/activity');
    await expect(flows.main(page)).toContainText('Confirmed');
  } finally {
    await upstream.stop();
  }
});

test('a service that is down is told where the button is', async ({ page, upstream, watch }) => {
  await upstream.stop();
  watch.allow(/^503 from POST .*\/form\/start-provider$/);
  watch.allow(/^console error: Failed to load resource: the server responded with a status of 503/);
  await page.goto('/sign-in');
  await flows.hydrated(page);
  await flows.button(page, 'Continue with Upstream').click();
  await expect(flows.alert(page)).toContainText('does not answer at the moment');
  await expect(page).toHaveURL(/\/sign-in$/);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('the button leads there and back', async ({ page, upstream }) => {
    await signInWith(page, upstream, 'ada');
    await page.goto('/account/connections');
    await expect(flows.main(page)).toContainText('ada upstream · ada@example.org');
  });

  test('a service that is down is told on the page', async ({ page, upstream }) => {
    await upstream.stop();
    await page.goto('/sign-in');
    await flows.button(page, 'Continue with Upstream').click();
    await expect(flows.alert(page)).toContainText('does not answer at the moment');
  });
});
