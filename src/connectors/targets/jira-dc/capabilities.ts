import type { Abilities } from '../../kit/abilities.ts'
import type { CallCosts } from '../../kit/data-center/forecast.ts'

/** What Jira Data Center carries out, and how: operations, doctor and documents go by it. */
export const abilities: Abilities = {
  'account.create': {
    calls: '1',
    by: '`POST /user`, into the first writable directory, with a password nobody knows and no application; mails only with `users.notify`',
  },
  'account.update': { calls: '1', by: '`PUT /user`: user name (a rename), address, full name' },
  'account.deactivate': {
    calls: '2, and 1 look',
    by: '`PUT /user` `active: false`, read back, then `DELETE /user/session`; Jira 8.3 or newer',
  },
  'account.activate': { calls: '1, and 1 look', by: '`PUT /user` `active: true`, read back; Jira 8.3 or newer' },
  'account.disable': { why: 'Jira knows one switch, active: use deactivate' },
  'account.enable': { why: 'Jira knows one switch, active: use activate' },
  'account.delete': { calls: '1', by: '`DELETE /user`; Jira refuses it for people who are still referenced' },
  'group.create': { calls: '1', by: '`POST /group`' },
  'membership.add': { calls: '1 each, no bulk call', by: '`POST /group/user`' },
  'membership.remove': {
    calls: '1 each, no bulk call',
    by: '`DELETE /group/user`; not for members by way of a group inside',
  },
  'access.grant': {
    why: 'Jira lets people into an application by groups; rules under `access` add to its default groups',
  },
  'access.revoke': { why: 'Jira lets people into an application by groups; removing from the group takes it away' },
  'custom.update': { calls: '1', by: '`PUT` or `DELETE /user/properties`, one property for all attributes' },
  'lead.handover': { calls: '1, and 1 or 2 looks', by: '`PUT /project` `lead`, `PUT /component` `leadUserName`' },
}

export const costs: CallCosts = {
  // serverInfo, myself, applicationrole, the mark twice, and whether there is a list of users.
  fixed: 6,
  opening: 3,
  usersPage: 2000,
  groupsPage: 1000,
  membersPage: 50,
  look: 1,
  create: 1,
  newGroup: 3,
  membersPerCall: 1,
}
