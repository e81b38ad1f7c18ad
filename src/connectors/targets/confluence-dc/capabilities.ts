import type { Abilities } from '../../kit/abilities.ts'
import type { CallCosts } from '../../kit/data-center/forecast.ts'

/** What Confluence Data Center carries out, and how: operations, doctor and documents go by it. */
export const abilities: Abilities = {
  'account.create': {
    calls: '1',
    by: '`POST /admin/user` with a password nobody knows; with `users.notify` Confluence mails a link instead',
  },
  'account.update': {
    calls: '1',
    by: '`PUT /admin/user/{name}`: full name; user name and address stay as they were made',
  },
  'account.deactivate': {
    calls: '1',
    by: '`PUT /admin/user/{name}/disable`, where `expand=status` tells who is disabled',
  },
  'account.activate': {
    calls: '1',
    by: '`PUT /admin/user/{name}/enable`, where `expand=status` tells who is disabled',
  },
  'account.disable': { why: 'Confluence knows one switch: use deactivate' },
  'account.enable': { why: 'Confluence knows one switch: use activate' },
  'account.delete': {
    calls: '2, and looks until it is done',
    by: '`DELETE /admin/user/{name}`, a long task that is waited for',
  },
  'group.create': { calls: '1, and 1 look', by: '`POST /admin/group`' },
  'membership.add': { calls: '1 each, no bulk call', by: '`PUT /user/{name}/group/{group}`' },
  'membership.remove': { calls: '1 each, no bulk call', by: '`DELETE /user/{name}/group/{group}`' },
  'access.grant': { why: 'Confluence lets people in by groups; rules under `access` add to its default group' },
  'access.revoke': { why: 'Confluence lets people in by groups; removing from the group takes it away' },
  'custom.update': {
    why: 'Confluence Data Center has no place for further attributes that an administrator can write',
  },
  'lead.handover': { why: 'spaces of Confluence have no lead' },
}

export const costs: CallCosts = {
  // Signing in, global permissions, and the end of both lists seen twice.
  fixed: 6,
  opening: 2,
  usersPage: 200,
  groupsPage: 200,
  membersPage: 200,
  membersCalls: 2,
  look: 2,
  create: 1,
  newGroup: 4,
  membersPerCall: 1,
}
