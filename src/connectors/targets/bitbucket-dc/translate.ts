import type { Product, Seats } from '../../../domain/access.ts'
import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { Licence, User } from './schemas.ts'

/** Records of Bitbucket as records of ours. Pure. */

/** What the own account is protected with. */
export const ownAccountReason = 'this is the account our own credential belongs to'

/** Bitbucket alone tells of every account what its directory lets us change. */
export function accountOf(user: User, own: ReadonlySet<string>): TargetAccount {
  const kept = `the directory ${user.directoryName ?? 'it comes from'} is read-only here`
  const isKept = user.mutableDetails === false && user.mutableGroups === false
  const refuses = {
    ...(user.mutableDetails === false ? { 'account.update': kept } : {}),
    ...(user.mutableGroups === false ? { 'membership.add': kept, 'membership.remove': kept } : {}),
    ...(user.deletable === false ? { 'account.delete': kept } : {}),
  }
  return {
    id: String(user.id),
    kind: user.type === 'SERVICE' ? 'app' : 'person',
    state: user.active === false ? 'suspended' : 'active',
    userName: user.name,
    email: user.emailAddress ?? '',
    displayName: user.displayName ?? '',
    ...(Object.keys(refuses).length === 0 ? {} : { refuses }),
    ...(isKept ? { readOnlyBecause: kept } : {}),
    ...(isOwn(user, own) ? { own: true, readOnlyBecause: ownAccountReason } : {}),
  }
}

/** People may sign in by their address as well. */
export function isOwn({ name, emailAddress }: User, own: ReadonlySet<string>): boolean {
  return own.has(foldCase(name)) || (!!emailAddress && own.has(foldCase(emailAddress)))
}

/** Folded names of groups by what their members may do everywhere. */
export interface GroupFacts {
  readonly administer: ReadonlySet<string>
  /** Who may use Bitbucket at all. */
  readonly licensed: ReadonlySet<string>
  readonly product: Product
}

const productKey = 'bitbucket'
/** Group that Bitbucket puts people into; the older name is from the time it was called Stash. */
const defaultGroups = ['bitbucket-users', 'stash-users']

const builtIn = new Set(builtInProtectedGroups.map(foldCase))

/** A group is its name: Bitbucket has neither an id for it nor a way to rename it. */
export function groupOf(name: string, { administer, licensed }: GroupFacts): TargetGroup {
  const folded = foldCase(name)
  return {
    id: name,
    name,
    grantsAdmin: builtIn.has(folded) || administer.has(folded),
    grantsAccess: licensed.has(folded) ? [{ product: productKey, role: 'user' }] : [],
  }
}

export function factsOf(
  granted: readonly { readonly group: { readonly name: string }; readonly permission: string }[],
  adminNames: readonly string[],
  licence: Licence | undefined,
): GroupFacts {
  const having = (permissions: readonly string[]) =>
    granted.filter(({ permission }) => permissions.includes(permission)).map(({ group }) => group.name)
  const plain = having(['LICENSED_USER'])
  const usual = plain.filter((name) => defaultGroups.includes(foldCase(name)))
  return {
    administer: new Set([...having(['ADMIN', 'SYS_ADMIN']), ...adminNames].map(foldCase)),
    // Every higher permission includes the use.
    licensed: new Set(granted.map(({ group }) => foldCase(group.name))),
    product: {
      id: productKey,
      key: productKey,
      title: 'Bitbucket',
      seats: seatsOf(licence),
      roles: [{ key: 'user', usesSeat: true, administers: false }],
      grantedBy: 'group',
      defaultGroupIds: usual.length > 0 ? usual.slice(0, 1) : plain.length === 1 ? plain : [],
    },
  }
}

function seatsOf(licence: Licence | undefined): Seats {
  if (licence?.unlimitedNumberOfUsers || licence?.unlimitedUsers) return 'unlimited'
  const total = licence?.maximumNumberOfUsers
  const used = licence?.status?.currentNumberOfUsers
  return typeof total === 'number' && total >= 0 && typeof used === 'number' ? { total, used } : 'unknown'
}
