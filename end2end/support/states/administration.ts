// What an administrator sees of people and of what happened.
import * as flows from '../flows';
import { signInWithLongNames } from './account';
import { hold } from './lifecycle';
import { administers, signInAsAdmin, type State, type World } from './world';

/** As an administrator on the page of somebody else, asked for `query`, after `prepare` on the command line. */
const looksAt =
  (query: string, prepare: (world: World) => void = () => {}) =>
  async (world: World) => {
    await administers('/admin/users')(world);
    prepare(world);
    await world.page.getByRole('link', { name: `Open the account of ${world.person.email}` }).click();
    await world.page.getByText('Ways to sign in').waitFor();
    if (query) await world.page.goto(`${world.page.url()}${query}`);
  };

const byInvitation = { DOORWARD__REGISTRATION__MODE: 'invite' };

/** As an administrator who has invited `emails`. */
const invites =
  (...emails: string[]) =>
  async (world: World) => {
    await administers('/admin/invitations')(world);
    for (const email of emails) {
      await flows.field(world.page, 'email').fill(email);
      await flows.button(world.page, 'Invite').click();
      await (email.includes('@') ? world.page.getByRole('cell', { name: email, exact: true }) : flows.alert(world.page)).waitFor();
    }
  };
const longAddress = `${'a-long-name.'.repeat(5)}x@mail.${'a-long-domain.'.repeat(5)}example.org`;

export const administration: State[] = [
  { name: 'admin overview', settings: {}, reach: administers('/admin') },
  { name: 'admin people', settings: {}, reach: administers('/admin/users') },
  { name: 'admin people, nobody matches', settings: {}, reach: administers('/admin/users?text=nobody+like+it&state=locked') },
  { name: 'admin people, filter refused', settings: {}, reach: administers(`/admin/users?text=${'x'.repeat(300)}`) },
  {
    name: 'admin people, long content',
    settings: {},
    reach: async (world) => {
      await signInWithLongNames(world);
      await world.page.context().clearCookies();
      await administers('/admin/users')(world);
    },
  },
  { name: 'admin person', settings: {}, reach: looksAt('') },
  { name: 'admin person, disabled', settings: {}, reach: looksAt('?done=disable', ({ doorward, person }) => doorward.command(['user', 'disable', person.email])) },
  {
    name: 'admin person, held by the address before',
    settings: {},
    reach: async (world) => {
      const email = await hold(world);
      await signInAsAdmin(world);
      await world.page.goto('/admin/users');
      await world.page.getByRole('link', { name: `Open the account of ${email}` }).click();
      await world.page.getByText('Lock ends').waitFor();
    },
  },
  { name: 'admin person, in groups, one refused', settings: {}, reach: looksAt('?act=add_to_group&group=No+such', ({ doorward, person }) => ['admins', 'a-group-with-a-name-of-32-letters'.slice(0, 32)].forEach((group) => doorward.command(['group', 'add', group, person.email]))) },
  { name: 'admin person, before disabling', settings: {}, reach: looksAt('?act=disable') },
  { name: 'admin person, before a new role', settings: {}, reach: looksAt('?act=set_role&role=admin') },
  {
    name: 'admin person, last administrator refused',
    settings: {},
    reach: async (world) => {
      await administers((admin) => `/admin/users?text=${admin.email}`)(world);
      await world.page.getByRole('link', { name: /^Open/ }).click();
      await world.page.getByRole('link', { name: 'Disable account' }).click();
      await flows.button(world.page, 'Disable account').click();
      await flows.alert(world.page).waitFor();
    },
  },
  { name: 'admin invitations, none', settings: byInvitation, reach: invites() },
  { name: 'admin invitations', settings: byInvitation, reach: invites('grace@example.org', longAddress) },
  { name: 'admin invitations, address refused', settings: byInvitation, reach: invites('grace@example.org', 'nobody') },
  { name: 'admin invitations, open', settings: {}, reach: invites() },
  { name: 'admin invitations, closed', settings: { DOORWARD__REGISTRATION__MODE: 'closed' }, reach: invites() },
  {
    name: 'admin invitations, before one is taken back',
    settings: byInvitation,
    reach: async (world) => {
      await invites('grace@example.org')(world);
      await world.page.getByRole('link', { name: /^Take back/ }).click();
      await flows.button(world.page, 'Take back').waitFor();
    },
  },
  { name: 'admin activity', settings: {}, reach: administers('/admin/activity') },
  { name: 'admin activity, nothing matches', settings: {}, reach: administers('/admin/activity?kind=administration&time=day') },
  { name: 'admin activity, filter refused', settings: {}, reach: administers('/admin/activity?who=nobody') },
];
