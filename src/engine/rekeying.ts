import { createHash } from 'node:crypto'
import { fail } from '../domain/errors.ts'
import { foldKey } from '../domain/identity.ts'
import type { TargetSnapshot } from '../domain/snapshot.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Holdings } from '../ports/directories.ts'
import type { Store } from '../ports/store.ts'
import type { Target } from '../ports/target.ts'
import { collectTarget } from './collect.ts'
import { accountLabel } from './planner/values.ts'

/** What a re-keying would carry over, and what would find nothing to stand on (D1). */
export interface Rekeying {
  readonly from: string
  readonly to: string
  /** Present = it is refused, and why. */
  readonly refusedBecause?: string
  readonly counts: Holdings['counts']
  readonly accounts: {
    readonly remembered: number
    readonly linked: number
    /** Found in the new directory by id. */
    readonly matched: number
    /** Not there: links to them stay, and the next plan asks what to do about each. */
    readonly missing: readonly string[]
    /** There by id, with another address than the one we know. */
    readonly differing: readonly string[]
  }
  readonly groups: {
    readonly remembered: number
    readonly sameId: number
    /** Another id and the same name, as `name: was -> becomes`. */
    readonly byName: readonly string[]
    /** Not there: what was granted in them is kept and has no effect. */
    readonly missing: readonly string[]
  }
  /** Other targets that are a door to the old directory; they are refused until they show the new one, too. */
  readonly otherTargets: readonly string[]
  /** Binds an approval to exactly this. */
  readonly fingerprint: string
}

interface Scene {
  readonly store: Store
  readonly clock: Clock
  readonly target: Target
  /** Key of the configured target. */
  readonly targetKey: string
  readonly signal: AbortSignal
}

interface Judged {
  readonly rekeying: Rekeying
  readonly groupIds: ReadonlyMap<string, string>
}

/**
 * Reads the directory that the target is now and compares it with what is remembered of the one it was. Undefined when
 * the target is what it was. Nothing is written.
 */
export async function previewRekeying(scene: Scene): Promise<Rekeying | undefined> {
  return (await judge(scene))?.rekeying
}

/**
 * Carries everything over, exactly as it was reviewed: links, ledger, history and decisions keep their rows, only the key
 * of the directory and the ids of renumbered groups change. Throws `stale-plan` when it is not what the fingerprint says,
 * `conflict` when it is refused, `busy` while a run writes.
 */
export async function applyRekeying(scene: Scene, fingerprint: string): Promise<Rekeying> {
  const { store, clock, targetKey } = scene
  const judged = await judge(scene)
  if (judged === undefined)
    throw fail.conflict(`The target "${targetKey}" is the directory it was; nothing is to be carried over.`)
  const { rekeying, groupIds } = judged
  if (rekeying.refusedBecause !== undefined) throw fail.conflict(`Nothing was carried over: ${rekeying.refusedBecause}`)
  if (rekeying.fingerprint !== fingerprint) {
    throw fail.stalePlan('What would be carried over is not what was reviewed any more; nothing was changed.', {
      hint: `Look again: muster targets re-key ${targetKey}`,
    })
  }
  await withLease(scene, rekeying.from, () =>
    store.directories.rekey({ from: rekeying.from, to: rekeying.to, groups: groupIds, at: clock.now() }),
  )
  return rekeying
}

/** Nobody writes to the directory meanwhile. */
async function withLease({ store }: Scene, directoryKey: string, work: () => Promise<void>): Promise<void> {
  const lease = await store.leases.acquire(directoryKey, `re-keying ${directoryKey}`, 60_000)
  if (lease === undefined) {
    throw fail.busy(`A run is writing to ${directoryKey}.`, {
      hint: 'Wait until it has ended (`muster runs`), then try again.',
    })
  }
  try {
    await work()
  } finally {
    await store.leases.release(lease)
  }
}

async function judge({ store, clock, target, targetKey, signal }: Scene): Promise<Judged | undefined> {
  const { directoryKey: to } = await target.identify(signal)
  const from = await store.directories.boundKey(targetKey)
  if (from === undefined || from === to) return undefined
  const remembered = await store.directories.holdings(from)
  if (remembered === undefined) return undefined
  const now = () => clock.now()
  const snapshot = await collectTarget(target, to, newId(now()), now, signal, () => undefined)
  const isKnown = (await store.directories.holdings(to)) !== undefined
  return compare({ from, to, targetKey, remembered, snapshot, isKnown })
}

