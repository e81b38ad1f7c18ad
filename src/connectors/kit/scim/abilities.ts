import type { WriteKind } from '../../../domain/change.ts'
import type { Abilities, Ability } from '../abilities.ts'

type Differing = 'account.delete' | 'account.disable' | 'account.enable'

/** What every SCIM server carries out, and how, beside what is not the same everywhere. */
export function scimAbilities(differing: Readonly<Record<Differing, Ability>>): Abilities {
  return {
    'account.create': { calls: '1, and a look', by: '`POST /Users`; nobody is mailed by Muster' },
    'account.update': { calls: '2', by: '`GET` and `PATCH /Users/{id}`; `PUT` where there is no PATCH' },
    'account.deactivate': { calls: '2', by: '`GET` and `PATCH /Users/{id}`, `active: false`' },
    'account.activate': { calls: '2', by: '`GET` and `PATCH /Users/{id}`, `active: true`' },
    ...differing,
    'group.create': { calls: '1, and a look', by: '`POST /Groups`' },
    'membership.add': {
      calls: '2 for `membersPerRequest` people of one group (100)',
      by: '`GET` and `PATCH /Groups/{id}`, `add` with all of them',
    },
    'membership.remove': {
      calls: '2 for `membersPerRequest` people of one group, and a look the first time',
      by: '`GET` and `PATCH /Groups/{id}`, a `remove` for each; the whole list by `PUT` where that does not work',
    },
    'access.grant': { why: 'SCIM knows no roles in products; groups give access' },
    'access.revoke': { why: 'SCIM knows no roles in products; groups give access' },
    'custom.update': { why: 'SCIM has no place for further attributes than those of its schemas' },
    'lead.handover': { why: 'SCIM knows nothing that is led' },
  } satisfies Record<WriteKind, Ability>
}
