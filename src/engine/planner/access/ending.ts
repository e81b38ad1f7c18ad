import type { AccessRole } from '../../../domain/access.ts'
import type { DraftChange } from '../../../domain/change.ts'
import type { ReasonCode } from '../../../domain/reason.ts'
import type { PlanInput } from '../input.ts'
import { defaultGroups } from './access-book.ts'
import { type AccessScene, writeAccess } from './access-drafts.ts'
import { accessKey } from './holders.ts'

/** What we gave and no rule asks for any more, and what a stage of leaving takes whoever gave it. */
export function endUnwanted(scene: AccessScene, ledger: Ledger, grants: ReadonlyMap<string, DraftChange>): void {
  const { input, protection, people, book } = scene
  const wanted = new Set(book.rules.map(accessKey))
  for (const [accountId, held] of heldByLeavers(scene, ledger)) {
    const account = people.positionOf.get(accountId)
    if (account === undefined || protection.untouchable.has(account)) continue
    if (input.target.accounts[account]!.kind !== 'person') continue
    const ending = endingOf(scene, account)
    if (ending === undefined) continue
    for (const [key, access] of held) {
      if (ending.keepsWanted && wanted.has(key)) continue
      endOne(scene, ledger, account, access, ending, grants.get(`${access.product} ${account}`))
    }
  }
}

/** Everything that may have to end, by account: our ledger, and all access of those whose access a stage removes. */
function heldByLeavers({ input, people, book }: AccessScene, { ours }: Ledger): Ledger['ours'] {
  const leavers = [...people.leavingOf].filter(([, { removesAccess }]) => removesAccess)
  if (leavers.length === 0) return ours
  const administers = new Set(
    (input.ends.products ?? []).flatMap(({ id, roles }) =>
      roles.flatMap(({ key, administers }) => (administers ? [accessKey({ product: id, role: key })] : [])),
    ),
  )
  const here = new Set((input.ends.products ?? []).map(({ id }) => id))
  const all = new Map(ours)
  for (const [account] of leavers) {
    const { id } = input.target.accounts[account]!
    const held = new Map(ours.get(id))
    for (const access of book.holders.direct(account)) {
      // Of another site of the organization, or administration that somebody else gave: not ours to end here.
      if (here.has(access.product) && !administers.has(accessKey(access))) held.set(accessKey(access), access)
    }
    all.set(id, held)
  }
  return all
}

function endOne(
  scene: AccessScene,
  ledger: Ledger,
  account: number,
  access: AccessRole,
  { reason, rule, act }: Ending,
  successor: DraftChange | undefined,
): void {
  const { input, people, book } = scene
  const actual = input.target.accounts[account]!
  const key = accessKey(access)
  const isOurs = ledger.ours.get(actual.id)?.has(key) === true
  const isGrantedElsewhere = ledger.others.get(actual.id)?.has(key) === true
  if (act === 'release' || isGrantedElsewhere) {
    const why = act === 'release' ? reason : 'still-granted-elsewhere'
    if (isOurs) writeAccess(scene, 'access.release', account, access, why, rule)
    return
  }
  const removals = scene.memberships.drafts.removalsFrom(account, defaultGroupsOf(scene, key))
  const isThere = book.holders.direct(account).some((each) => accessKey(each) === key)
  if (actual.access !== undefined && !isThere) {
    // What we vouched for came with a group; the ledger is closed when that membership has ended.
    const why = removals.length > 0 ? reason : 'access-ended-outside'
    writeAccess(scene, 'access.release', account, access, why, rule, { waitsFor: removals, among: 'account.release' })
    return
  }
  if (input.memory.settling.has(`revoke:${key}:${actual.id}`)) {
    people.settling += 1
    return
  }
  writeAccess(scene, 'access.revoke', account, access, reason, rule, {
    // Another role that takes its place comes first, so that nobody stands without both.
    waitsFor: [...removals, ...(successor === undefined ? [] : [successor])],
  })
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
function endingOf({ people, input, book }: AccessScene, account: number): Ending | undefined {
  const standing = people.standingOf[account]
  const keepsAll = input.connection.groups.ownership === 'add-only'
  const leaving = standing === 'leaves' ? people.leavingOf.get(account) : undefined
  if (leaving !== undefined) {
    const { rule, granted, removesAccess } = leaving
    const isOrdered = granted === 'remove' || removesAccess || (granted !== 'keep' && !keepsAll)
    if (!isOrdered && granted !== 'let-go') return undefined
    return { reason: 'leaver-stage', rule, keepsWanted: false, act: isOrdered ? 'revoke' : 'release' }
  }
  if (standing === 'frozen' || keepsAll || !book.proven) return undefined
  const keepsWanted = standing === 'receives'
  return { reason: 'access-not-wanted', rule: 'users.access', keepsWanted, act: 'revoke' }
}

/** Default groups that come with this access, by position; also of a product that no rule and no ledger speaks of. */
function defaultGroupsOf({ input }: AccessScene, key: string): readonly number[] {
  return [...defaultGroups(input)].flatMap(([position, gives]) => (gives.includes(key) ? [position] : []))
}

/** The ledger of this directory by account and access. */
export interface Ledger {
  readonly ours: ReadonlyMap<string, ReadonlyMap<string, AccessRole>>
  readonly others: ReadonlyMap<string, ReadonlyMap<string, AccessRole>>
}

export function ledgerOf({ memory, connection }: PlanInput): Ledger {
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
