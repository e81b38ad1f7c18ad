import type { AccessRole } from '../../../domain/access.ts'
import { type Change, endsOfAccounts } from '../../../domain/change.ts'
import { has } from '../../../platform/sorted.ts'
import type { EffectsInput } from '../guards/judgement.ts'
import { positionsById } from '../positions.ts'
import { defaultGroups } from './access-book.ts'
import { accessKey, holdersOf } from './holders.ts'

/** What becomes of one person's use of one product. */
export interface ProductEffect {
  readonly product: string
  /** Id of the account, or the creation that makes it. */
  readonly account: string | Change
  /** What people are sorted by where not all can be served. */
  readonly key: string
  readonly hadAccess: boolean
  readonly hasAccess: boolean
  readonly hadSeat: boolean
  readonly hasSeat: boolean
  /** Changes that let this account in, or keep it out. */
  readonly giving: readonly Change[]
  readonly taking: readonly Change[]
  /** The account itself is switched off or deleted. */
  readonly ends: boolean
}

/** Changes of one account, sorted by what they mean for its access. */
interface Touched {
  readonly account: string | Change
  readonly position: number
  key: string
  begins: Change[]
  ends: Change[]
  /** Roles and groups that come and go. */
  readonly given: { readonly change: Change; readonly roles: readonly AccessRole[]; readonly group?: number }[]
  readonly taken: { readonly change: Change; readonly roles: readonly AccessRole[]; readonly group?: number }[]
}

const begin: readonly Change['kind'][] = ['account.activate', 'account.enable']

/**
 * What a list of changes does to the use of products, if all those that `counts` lets through come true. Suspended and
 * disabled accounts use nothing and take no seat (D20).
 */
export function accessEffects(
  input: EffectsInput,
  changes: readonly Change[],
  counts: (change: Change) => boolean,
): readonly ProductEffect[] {
  const { target, ends } = input
  const holders = holdersOf(input)
  const touched = touchedAccounts(input, changes, counts, holders.groups)
  const seatRoles = new Set(
    (ends.products ?? []).flatMap(({ id, roles }) =>
      roles.flatMap(({ key, usesSeat }) => (usesSeat ? [accessKey({ product: id, role: key })] : [])),
    ),
  )
  const usesSeat = (name: string) => seatRoles.has(name)
  const effects: ProductEffect[] = []
  for (const each of touched) {
    const actual = target.accounts[each.position]
    const wasActive = actual?.state === 'active'
    const isActive = each.ends.length === 0 && (wasActive || each.begins.length > 0)
    const before = new Map<string, Set<string>>()
    const after = new Map<string, Set<string>>()
    note(before, holders.direct(each.position), 'direct')
    for (const [group, roles] of holders.groups) {
      if (isMember(target, group, each.position)) note(before, roles, String(group))
    }
    for (const [role, sources] of before) after.set(role, new Set(sources))
    for (const { roles, group } of each.taken) unnote(after, roles, group === undefined ? 'direct' : String(group))
    for (const { roles, group } of each.given) note(after, roles, group === undefined ? 'direct' : String(group))

    const products = new Set([...before.keys(), ...after.keys()].map(productOf))
    for (const product of products) {
      const had = wasActive ? rolesIn(before, product) : []
      const hasNow = isActive ? rolesIn(after, product) : []
      effects.push({
        product,
        account: each.account,
        key: each.key,
        hadAccess: had.length > 0,
        hasAccess: hasNow.length > 0,
        hadSeat: had.some(usesSeat),
        hasSeat: hasNow.some(usesSeat),
        giving: [...each.begins, ...changesOf(each.given, product)],
        taking: [...each.ends, ...changesOf(each.taken, product)],
        ends: each.ends.length > 0,
      })
    }
  }
  return effects
}

function touchedAccounts(
  input: EffectsInput,
  changes: readonly Change[],
  counts: (change: Change) => boolean,
  granting: ReadonlyMap<number, readonly AccessRole[]>,
): readonly Touched[] {
  const { target } = input
  const byDefault = defaultGroups(input)
  const positionOf = positionsById(target.accounts)
  const groupAt = new Map(Array.from(granting.keys(), (position) => [target.groups[position]!.id, position]))
  const touched = new Map<string | Change, Touched>()
  const of = (change: Change): Touched | undefined => {
    const { account } = change
    if (account === undefined) return undefined
    const name = 'id' in account ? account.id : changes[account.createdBy - 1]!
    const known = touched.get(name)
    if (known !== undefined) return known
    const position = typeof name === 'string' ? (positionOf.get(name) ?? -1) : -1
    const key = (typeof name === 'string' ? undefined : name.person?.key) ?? change.person?.key ?? String(name)
    const made: Touched = { account: name, position, key, begins: [], ends: [], given: [], taken: [] }
    touched.set(name, made)
    return made
  }
  for (const change of changes) {
    if (!counts(change)) continue
    const { kind, access, group } = change
    if (kind === 'account.create') {
      const key = change.person?.key ?? change.accountLabel ?? ''
      touched.set(change, { account: change, position: -1, key, begins: [change], ends: [], given: [], taken: [] })
    } else if (begin.includes(kind)) of(change)?.begins.push(change)
    else if ((endsOfAccounts as readonly string[]).includes(kind)) of(change)?.ends.push(change)
    else if (access !== undefined && change.account !== undefined) {
      if (kind === 'access.grant') {
        of(change)?.given.push({ change, roles: [access] })
        // The target puts whoever is given a role into the default groups of it, with all that these give.
        for (const [group, gives] of byDefault) {
          if (gives.includes(accessKey(access))) {
            of(change)?.given.push({ change, roles: granting.get(group) ?? [], group })
          }
        }
      }
      if (kind === 'access.revoke') of(change)?.taken.push({ change, roles: [access] })
    } else if (group !== undefined && 'id' in group && groupAt.has(group.id)) {
      const position = groupAt.get(group.id)!
      const part = { change, roles: granting.get(position)!, group: position }
      if (kind === 'membership.add') of(change)?.given.push(part)
      if (kind === 'membership.remove') of(change)?.taken.push(part)
    }
  }
  return [...touched.values()]
}

/** Roles held, each with where it comes from: the account itself, or the position of a group. */
type Held = Map<string, Set<string>>

/** What is held of one product. */
function rolesIn(held: Held, product: string): readonly string[] {
  return [...held].flatMap(([name, sources]) => (sources.size > 0 && productOf(name) === product ? [name] : []))
}

function productOf(name: string): string {
  return name.slice(0, name.indexOf(' '))
}

function note(held: Held, roles: readonly AccessRole[], source: string): void {
  for (const role of roles) {
    const name = accessKey(role)
    const sources = held.get(name)
    if (sources === undefined) held.set(name, new Set([source]))
    else sources.add(source)
  }
}

function unnote(held: Held, roles: readonly AccessRole[], source: string): void {
  for (const role of roles) held.get(accessKey(role))?.delete(source)
}

function isMember({ groups }: EffectsInput['target'], group: number, account: number): boolean {
  return account >= 0 && has(groups[group]!.accounts, account)
}

function changesOf(parts: Touched['given'], product: string): readonly Change[] {
  return parts.filter(({ roles }) => roles.some((role) => role.product === product)).map(({ change }) => change)
}
