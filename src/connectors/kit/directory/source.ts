import type { Attributes } from '../../../domain/identity.ts'
import { type AttributesDescription, AttributeTally, type FoundRecord } from '../../../domain/source-record.ts'
import type { Source } from '../../../ports/source.ts'
import { forEachOf } from '../waiting.ts'
import { examine } from './doctor.ts'
import type { DirectoryFacts, DirectoryReading, LookedUp } from './reading.ts'

/** More than one of a name is odd already; more than these are no answer. */
const mostFound = 10
/** So many people show which attributes there are. */
const lookedAt = 500
/** Keys that are looked up at once. */
const lookUpsAtOnce = 4

/** A source from what its connector brings. */
export function directorySource(reading: DirectoryReading, facts: DirectoryFacts): Source {
  const { membershipsComeWith = 'calls', changesSince } = facts
  return {
    membershipsComeWith,
    readFingerprint: facts.readFingerprint,
    defaultMapping: facts.defaultMapping,
    ...(facts.absentMeansEmpty === undefined ? {} : { absentMeansEmpty: facts.absentMeansEmpty }),
    ...(changesSince === undefined ? {} : { changesSince }),
    check: (signal) => examine(reading, facts, signal),
    users: (signal) => reading.people(signal),
    groups: (signal) => (facts.readsGroups ? reading.groups(signal) : nothing()),
    members: (group, signal) => reading.members(group, signal),
    overlooked: async (kind, keys, signal) => {
      const told = await forEachOf(keys, lookUpsAtOnce, (key) => reading.isTold(kind, key, signal))
      return keys.filter((_, at) => told[at])
    },
    find: async (login, signal) => {
      const found = await reading.lookUp(login, signal)
      return found.slice(0, mostFound).map((each) => recordOf(each, found.length))
    },
    describe: (signal) => describe(reading, signal),
    notices: () => reading.notices?.() ?? [],
    close: async () => reading.close(),
  }
}

async function* nothing(): AsyncGenerator<never> {}

function recordOf({ user, name, leftOut, notes = [] }: LookedUp, found: number): FoundRecord {
  return {
    ...(leftOut === undefined ? { key: user.key } : {}),
    name,
    attributes: valuesOf(user.attributes).map(([attribute, values]) => ({ name: attribute, values })),
    notes: [
      ...(found > 1 ? [`${found} people have this name; which one is meant cannot be told from it.`] : []),
      ...(user.active ? [] : ['Inactive there.']),
      ...(leftOut === undefined ? [] : [`Not read: ${leftOut}.`]),
      ...notes,
    ],
  }
}

function valuesOf(attributes: Attributes): (readonly [string, readonly string[]])[] {
  return Object.entries(attributes)
    .map(([name, value]) => [name, value === null ? [] : typeof value === 'string' ? [value] : value] as const)
    .filter(([, values]) => values.length > 0)
}

async function describe(reading: DirectoryReading, signal: AbortSignal): Promise<AttributesDescription> {
  const tally = new AttributeTally()
  let people = 0
  for await (const { items } of reading.people(signal)) {
    for (const { attributes } of items) tally.add(valuesOf(attributes))
    people += items.length
    if (people >= lookedAt) return tally.describe(false)
  }
  return tally.describe(true)
}
