import {
  type Change,
  type DraftChange,
  type DraftRef,
  endsAccount,
  endsOfAccounts,
  kindOrder,
  type TargetRef,
} from '../../domain/change.ts'
import { ledKey } from '../../domain/lead.ts'
import type { HoldReason } from '../../domain/reason.ts'

/**
 * Puts drafts in the order of execution and gives each its number. The order depends only on what the drafts say, never
 * on the order in which they were found.
 */
export function numberChanges(drafts: readonly DraftChange[]): Change[] {
  const rankOf = ranks(drafts)
  const riders = ridersOf(drafts)
  const keyed = refuseDeleteAndCreate(drafts).map((draft) => ({
    draft,
    rank: rankOf(draft),
    // New accounts that receive the same stand together, so that they can be created together.
    key:
      draft.kind === 'account.create' ? `${bundle(riders.get(draft.original))}\u0000${sortKey(draft)}` : sortKey(draft),
  }))
  keyed.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  const seqOf = new Map<DraftChange, number>()
  keyed.forEach(({ draft }, index) => {
    seqOf.set(draft.original, index + 1)
  })
  const refOf = (ref: DraftRef): TargetRef => ('id' in ref ? ref : { createdBy: seqOf.get(ref.created)! })

  return keyed.map(({ draft }, index) => {
    const { account, group, waitsFor, among: _, original, ...rest } = draft
    const joins = riders.get(original)
    const needs = new Set<number>()
    if (account !== undefined && 'created' in account) needs.add(seqOf.get(account.created)!)
    if (group !== undefined && 'created' in group) needs.add(seqOf.get(group.created)!)
    for (const other of waitsFor ?? []) needs.add(seqOf.get(other)!)
    return {
      ...rest,
      seq: index + 1,
      ...(account === undefined ? {} : { account: refOf(account) }),
      ...(group === undefined ? {} : { group: refOf(group) }),
      needs: [...needs].sort((a, b) => a - b),
      ...(joins === undefined ? {} : { joins: joins.map((rider) => seqOf.get(rider)!).sort((a, b) => a - b) }),
    }
  })
}

/** The order of kinds; an account that loses groups here is ended only after that, see `kindOrder`. */
function ranks(drafts: readonly DraftChange[]): (draft: DraftChange) => number {
  const rank = new Map(kindOrder.map((kind, index) => [kind, index]))
  const afterEnds = Math.max(...endsOfAccounts.map((kind) => rank.get(kind)!))
  const ending = new Set<string>()
  const losing = new Set<string>()
  for (const { kind, account, accountLabel, state } of drafts) {
    if (state === 'blocked') continue
    if (endsAccount(kind)) ending.add(refKey(account, accountLabel))
    if (kind === 'membership.remove') losing.add(refKey(account, accountLabel))
  }
  return ({ kind, among, account, accountLabel, state }) => {
    const usual = rank.get(among ?? kind)!
    if (state === 'blocked') return usual
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

type Kept = DraftChange & { readonly original: DraftChange }

function sortKey(draft: DraftChange): string {
  return [
    refKey(draft.group, draft.groupLabel),
    refKey(draft.account, draft.accountLabel),
    draft.person?.key ?? '',
    draft.access === undefined ? '' : `${draft.access.product} ${draft.access.role}`,
    draft.lead === undefined ? '' : ledKey(draft.lead),
    draft.rule,
  ].join('\u0000')
}

function refKey(ref: DraftRef | undefined, label: string | undefined): string {
  if (ref === undefined) return label ?? ''
  return 'id' in ref ? ref.id : `+${ref.created.person?.key ?? ref.created.groupLabel ?? ''}`
}

/** One plan never takes and gives the same thing, whatever rules disagree (P6): both sides are blocked and shown. */
function refuseDeleteAndCreate(drafts: readonly DraftChange[]): Kept[] {
  const taking = new Set<string>()
  const giving = new Set<string>()
  for (const draft of drafts) {
    const what = objectOf(draft)
    if (what === undefined) continue
    ;(what.takes ? taking : giving).add(what.key)
  }
  const clash: readonly HoldReason[] = ['delete-and-create']
  return drafts.map((draft) => {
    const what = objectOf(draft)
    if (what === undefined || !(taking.has(what.key) && giving.has(what.key))) return { ...draft, original: draft }
    return { ...draft, state: 'blocked', stateReasons: clash, original: draft }
  })
}

function objectOf(draft: DraftChange): { key: string; takes: boolean } | undefined {
  switch (draft.kind) {
    case 'membership.add':
    case 'membership.remove':
      return {
        key: `m:${refKey(draft.group, draft.groupLabel)}:${refKey(draft.account, draft.accountLabel)}`,
        takes: draft.kind === 'membership.remove',
      }
    case 'account.create':
    case 'account.deactivate':
    case 'account.disable':
    case 'account.delete':
      return { key: `p:${draft.person?.key ?? draft.accountLabel}`, takes: endsAccount(draft.kind) }
    case 'account.activate':
    case 'account.enable':
      return { key: `p:${draft.person?.key ?? draft.accountLabel}`, takes: false }
    case 'access.grant':
    case 'access.revoke': {
      const holder =
        draft.account === undefined ? refKey(draft.group, draft.groupLabel) : refKey(draft.account, draft.accountLabel)
      const { product, role } = draft.access!
      return { key: `a:${product} ${role}:${holder}`, takes: draft.kind === 'access.revoke' }
    }
    default:
      return undefined
  }
}

/** A change that needs a held or blocked one waits with it. Changes stand in order, so one walk is enough. */
export function holdDependents(changes: readonly Change[]): Change[] {
  const result: Change[] = []
  for (const change of changes) {
    const needed = change.needs.map((seq) => result[seq - 1]!.state)
    if (change.state === 'blocked' || needed.every((state) => state === 'ready')) result.push(change)
    else if (needed.includes('blocked')) result.push({ ...change, state: 'blocked', stateReasons: ['waits-for'] })
    else
      result.push({
        ...change,
        state: 'held',
        stateReasons: [...new Set([...change.stateReasons, 'waits-for' as const])],
      })
  }
  return result
}
