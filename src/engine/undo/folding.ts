import type { AccessRole } from '../../domain/access.ts'
import { grantRuleOf, type TargetRef } from '../../domain/change.ts'
import type { AttributeValue } from '../../domain/identity.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import { accessKey } from '../planner/access/holders.ts'
import { wasOurs } from './scene.ts'

/** A change that came true, and the run that made it. Objects are named by their ids (`withIds`). */
export interface Done {
  readonly record: ChangeRecord
  readonly run: number
}

/** Did this run end something that we vouched for: a place in a group, or a role in a product by its `accessKey`? */
export type WasEnded = (run: number, what: string, accountId: string) => boolean

/** What stood before, as far as the changes themselves do not say it. */
export interface Standing {
  readonly wasEnded: WasEnded
  /** Roles, by their `accessKey`, with which the target puts an account into this group. */
  readonly comesWith: (groupId: string) => readonly string[]
}

export interface Folded {
  /** What all of them together did, in the order in which each thing was first touched. */
  readonly net: readonly Done[]
  /** The run that touched a place in a group, or a role, first: only what that one ended stood before all of them. */
  firstRun(what: string, accountId: string): number | undefined
}

/**
 * Folds what several runs did to each thing into what they did together: a membership that was added and removed again is
 * nothing, of two values only the first before and the last after count. Pure.
 */
export function foldRuns(done: readonly Done[], standing: Standing): Folded {
  const made = new Set(done.flatMap(({ record }) => (isMade(record) ? [record.createdId] : [])))
  const chains = Map.groupBy(done.toSorted(inTime), ({ record }) => thingOf(record))
  const known: Known = {
    wasEnded: standing.wasEnded,
    made,
    // Who was given a role had none before, and so no place that comes with it.
    cameWithRole: (groupId, accountId) =>
      standing.comesWith(groupId).some((role) => {
        const first = chains.get(`access\n${role}\n${accountId}`)?.[0]
        return first !== undefined && isGain(first.record) && wasOurs(first.record)
      }),
  }
  const net: Done[] = []
  for (const [thing, chain] of chains) {
    const fold = folds[thing.slice(0, thing.indexOf('\n')) as keyof typeof folds]
    const folded = fold(chain, known)
    if (folded !== undefined) net.push(folded)
  }
  return {
    net,
    firstRun: (what, accountId) =>
      (chains.get(`membership\n${what}\n${accountId}`) ?? chains.get(`access\n${what}\n${accountId}`))?.[0]?.run,
  }
}

interface Known {
  readonly wasEnded: WasEnded
  /** Accounts that these runs made. */
  readonly made: ReadonlySet<string | undefined>
  /** Did the target put the account into the group only with a role that these runs gave? */
  readonly cameWithRole: (groupId: string, accountId: string) => boolean
}

/** Undefined = together they did nothing to it. */
type Fold = (chain: readonly Done[], known: Known) => Done | undefined

/** By what a change is about; the first word of its thing. */
const folds = {
  membership: foldPlace,
  access: foldPlace,
  link: (chain) => switched(chain, ({ kind }) => kind !== 'account.release'),
  // An account that these runs made ends deactivated whatever else they did to it.
  suspension: (chain, known) =>
    isAboutNew(chain, known) ? undefined : foldSwitch(chain, ({ kind }) => kind === 'account.activate'),
  disabling: (chain, known) =>
    isAboutNew(chain, known) ? undefined : foldSwitch(chain, ({ kind }) => kind === 'account.enable'),
  values: (chain, known) => (isAboutNew(chain, known) ? undefined : foldValues(chain)),
  lead: foldLead,
  once: (chain) => chain.at(-1),
} as const satisfies Readonly<Record<string, Fold>>

function thingOf(record: ChangeRecord): string {
  const { kind, access, lead, person } = record
  const account = idOf(record.account) ?? record.createdId ?? ''
  const group = idOf(record.group) ?? record.createdId ?? ''
  if (kind.startsWith('membership.')) return `membership\n${group}\n${account}`
  if (kind.startsWith('access.')) return `access\n${accessKey(access as AccessRole)}\n${idOf(record.account) ?? group}`
  if (kind === 'account.activate' || kind === 'account.deactivate') return `suspension\n${account}`
  if (kind === 'account.enable' || kind === 'account.disable') return `disabling\n${account}`
  if (kind === 'account.update' || kind === 'custom.update') return `values\n${kind}\n${account}`
  if (kind === 'lead.handover') return `lead\n${lead?.kind}\n${lead?.id}`
  const isLink =
    kind === 'account.adopt' || kind === 'account.release' || (kind === 'account.create' && !isMade(record))
  return isLink ? `link\n${person?.key}\n${account}` : `once\n${kind}\n${kind.startsWith('group.') ? group : account}`
}

const idOf = (ref: TargetRef | undefined): string | undefined => (ref !== undefined && 'id' in ref ? ref.id : undefined)

const isMade = (record: ChangeRecord): boolean => record.kind === 'account.create' && wasOurs(record)

