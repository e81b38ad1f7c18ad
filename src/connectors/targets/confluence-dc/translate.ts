import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { Person } from './schemas.ts'

/** Records of Confluence as records of ours. Pure. */

/** What the own account is protected with. */
export const ownAccountReason = 'this is the account our own credential belongs to'

/** Addresses are not told, so they stay unknown; what is neither `current` nor left out is switched off. */
export function accountOf(person: Person, ownKey: string | undefined): TargetAccount {
  const isActive = !person.status || person.status === 'current' || person.status === 'active'
  return {
    id: person.userKey,
    kind: person.type === 'anonymous' ? 'unknown' : 'person',
    state: isActive ? 'active' : 'suspended',
    userName: person.username,
    ...(person.email ? { email: person.email } : {}),
    displayName: person.displayName ?? '',
    ...(person.userKey === ownKey ? { own: true, readOnlyBecause: ownAccountReason } : {}),
  }
}

/** Folded names of groups by what their members may do everywhere. */
export interface GroupFacts {
  readonly administer: ReadonlySet<string>
  /** Who may use Confluence at all; undefined = nobody tells. */
  readonly use: ReadonlySet<string> | undefined
}

export const productKey = 'confluence'

const builtIn = new Set(builtInProtectedGroups.map(foldCase))

/** A group is its name: Confluence has neither an id for it nor a way to rename it. */
export function groupOf(name: string, { administer, use }: GroupFacts): TargetGroup {
  const folded = foldCase(name)
  return {
    id: name,
    name,
    grantsAdmin: builtIn.has(folded) || administer.has(folded),
    ...(use === undefined ? {} : { grantsAccess: use.has(folded) ? [{ product: productKey, role: 'user' }] : [] }),
  }
}
