// A second factor that everybody must have: set up between the password and the session.
import { expect, newcomer, ownServer, test } from '../../support/fixtures';
import * as flows from '../../support/flows';

const everyone = { DOORWARD__SECOND_FACTOR__POLICY: 'everyone' };

test.describe('where everybody must have a second factor', () => {
  test.use({ ...ownServer, settings: everyone });

  test('somebody without one sets it up at sign-in, and is asked for it from then on', async ({ page, otherPage, person }) => {
    await flows.signInToEnrol(page, person);
    await expect(flows.main(page)).toContainText('This site asks for a second step at sign-in');
    await page.goto('/account');
    await expect(page).toHaveURL(/\/sign-in$/);
    await page.goto('/sign-in/enrol');
    await flows.enrol(page);
    const [code] = await page.locator('#codes code').allInnerTexts();
    await flows.saveRecoveryCodes(page);

    await otherPage.goto('/sign-in');
    await flows.fillSignIn(otherPage, person.email, person.password);
    await flows.button(otherPage, 'Sign in').click();
    await expect(otherPage).toHaveURL(/\/sign-in\/second-factor$/);
    await flows.field(otherPage, 'code').fill(code);
    await flows.button(otherPage, 'Sign in').click();
    await flows.expectSignedIn(otherPage);
  });

  test('a wrong code is refused at its field, and the same QR code stays good', async ({ page, person }) => {
    await flows.signInToEnrol(page, person);
    const code = await flows.appCode(page);
    await flows.field(page, 'code').fill(code === '000000' ? '000001' : '000000');
    await flows.button(page, 'Turn on').click();
    await expect(flows.alert(page)).toContainText('That code is not right');
    await flows.expectDescribedByAlert(page, flows.field(page, 'code'));
    await flows.enrol(page);
  });

  test('a newcomer chooses a short password and goes straight there', async ({ page, doorward }) => {
    const ada = newcomer();
    await flows.askToRegister(page, ada.email);
    await page.goto((await doorward.mailbox.next(ada.email)).link);
    await expect(flows.main(page)).toContainText('At least 8 characters');
    await flows.field(page, 'new_password').fill('kq7vm2xw');
    await flows.button(page, 'Create account').click();
    await expect(page).toHaveURL(/\/sign-in\/enrol$/);
    await flows.enrol(page);
    await flows.saveRecoveryCodes(page);
  });
});

test.describe('once everybody must have one', () => {
  test.use(ownServer);

  test('a session that was begun before ends and says why', async ({ page, doorward, person }) => {
    await flows.signIn(page, person);
    // No page that asks by itself meanwhile.
    await page.goto('about:blank');
    await doorward.restart(everyone);
    await page.goto('/account/profile');
    await expect(flows.status(page)).toContainText('now asks for a second step');
    await flows.fillSignIn(page, person.email, person.password);
    await flows.button(page, 'Sign in').click();
    await expect(page).toHaveURL(/\/sign-in\/enrol$/);
    await flows.enrol(page);
    await flows.button(page, 'I have saved them').click();
    await expect(page, 'where they wanted to go').toHaveURL(/\/account\/profile$/);
  });
});

test('the last app of a short password goes only with a longer one', async ({ page, person }) => {
  await flows.signIn(page, person);
  await flows.turnOnSecondFactor(page);
  await flows.saveRecoveryCodes(page);
  await flows.changePassword(page, person.password, 'kq7vm2xw');
  await flows.expectPasswordChanged(page);
  await page.goto('/account/second-factor');
  await flows.button(page, 'Turn off').click();
  await flows.field(page, 'new_password').fill('kq7vm2xw');
  await flows.button(page, 'Turn off').click();
  await expect(flows.alert(page)).toContainText('Use at least 15 characters');
  await flows.field(page, 'new_password').fill(person.password);
  await flows.button(page, 'Turn off').click();
  await expect(page).toHaveURL(/\?turned-off$/);
  await flows.signOut(page);
  await flows.signIn(page, person);
});
