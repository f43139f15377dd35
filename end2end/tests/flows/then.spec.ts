// Where somebody wanted to go, and never anywhere else.
import { expect, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

test('after sign-in the person is where they wanted to go', async ({ page, person }) => {
  await page.goto('/account/password');
  await expect(page).toHaveURL(/\/sign-in\?/);
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/account\/password$/);
});

test('a wrong password does not lose where they wanted to go', async ({ page, person }) => {
  await page.goto('/account/password');
  await flows.fillSignIn(page, person.email, `${person.password}-wrong`);
  await flows.button(page, 'Sign in').click();
  await expect(flows.alert(page)).toBeVisible();
  await flows.fillSignIn(page, person.email, person.password);
  await flows.button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/account\/password$/);
});

const hostile = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  '\\\\evil.example',
  '/%09/evil.example',
  'javascript:alert(1)',
  'data:text/html,gone',
  '/account/../../evil',
  'account@evil.example',
  '\u0000',
  '',
  'x'.repeat(5000),
];
for (const then of hostile) {
  test(`a link that names ${JSON.stringify(then.slice(0, 30))} as the way on leads to the overview`, async ({ page, person, doorward }) => {
    await page.goto(`/sign-in?then=${encodeURIComponent(then)}`);
    await flows.fillSignIn(page, person.email, person.password);
    await flows.button(page, 'Sign in').click();
    await expect(page).toHaveURL(`${doorward.url}/account`);
  });
}
