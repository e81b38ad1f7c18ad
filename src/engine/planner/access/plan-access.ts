import type { AccessRole } from '../../../domain/access.ts'
import type { DraftChange } from '../../../domain/change.ts'
import type { HoldReason, ReasonCode } from '../../../domain/reason.ts'
import type { PlanInput } from '../input.ts'
import type { Memberships } from '../memberships.ts'
import { accountRef, type PeopleBook, writability } from '../people-book.ts'
import type { Protection } from '../protection.ts'
import { accountLabel } from '../values.ts'
import type { AccessBook } from './access-book.ts'
import { accessKey } from './holders.ts'
import type { AccessRule } from './rules.ts'

interface Scene {
  readonly input: PlanInput
  readonly protection: Protection
  readonly people: PeopleBook
  readonly book: AccessBook
  readonly memberships: Memberships
  readonly drafts: DraftChange[]
}

/**
 * Access that is given to accounts themselves (D20): whoever receives and lacks it gets it, what is there already is
 * vouched for from now on, and what no rule asks for any more is taken away. After memberships, because groups give
 * access, too.
 */
export function planAccess(
  input: PlanInput,
  protection: Protection,
  people: PeopleBook,
  book: AccessBook,
  memberships: Memberships,
): readonly DraftChange[] {
  const scene: Scene = { input, protection, people, book, memberships, drafts: [] }
  const ledger = ledgerOf(input)
  const byRole = book.rules.filter(({ grantedBy }) => grantedBy === 'role')
  const grants = new Map<string, DraftChange>()
  if (byRole.length > 0) {
    const accounts = input.target.accounts.length + people.creations.length
    for (let account = 0; account < accounts; account += 1) {
      if (people.standingOf[account] !== 'receives' || protection.untouchable.has(account)) continue
      for (const rule of byRole) {
        const grant = giveOrAdopt(scene, ledger, account, rule)
        if (grant !== undefined) grants.set(`${rule.product} ${account}`, grant)
      }
    }
  }
  if (input.source.usersComplete) endUnwanted(scene, ledger, grants)
  hurryFreeing(scene)
  return scene.drafts
}

/**
 * Who leaves a group that let them into a product, and has no other way in when the plan is done, leaves it early: the
 * seat is free before others need it, and nobody who only moves between groups is meant (D20).
 */
function hurryFreeing({ input, book, memberships, people, drafts }: Scene): void {
  const ending = new Set<string>()
  const begun = new Map<string, AccessRole[]>()
  for (const { kind, account, access } of drafts) {
    if (access === undefined || account === undefined || !('id' in account)) continue
    if (kind === 'access.revoke') ending.add(`${account.id} ${accessKey(access)}`)
    if (kind === 'access.grant') begun.set(account.id, [...(begun.get(account.id) ?? []), access])
  }
  for (const { draft, account, position } of memberships.drafts.removals()) {
    const { id } = input.target.accounts[account]!
    const after = [
      ...book.holders.direct(account).filter((access) => !ending.has(`${id} ${accessKey(access)}`)),
      ...(begun.get(id) ?? []),
      ...[...book.holders.groups].flatMap(([group, roles]) =>
        memberships.drafts.isMemberAfter(account, group) ? roles : [],
      ),
    ]
    const lost = book.holders.groups
      .get(position)!
      .some(({ product }) => after.every((each) => each.product !== product))
    const isFree = (draft.waitsFor ?? []).length === 0
    if (lost && isFree && people.standingOf[account] !== 'frozen') draft.among = 'account.delete'
  }
  // What waits for something that is not early itself comes after all of that.
  for (const draft of drafts) {
    const isEarly = draft.waitsFor?.every(({ among }) => among !== undefined) ?? true
    if (draft.kind === 'access.revoke' && !isEarly) draft.among = 'account.release'
  }
}

/** The ledger of this directory by account and access. */
interface Ledger {
  readonly ours: ReadonlyMap<string, ReadonlyMap<string, AccessRole>>
  readonly others: ReadonlyMap<string, ReadonlyMap<string, AccessRole>>
}

function ledgerOf({ memory, connection }: PlanInput): Ledger {
  const ours = new Map<string, Map<string, AccessRole>>()
  const others = new Map<string, Map<string, AccessRole>>()
  for (const { connection: key, product, role, accountIds } of memory.access) {
    const side = key === connection.key ? ours : others
    for (const id of accountIds) {
      const held = side.get(id) ?? new Map<string, AccessRole>()
      side.set(id, held.set(accessKey({ product, role }), { product, role }))
    }
  }
  return { ours, others }
}

/** What one person lacks of one rule; returns the grant, if there is one. */
function giveOrAdopt(scene: Scene, ledger: Ledger, account: number, rule: AccessRule): DraftChange | undefined {
  const { input, book, people, memberships } = scene
  const actual = input.target.accounts[account]
  const key = accessKey(rule)
  const isOurs = actual !== undefined && ledger.ours.get(actual.id)?.has(key) === true
  const has = (roles: readonly AccessRole[]) => roles.some((each) => accessKey(each) === key)
  const isDirect = has(book.holders.direct(account))
  const isInDefaultGroup = [...book.groups].some(
    ([position, { wants }]) => wants.includes(rule) && memberships.isKeptByAccess(account, position),
  )
  if (isDirect || isInDefaultGroup) {
    if (!isOurs && input.connection.groups.adoptExisting)
      write(scene, 'access.adopt', account, rule, 'access-wanted', rule.rule)
    return undefined
  }
  if (lendsByGroup(scene, account, key)) return undefined
  if (actual !== undefined && input.memory.settling.has(`grant:${key}:${actual.id}`)) {
    people.settling += 1
    return undefined
  }
  return write(scene, 'access.grant', account, rule, 'access-wanted', rule.rule)
}