interface Compared {
  readonly from: string
  readonly to: string
  readonly targetKey: string
  readonly remembered: Holdings
  readonly snapshot: TargetSnapshot
  /** Something is remembered of the new directory, too. */
  readonly isKnown: boolean
}

/** Pure. Accounts are found by their immutable id alone; groups by id, else by the one group of the same name. */
export function compare({ from, to, targetKey, remembered, snapshot, isKnown }: Compared): Judged {
  const accounts = new Map(snapshot.accounts.map((account) => [account.id, account]))
  const missing: string[] = []
  const differing: string[] = []
  let lost = 0
  for (const { id, label, isLinked } of remembered.accounts) {
    const now = accounts.get(id)
    const shown = label === '' ? id : label
    if (now === undefined) missing.push(shown)
    else if (isSomebodyElse(label, now.email)) differing.push(`${shown} -> ${accountLabel(now)}`)
    else continue
    if (isLinked) lost += 1
  }
  const linked = remembered.accounts.filter(({ isLinked }) => isLinked).length
  const groups = matchGroups(remembered, snapshot)
  const otherTargets = remembered.targets.filter((each) => each !== targetKey)
  const refusedBecause = whyRefused({ linked, lost, to, isKnown, snapshot })
  const facts = {
    from,
    to,
    counts: remembered.counts,
    accounts: {
      remembered: remembered.accounts.length,
      linked,
      matched: remembered.accounts.length - missing.length - differing.length,
      missing,
      differing,
    },
    groups: {
      remembered: remembered.groups.length,
      sameId: remembered.groups.length - groups.byName.length - groups.missing.length,
      byName: groups.byName,
      missing: groups.missing,
    },
    otherTargets,
  }
  const bound = [from, to, remembered.accounts.map(({ id }) => id), facts.accounts, facts.groups, [...groups.ids]]
  const fingerprint = createHash('sha256').update(JSON.stringify(bound)).digest('hex')
  return {
    rekeying: { ...facts, fingerprint, ...(refusedBecause === undefined ? {} : { refusedBecause }) },
    groupIds: groups.ids,
  }
}

/** Two addresses that are both known and not the same: the same number, given to another person. */
function isSomebodyElse(label: string, email: string | undefined): boolean {
  const known = /<([^<>\s]+@[^<>\s]+)>$/.exec(label)?.[1]
  return known !== undefined && email !== undefined && foldKey(known) !== foldKey(email)
}

function matchGroups({ groups }: Holdings, snapshot: TargetSnapshot) {
  const present = new Set(snapshot.groups.map(({ id }) => id))
  const remembered = new Set(groups.map(({ id }) => id))
  const free = Map.groupBy(
    snapshot.groups.filter(({ id }) => !remembered.has(id)),
    ({ name }) => foldKey(name),
  )
  const renumbered = groups.filter(({ id }) => !present.has(id))
  const wanted = Map.groupBy(renumbered, ({ name }) => foldKey(name))
  const ids = new Map<string, string>()
  const byName: string[] = []
  const missing: string[] = []
  for (const { id, name } of renumbered) {
    const found = free.get(foldKey(name)) ?? []
    const isClear = found.length === 1 && wanted.get(foldKey(name))?.length === 1
    if (isClear) {
      ids.set(id, found[0]!.id)
      byName.push(`${name}: ${id} -> ${found[0]!.id}`)
    } else missing.push(name)
  }
  return { ids, byName, missing }
}

/** A directory in which more than a fifth of the linked accounts are not, or are somebody else, is another one. */
function mostLost(linked: number): number {
  return linked < 2 ? 0 : Math.max(1, Math.floor(linked / 5))
}

function whyRefused(facts: {
  readonly linked: number
  readonly lost: number
  readonly to: string
  readonly isKnown: boolean
  readonly snapshot: TargetSnapshot
}): string | undefined {
  const { linked, lost, to, isKnown, snapshot } = facts
  if (isKnown) {
    return `something is remembered of ${to} already, through another target. Two memories are not made one: set \`target\` of the connections to that one. Their next plan finds accounts, groups and memberships there anew and waits for a person.`
  }
  if (!snapshot.accountsComplete || !snapshot.groupsComplete) {
    return 'the new directory was not read completely, so nobody can say who is missing. Try again.'
  }
  if (lost > mostLost(linked)) {
    return `${lost} of ${linked} linked accounts are not in it, or are somebody else there. It is not the same directory; make a new target with its own name for it.`
  }
  return undefined
}
