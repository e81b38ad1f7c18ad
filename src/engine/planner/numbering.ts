import {
  type Change,
  type DraftChange,
  type DraftRef,
  endsAccount,
  endsOfAccounts,
  type ItemState,
  kindOrder,
  type TargetRef,
} from '../../domain/change.ts'
import { ledKey } from '../../domain/lead.ts'
import type { HoldReason } from '../../domain/reason.ts'
import { sharedBy } from '../../platform/shared-by.ts'

/**
 * Puts drafts in the order of execution and gives each its number. The order depends only on what the drafts say, never
 * on the order in which they were found.
 */
export function numberChanges(drafts: readonly DraftChange[]): Change[] {
  const clashes = takenAndGiven(drafts)
  const stateOf = (draft: DraftChange) => (clashes.has(draft) ? 'blocked' : draft.state)
  const rankOf = ranks(drafts, stateOf)
  const riders = ridersOf(drafts)
  // New accounts that receive the same stand together, so that they can be created together.
  const bundles = new Map<DraftChange, string>()
  for (const draft of drafts) {
    if (draft.kind === 'account.create') bundles.set(draft, bundle(riders.get(draft)))
  }
  const rank = Float64Array.from(drafts, rankOf)
  const byGroup = places(drafts, ({ group, groupLabel }) => refKey(group, groupLabel))
  const byAccount = places(drafts, ({ account, accountLabel }) => refKey(account, accountLabel))
  const order = Uint32Array.from(drafts, (_, at) => at).sort(
    (a, b) =>
      rank[a]! - rank[b]! ||
      compare(bundles.get(drafts[a]!) ?? '', bundles.get(drafts[b]!) ?? '') ||
      byGroup[a]! - byGroup[b]! ||
      byAccount[a]! - byAccount[b]! ||
      compareRest(drafts[a]!, drafts[b]!) ||
      a - b,
  )
  const seqOf = seqsOf(drafts, order, riders)
  const refOf = (ref: DraftRef): TargetRef => ('id' in ref ? ref : { createdBy: seqOf.get(ref.created)! })
  const needsOf = ({ account, group, waitsFor }: DraftChange): readonly number[] => {
    const needs = new Set<number>()
    if (account !== undefined && 'created' in account) needs.add(seqOf.get(account.created)!)
    if (group !== undefined && 'created' in group) needs.add(seqOf.get(group.created)!)
    for (const other of waitsFor ?? []) needs.add(seqOf.get(other)!)
    return needs.size === 0 ? nothing : [...needs].sort((a, b) => a - b)
  }

  const changes: Change[] = []
  for (const [index, at] of order.entries()) {
    const draft = drafts[at]!
    const { account, group, waitsFor: _, among: __, ...change }: DraftChange = draft
    const joins = riders.get(draft)
    changes.push(
      Object.assign(change, {
        ...(clashes.has(draft) ? clash : {}),
        seq: index + 1,
        ...(account === undefined ? {} : { account: refOf(account) }),
        ...(group === undefined ? {} : { group: refOf(group) }),
        needs: needsOf(draft),
        ...(joins === undefined ? {} : { joins: joins.map((rider) => seqOf.get(rider)!).sort((a, b) => a - b) }),
      }),
    )
  }
  return changes
}

/** Shared by the many changes that need nothing. */
const nothing: readonly number[] = []
const clash = { state: 'blocked', stateReasons: ['delete-and-create'] } as const satisfies Partial<Change>

/** The numbers of the drafts that others speak of; a plan of a million changes has few of them. */
function seqsOf(
  drafts: readonly DraftChange[],
  order: Uint32Array,
  riders: ReadonlyMap<DraftChange, readonly DraftChange[]>,
): ReadonlyMap<DraftChange, number> {
  const named = new Set<DraftChange>()
  for (const { account, group, waitsFor } of drafts) {
    if (account !== undefined && 'created' in account) named.add(account.created)
    if (group !== undefined && 'created' in group) named.add(group.created)
    for (const other of waitsFor ?? nobody) named.add(other)
  }
  for (const list of riders.values()) for (const rider of list) named.add(rider)
  const seqOf = new Map<DraftChange, number>()
  order.forEach((at, index) => {
    if (named.has(drafts[at]!)) seqOf.set(drafts[at]!, index + 1)
  })
  return seqOf
}

const nobody: readonly DraftChange[] = []

/** The order of kinds; an account that loses groups here is ended only after that, see `kindOrder`. */
function ranks(
  drafts: readonly DraftChange[],
  stateOf: (draft: DraftChange) => ItemState,
): (draft: DraftChange) => number {
  const rank = new Map(kindOrder.map((kind, index) => [kind, index]))
  const afterEnds = Math.max(...endsOfAccounts.map((kind) => rank.get(kind)!))
  const ending = new Set<string>()
  const losing = new Set<string>()
  for (const draft of drafts) {
    const { kind, account, accountLabel } = draft
    if (draft.state === 'blocked') continue
    if (endsAccount(kind)) ending.add(refKey(account, accountLabel))
    if (kind === 'membership.remove') losing.add(refKey(account, accountLabel))
  }
  return (draft) => {
    const { kind, among, account, accountLabel } = draft
    // Who waits to be carried out with the last kind stands before it: that is let go of after everything else.
    const usual = rank.get(among ?? kind)! - (among === 'account.release' && kind !== among ? 0.5 : 0)
    if (kind !== 'membership.remove' && !endsAccount(kind)) return usual
    if (stateOf(draft) === 'blocked') return usual
    const who = refKey(account, accountLabel)
    if (kind === 'membership.remove' && ending.has(who)) return afterEnds + 0.25
    return endsAccount(kind) && losing.has(who) ? afterEnds + 0.5 + usual / 1000 : usual
  }
}

