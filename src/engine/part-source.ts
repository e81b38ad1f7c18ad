import type { SourceUser } from '../domain/identity.ts'
import type { MappingRule, Step } from '../domain/mapping.ts'
import type { SourceSnapshot } from '../domain/snapshot.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Source, SourceParts } from '../ports/source.ts'
import { collectSource, onlyAdding } from './collect.ts'
import { withEmptyAttributes } from './empty-attributes.ts'
import { MemberSets } from './member-sets.ts'
import type { Part } from './planner/part.ts'
import { positionsByKey } from './planner/positions.ts'
import type { OpenConnection } from './setup.ts'

/** What of the source a plan for some people rests on; grows while it is found out who else matters. */
export interface PartSource {
  /** Everybody was read; that only these people are meant makes it no less. */
  readonly isWhole: boolean
  /** The records known so far, by key. */
  readonly users: ReadonlyMap<string, SourceUser>
  /** Adds these people, who are not meant themselves, and everybody who has one of these addresses or logins. */
  alsoLookAt(keys: readonly string[], texts: readonly string[]): Promise<void>
  /** The read as it stands. */
  snapshot(): Promise<Pick<Part, 'sourcePeople'> & { readonly source: SourceSnapshot }>
}

/**
 * Looks at some people of a source. Where pieces cannot be asked for, or an address is made of something that cannot be
 * looked for, everything is read: more work, and no other result.
 */
export async function lookAtPart(
  { connection }: Pick<OpenConnection, 'connection'>,
  source: Source,
  keys: readonly string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<PartSource> {
  const { mapping } = connection.users
  const rules = ['email', 'userName'].map((name) => mapping[name] ?? source.defaultMapping[name])
  const { parts } = source
  if (parts === undefined || !rules.every(isLookedUp)) return await wholeRead(source, clock, signal)
  return await pieces(source, parts, keys, clock, signal)
}

/** Attributes by which `alike` finds somebody. */
const lookedUpBy = /^(userName|email|emails(\..+)?)$/

/** True when the value of the rule is one of the addresses or logins of the record, but for spaces and letter case. */
function isLookedUp(rule: MappingRule | undefined): boolean {
  if (rule === undefined) return true
  const isPlain = (step: Step) =>
    'trim' in step || 'lower' in step || 'upper' in step || ('fallback' in step && lookedUpBy.test(step.fallback))
  return rule.from !== undefined && lookedUpBy.test(rule.from) && rule.steps.every(isPlain)
}

async function wholeRead(source: Source, clock: Clock, signal: AbortSignal): Promise<PartSource> {
  const now = () => clock.now()
  const whole = await collectSource(source, newId(now()), now, signal, () => undefined)
  const active = whole.users.filter((user) => user.active).length
  const sourcePeople = whole.usersComplete ? { sourcePeople: { all: whole.users.length, active } } : {}
  return {
    isWhole: true,
    users: new Map(whole.users.map((user) => [user.key, user])),
    alsoLookAt: async () => undefined,
    snapshot: async () => ({ source: whole, ...sourcePeople }),
  }
}

async function pieces(
  source: Source,
  parts: SourceParts,
  keys: readonly string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<PartSource> {
  const takenAt = clock.now()
  const users = new Map<string, SourceUser>()
  const add = (found: readonly SourceUser[]) => {
    for (const user of found) users.set(user.key, user)
  }
  add(await parts.people(keys, signal))
  return {
    isWhole: false,
    users,
    async alsoLookAt(more, texts) {
      const unknown = more.filter((key) => !users.has(key))
      if (unknown.length > 0) add(await parts.people(unknown, signal))
      if (texts.length > 0) add(await parts.alike(texts, signal))
    },
    async snapshot() {
      const list = [...users.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
      const groups = await parts.groups([...users.keys()], signal)
      const sets = new MemberSets(positionsByKey(list), positions(groups))
      const snapshotGroups = groups.map((group) => sets.finish(sets.begin(group, group.members), true))
      const told = source.absentMeansEmpty === true ? withEmptyAttributes(list) : list
      const shared = { id: newId(takenAt), takenAt, readFingerprint: source.readFingerprint, unproven: [] }
      const additiveOnly = source.additiveOnly?.()
      if (additiveOnly !== undefined) {
        return { source: { ...shared, ...onlyAdding(told, snapshotGroups), notices: [additiveOnly] } }
      }
      return {
        sourcePeople: await parts.size(signal),
        source: {
          ...shared,
          users: told,
          groups: snapshotGroups,
          usersComplete: true,
          groupsComplete: true,
          absentMeansEmpty: source.absentMeansEmpty ?? false,
          notices: [],
        },
      }
    },
  }
}

function positions(records: readonly { readonly key: string }[]): ReadonlyMap<string, number> {
  return new Map(records.map(({ key }, position) => [key, position]))
}
