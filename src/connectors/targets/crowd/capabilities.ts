import type { Abilities } from '../../kit/abilities.ts'
import type { CallCosts } from '../../kit/data-center/forecast.ts'

/** What Crowd carries out, and how: operations, doctor and documents go by it. */
export const abilities: Abilities = {
  'account.create': {
    calls: '1',
    by: '`POST /user`, into the first directory that lets the application create users, with a password nobody knows; never mails',
  },
  'account.update': {
    calls: '1, and 1 look; 1 more for a rename',
    by: '`PUT /user` with the whole user, read just before; `POST /user/rename` for the user name',
  },
  'account.deactivate': { calls: '1, and 1 look', by: '`PUT /user` `active: false` with the whole user' },
  'account.activate': { calls: '1, and 1 look', by: '`PUT /user` `active: true` with the whole user' },
  'account.disable': { why: 'Crowd knows one switch, active: use deactivate' },
  'account.enable': { why: 'Crowd knows one switch, active: use activate' },
  'account.delete': { calls: '1, and 1 look', by: '`DELETE /user`' },
  'group.create': { calls: '1, and 1 look', by: '`POST /group`' },
  'membership.add': { calls: '1 each, no bulk call', by: '`POST /group/user/direct`' },
  'membership.remove': { calls: '1 each, no bulk call', by: '`DELETE /group/user/direct`' },
  'access.grant': { why: 'Crowd knows no products; applications let people in by groups' },
  'access.revoke': { why: 'Crowd knows no products; applications let people in by groups' },
  'custom.update': {
    calls: '1, and 1 look; 1 for each attribute that goes',
    by: '`POST` and `DELETE /user/attribute`',
  },
  'lead.handover': { why: 'Crowd has nothing that is led' },
}

export const costs: CallCosts = {
  // Signing in, the mark twice, and the end of both lists seen twice.
  fixed: 7,
  opening: 1,
  usersPage: 1000,
  groupsPage: 1000,
  membersPage: 1000,
  membersCalls: 2,
  look: 2,
  create: 1,
  newGroup: 4,
  membersPerCall: 1,
}