/** Memberships and access of accounts that are to be created, by the draft that creates them. */
function ridersOf(drafts: readonly DraftChange[]): ReadonlyMap<DraftChange, readonly DraftChange[]> {
  const riders = new Map<DraftChange, DraftChange[]>()
  for (const draft of drafts) {
    if (draft.kind !== 'membership.add' && draft.kind !== 'access.grant') continue
    if (draft.account === undefined || !('created' in draft.account) || draft.state === 'blocked') continue
    const list = riders.get(draft.account.created)
    if (list === undefined) riders.set(draft.account.created, [draft])
    else list.push(draft)
  }
  return riders
}

/** One text for everything a new account receives. */
function bundle(riders: readonly DraftChange[] = []): string {
  return riders
    .map(({ group, groupLabel, access }) =>
      access === undefined ? refKey(group, groupLabel) : `${access.product} ${access.role}`,
    )
    .sort()
    .join('\n')
}

/** Where the text of each draft stands among the different ones: a million drafts are compared by number, few by text. */
function places(drafts: readonly DraftChange[], textOf: (draft: DraftChange) => string): Uint32Array {
  const texts = new Set<string>()
  for (const draft of drafts) texts.add(textOf(draft))
  const placeOf = new Map([...texts].sort(compare).map((text, place) => [text, place]))
  return Uint32Array.from(drafts, (draft) => placeOf.get(textOf(draft))!)
}

/** The order of two drafts about the same account and group. */
function compareRest(left: DraftChange, right: DraftChange): number {
  return (
    compare(left.person?.key ?? '', right.person?.key ?? '') ||
    compare(accessKey(left), accessKey(right)) ||
    compare(leadKey(left), leadKey(right)) ||
    compare(left.rule, right.rule)
  )
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function accessKey({ access }: DraftChange): string {
  return access === undefined ? '' : `${access.product} ${access.role}`
}

function leadKey({ lead }: DraftChange): string {
  return lead === undefined ? '' : ledKey(lead)
}

function refKey(ref: DraftRef | undefined, label: string | undefined): string {
  if (ref === undefined) return label ?? ''
  return 'id' in ref ? ref.id : `+${ref.created.person?.key ?? ref.created.groupLabel ?? ''}`
}

/** One plan never takes and gives the same thing, whatever rules disagree (P6): these are blocked and shown, on both sides. */
function takenAndGiven(drafts: readonly DraftChange[]): ReadonlySet<DraftChange> {
  const takes = drafts.filter((draft) => sideOf(draft.kind) === 'takes')
  const gives = drafts.filter((draft) => sideOf(draft.kind) === 'gives')
  // The keys of the shorter side are enough to find what stands on both; a large plan mostly has one side alone.
  const [few, many] = takes.length < gives.length ? [takes, gives] : [gives, takes]
  const keys = new Set(few.map(objectOf))
  const both = new Set(keys.size === 0 ? [] : many.map(objectOf).filter((key) => keys.has(key)))
  return new Set(both.size === 0 ? [] : [...takes, ...gives].filter((draft) => both.has(objectOf(draft))))
}

function sideOf(kind: DraftChange['kind']): 'takes' | 'gives' | undefined {
  switch (kind) {
    case 'membership.remove':
    case 'access.revoke':
    case 'account.deactivate':
    case 'account.disable':
    case 'account.delete':
      return 'takes'
    case 'membership.add':
    case 'access.grant':
    case 'account.create':
    case 'account.activate':
    case 'account.enable':
      return 'gives'
    default:
      return undefined
  }
}

/** What is taken or given, as one text. */
function objectOf(draft: DraftChange): string {
  switch (draft.kind) {
    case 'membership.add':
    case 'membership.remove':
      return `m:${refKey(draft.group, draft.groupLabel)}:${refKey(draft.account, draft.accountLabel)}`
    case 'access.grant':
    case 'access.revoke':
      return `a:${accessKey(draft)}:${draft.account === undefined ? refKey(draft.group, draft.groupLabel) : refKey(draft.account, draft.accountLabel)}`
    default:
      return `p:${draft.person?.key ?? draft.accountLabel}`
  }
}

/** A change that needs a held or blocked one waits with it. Changes stand in order, so one walk is enough. */
export function holdDependents(changes: readonly Change[]): Change[] {
  const result: Change[] = []
  const withWaiting = sharedBy((reasons: readonly HoldReason[]) => [...new Set([...reasons, waiting])])
  for (const change of changes) {
    const needed = change.needs.map((seq) => result[seq - 1]!.state)
    const isBlocked = change.state === 'blocked'
    if (isBlocked || needed.every((state) => state === 'ready')) result.push(change)
    else if (needed.includes('blocked')) result.push({ ...change, state: 'blocked', stateReasons: [waiting] })
    else if (change.state === 'held' && change.stateReasons.includes(waiting)) result.push(change)
    else result.push({ ...change, state: 'held', stateReasons: withWaiting(change.stateReasons) })
  }
  return result
}

const waiting: HoldReason = 'waits-for'