/** Will a group give the account this role when the plan is done? */
function lendsByGroup({ book, memberships: { drafts } }: Scene, account: number, key: string): boolean {
  for (const [position, roles] of book.holders.groups) {
    if (roles.some((each) => accessKey(each) === key) && drafts.isMemberAfter(account, position)) return true
  }
  return false
}

/** What we gave and no rule asks for any more. */
function endUnwanted(scene: Scene, ledger: Ledger, grants: ReadonlyMap<string, DraftChange>): void {
  const { input, protection, people, book } = scene
  const wanted = new Set(book.rules.map(accessKey))
  for (const [accountId, held] of ledger.ours) {
    const account = people.positionOf.get(accountId)
    if (account === undefined || protection.untouchable.has(account)) continue
    const ending = endingOf(scene, account)
    if (ending === undefined) continue
    for (const [key, access] of held) {
      if (ending.keepsWanted && wanted.has(key)) continue
      const { rule, reason, act } = ending
      if (act === 'release') {
        write(scene, 'access.release', account, access, reason, rule)
        continue
      }
      if (ledger.others.get(accountId)?.has(key) === true) {
        write(scene, 'access.release', account, access, 'still-granted-elsewhere', rule)
        continue
      }
      const removals = scene.memberships.drafts.removalsFrom(account, defaultGroupsOf(scene, key))
      const isShown = input.target.accounts[account]!.access !== undefined
      const isThere = book.holders.direct(account).some((each) => accessKey(each) === key)
      if (isShown && !isThere) {
        // What we vouched for came with a group; the ledger is closed when that membership has ended.
        write(scene, 'access.release', account, access, removals.length > 0 ? reason : 'access-ended-outside', rule, {
          waitsFor: removals,
          among: 'account.release',
        })
        continue
      }
      if (input.memory.settling.has(`revoke:${key}:${accountId}`)) {
        people.settling += 1
        continue
      }
      const successor = grants.get(`${access.product} ${account}`)
      write(scene, 'access.revoke', account, access, reason, rule, {
        // Another role that takes its place comes first, so that nobody stands without both.
        waitsFor: [...removals, ...(successor === undefined ? [] : [successor])],
      })
    }
  }
}

interface Ending {
  readonly reason: ReasonCode
  readonly rule: string
  /** Access that a rule still asks for stays. */
  readonly keepsWanted: boolean
  /** `release` = the person keeps it, we only no longer vouch for it. */
  readonly act: 'revoke' | 'release'
}

/** Why access of this account may end; undefined = nothing changes for this person. `add-only` takes nothing away. */
function endingOf({ people, input, book }: Scene, account: number): Ending | undefined {
  const standing = people.standingOf[account]
  const keepsAll = input.connection.groups.ownership === 'add-only'
  const leaving = standing === 'leaves' ? people.leavingOf.get(account) : undefined
  if (leaving !== undefined) {
    const { rule, granted } = leaving
    const isOrdered = granted === 'remove' || !keepsAll
    if (!isOrdered && granted === 'by-ownership') return undefined
    return { reason: 'leaver-stage', rule, keepsWanted: false, act: isOrdered ? 'revoke' : 'release' }
  }
  if (standing === 'frozen' || keepsAll || !book.proven) return undefined
  const keepsWanted = standing === 'receives'
  return { reason: 'access-not-wanted', rule: 'users.access', keepsWanted, act: 'revoke' }
}

/** Default groups that come with this access, by position. */
function defaultGroupsOf({ book }: Scene, key: string): readonly number[] {
  return [...book.groups.keys()].filter((position) =>
    book.holders.groups.get(position)?.some((each) => accessKey(each) === key),
  )
}

function write(
  scene: Scene,
  kind: 'access.grant' | 'access.revoke' | 'access.adopt' | 'access.release',
  account: number,
  { product, role }: AccessRole,
  reason: ReasonCode,
  rule: string,
  part: Pick<DraftChange, 'waitsFor' | 'among'> = {},
): DraftChange {
  const { input, people, drafts } = scene
  const actual = input.target.accounts[account]
  const label =
    actual === undefined
      ? (people.creations[account - input.target.accounts.length]?.accountLabel ?? '')
      : accountLabel(actual)
  const user = people.userOf[account]
  const activation = kind === 'access.grant' ? people.activations.get(account) : undefined
  const waitsFor = [...(part.waitsFor ?? []), ...(activation === undefined ? [] : [activation])]
  const draft: DraftChange = {
    kind,
    account: accountRef(input, people, account),
    accountLabel: label,
    access: { product, role },
    ...(user === undefined ? {} : { person: { key: input.source.users[user]!.key, label } }),
    ...(part.among === undefined ? {} : { among: part.among }),
    ...(waitsFor.length === 0 ? {} : { waitsFor }),
    reason,
    rule,
    ...stateOf(input, kind, actual),
  }
  drafts.push(draft)
  return draft
}

function stateOf(
  input: PlanInput,
  kind: DraftChange['kind'],
  actual: PlanInput['target']['accounts'][number] | undefined,
): Pick<DraftChange, 'state' | 'stateReasons'> {
  if (kind !== 'access.grant' && kind !== 'access.revoke') return { state: 'ready', stateReasons: [] }
  if (actual !== undefined) return writability(input, kind, actual)
  const blocked: readonly HoldReason[] = input.ends.offered.has(kind) ? [] : ['not-offered']
  return { state: blocked.length === 0 ? 'ready' : 'blocked', stateReasons: blocked }
}
