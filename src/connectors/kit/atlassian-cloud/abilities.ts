import type { WriteKind } from '../../../domain/change.ts'
import type { Ability } from '../abilities.ts'

/** What an organization carries out by its API key, the same for every product of it, and how. */
export type OrganizationAbilities = Readonly<Record<Exclude<WriteKind, 'custom.update' | 'lead.handover'>, Ability>>

/** `place` is what people get a role in: `the workspace`, `the product`. */
export function organizationAbilities(place: string): OrganizationAbilities {
  return {
    'account.create': {
      calls: '1 for 25 people with the same groups and roles, and a look; 1 each for the name',
      by: `\`POST /v2/orgs/{o}/users/invite\`, quiet unless \`users.notify\`; groups and the role in ${place} ride along`,
    },
    'account.update': {
      calls: '1; 1 more for an address',
      by: '`PATCH /users/{id}/manage/profile`, `PUT /users/{id}/manage/email`: accounts of verified domains',
    },
    'account.deactivate': {
      calls: '1',
      by: '`POST …/users/{id}/suspend`: ends the access to everything of the directory',
    },
    'account.activate': { calls: '1', by: '`POST …/users/{id}/restore`, with the groups and roles of before' },
    'account.disable': { calls: '1', by: '`POST /users/{id}/manage/lifecycle/disable`: the whole Atlassian account' },
    'account.enable': { calls: '1', by: '`POST /users/{id}/manage/lifecycle/enable`' },
    'account.delete': {
      calls: '1, and a look',
      by: '`POST /users/{id}/manage/lifecycle/delete` for managed accounts; others leave the directory by `DELETE …/users/{id}`',
    },
    'group.create': { calls: '1, and a look', by: '`POST …/groups`, of the organization' },
    'membership.add': { calls: '1 each, no bulk call', by: '`POST …/groups/{g}/memberships`' },
    'membership.remove': { calls: '1 each, no bulk call', by: '`DELETE …/groups/{g}/memberships/{id}`' },
    'access.grant': {
      calls: '1',
      by: `\`POST /v1/orgs/{o}/users/{id}/roles/assign\` on ${place}; for a group \`POST …/groups/{g}/role-assignments/assign\``,
    },
    'access.revoke': {
      calls: '1',
      by: '`POST /v1/orgs/{o}/users/{id}/roles/revoke`; for a group `POST …/groups/{g}/role-assignments/revoke`',
    },
  }
}
