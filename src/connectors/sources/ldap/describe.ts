import { type AttributesDescription, AttributeTally } from '../../../domain/source-record.ts'
import { list } from './listing.ts'
import { isSecretAttribute } from './secret-attributes.ts'
import type { Session } from './session.ts'
import { namedOnce } from './settings.ts'
import type { Entry } from './wire/entry.ts'

/** So many people show what there is; pictures of everybody need not travel for it. */
const lookedAt = 500
const pageSize = 100

/** Every attribute that people have, also those that are not read so far, from the first few hundred people. */
export async function describePeople(session: Session, signal: AbortSignal): Promise<AttributesDescription> {
  const { layout } = await session.connected(signal)
  const { scope, userFilter: filter } = layout
  const attributes = namedOnce(['*', layout.id, ...layout.everybodyHas, ...layout.attributes])
  const tally = new AttributeTally()
  let people = 0
  for (const base of layout.userBases) {
    for await (const entries of list(session, { what: 'people', base, scope, filter, attributes, pageSize }, signal)) {
      for (const entry of entries) tally.add(valuesOf(entry))
      people += entries.length
      if (people >= lookedAt) return tally.describe(false)
    }
  }
  return tally.describe(true)
}

function* valuesOf(entry: Entry): Generator<readonly [string, readonly (string | undefined)[]]> {
  for (const { spelled, lower, values } of entry.attributes()) {
    if (isSecretAttribute(lower)) continue
    yield [spelled, values.map((value) => (typeof value === 'string' ? value : undefined))]
  }
}
