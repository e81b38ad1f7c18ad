import type { Abilities } from '../../kit/abilities.ts'
import type { CallCosts } from '../../kit/data-center/forecast.ts'

const noSwitch =
  'Bitbucket cannot deactivate anybody; take people out of the groups that let them in (remove-access), or deactivate in Crowd or LDAP'

/** What Bitbucket Data Center carries out, and how: operations, doctor and documents go by it. */
export const abilities: Abilities = {
  'account.create': {
    calls: '2, and 2 looks',
    by: '`POST /admin/users` with a password nobody knows, replaced at once by `PUT /admin/users/credentials`; with `users.notify` Bitbucket mails a link instead',
  },
  'account.update': {
    calls: '1; 1 more for a rename',
    by: '`PUT /admin/users`; `POST /admin/users/rename` for the user name',
  },
  'account.deactivate': { why: noSwitch },
  'account.activate': { why: noSwitch },
  'account.disable': { why: noSwitch },
  'account.enable': { why: noSwitch },
  'account.delete': { calls: '1, and looks', by: '`DELETE /admin/users`' },
  'group.create': { calls: '1, and looks', by: '`POST /admin/groups`' },
  'membership.add': { calls: '1 for 100 people of one group', by: '`POST /admin/groups/add-users`' },
  'membership.remove': { calls: '1 each, no bulk call', by: '`POST /admin/users/remove-group`' },
  'access.grant': { why: 'Bitbucket lets people in by groups; rules under `access` add to its default group' },
  'access.revoke': { why: 'Bitbucket lets people in by groups; removing from the group takes it away' },
  'custom.update': { why: 'Bitbucket Data Center has no place for further attributes' },
  'lead.handover': { why: 'projects of Bitbucket have no lead' },
}

export const costs: CallCosts = {
  // Version, licence, permissions, the mark, and the end of every list seen twice.
  fixed: 10,
  opening: 4,
  usersPage: 1000,
  groupsPage: 1000,
  membersPage: 1000,
  membersCalls: 2,
  look: 4,
  create: 4,
  newGroup: 7,
  membersPerCall: 100,
}