const isAboutNew = ([first]: readonly Done[], { made }: Known): boolean => made.has(idOf(first?.record.account))

/** Of one connection no two runs write to one object at the same time; the runs' own numbers order what looks so. */
function inTime(one: Done, other: Done): number {
  const at = ({ record }: Done) => record.finishedAt ?? record.sentAt ?? 0
  return at(one) - at(other) || one.run - other.run || one.record.seq - other.record.seq
}

/** Is the account there, and do we vouch for it? */
interface Place {
  readonly there: boolean
  readonly ours: boolean
}

/** A place in a group, or a role in a product. */
function foldPlace(chain: readonly Done[], known: Known): Done | undefined {
  const [first, last] = [chain[0]!, chain.at(-1)!]
  if (chain.length === 1 && !cameWithRole(first, known)) return first
  const before = effectOf(first, known)[0]
  const after = effectOf(last, known)[1]
  if (before.there !== after.there) {
    const made = chain.filter(({ record }) => wasOurs(record) && isGain(record) === after.there && isWrite(record))
    return made.at(-1) ?? last
  }
  if (!after.there || before.ours === after.ours) return undefined
  const family = last.record.access === undefined ? 'membership' : 'access'
  const kind = after.ours ? (`${family}.adopt` as const) : (`${family}.release` as const)
  return { ...last, record: { ...last.record, kind, outcome: 'applied' } }
}

const isWrite = ({ kind }: ChangeRecord): boolean => /\.(add|remove|grant|revoke)$/.test(kind)
const isGain = ({ kind }: ChangeRecord): boolean => /\.(add|grant)$/.test(kind)

/** A place that nobody had before: it came with a role that these runs gave, and one of them took it again. */
function cameWithRole({ record, run }: Done, known: Known): boolean {
  const [groupId, accountId] = [idOf(record.group), idOf(record.account)]
  if (record.kind !== 'membership.remove' || groupId === undefined || accountId === undefined) return false
  return !known.wasEnded(run, groupId, accountId) && known.cameWithRole(groupId, accountId)
}

/** What was before a change and after it. */
function effectOf(done: Done, known: Known): readonly [before: Place, after: Place] {
  const { record, run } = done
  const what = record.access === undefined ? (idOf(record.group) ?? '') : accessKey(record.access)
  const ended = known.wasEnded(run, what, idOf(record.account) ?? '')
  const vouched = grantRuleOf(record) !== undefined
  if (isGain(record))
    return [
      { there: !wasOurs(record), ours: false },
      { there: true, ours: vouched },
    ]
  if (isWrite(record))
    return [
      { there: wasOurs(record) && !cameWithRole(done, known), ours: ended },
      { there: false, ours: false },
    ]
  const isAdoption = record.kind.endsWith('.adopt')
  return [
    { there: true, ours: !isAdoption },
    { there: true, ours: isAdoption && vouched },
  ]
}

/** Something that is on or off. What was so already is told only where nothing else happened. */
function foldSwitch(chain: readonly Done[], isOn: (record: ChangeRecord) => boolean): Done | undefined {
  const made = chain.filter(({ record }) => wasOurs(record))
  return made.length === 0 ? chain.at(-1) : switched(made, isOn)
}

function switched(chain: readonly Done[], isOn: (record: ChangeRecord) => boolean): Done | undefined {
  const [first, last] = [chain[0]!, chain.at(-1)!]
  // Before the first change it was the other way round.
  return isOn(first.record) === isOn(last.record) ? last : undefined
}

function foldValues(chain: readonly Done[]): Done | undefined {
  const made = chain.filter(({ record }) => wasOurs(record))
  const last = made.at(-1)
  if (last === undefined || made.length === 1) return last ?? chain.at(-1)
  const before = new Map<string, AttributeValue | undefined>()
  const after = new Map<string, AttributeValue>()
  for (const { record } of made) {
    for (const [name, value] of Object.entries(record.after ?? {})) {
      if (!before.has(name)) before.set(name, record.before?.[name])
      after.set(name, value)
    }
  }
  for (const [name, value] of after) {
    if (JSON.stringify(before.get(name)) !== JSON.stringify(value)) continue
    before.delete(name)
    after.delete(name)
  }
  if (after.size === 0) return undefined
  const known = [...before].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return { ...last, record: { ...last.record, before: Object.fromEntries(known), after: Object.fromEntries(after) } }
}

/** Handed on from one to the next: from the first who led to the last who does. */
function foldLead(chain: readonly Done[]): Done | undefined {
  const made = chain.filter(({ record }) => wasOurs(record))
  const [first, last] = [made[0], made.at(-1)]
  if (first === undefined || last === undefined) return chain.at(-1)
  if (idOf(first.record.account) === last.record.lead?.to.id) return undefined
  const { account: _, accountLabel: __, person: ___, ...rest } = last.record
  const { account, accountLabel, person } = first.record
  return {
    ...last,
    record: {
      ...rest,
      ...(account === undefined ? {} : { account }),
      ...(accountLabel === undefined ? {} : { accountLabel }),
      ...(person === undefined ? {} : { person }),
    },
  }
}
