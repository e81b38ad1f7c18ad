import { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import { isoTime } from '../../../platform/clock.ts'
import type { ChangesPage } from '../../../ports/source.ts'
import type { ToldResource } from '../../../scim/client/resource.ts'
import { textOf } from '../../../scim/flat.ts'
import { isObject, ownIgnoringCase } from '../../../scim/json.ts'
import { all } from '../../kit/paging.ts'
import { FilterRefused, type Kind } from '../../kit/scim/server.ts'
import { walk } from '../../kit/scim/walk.ts'
import type { Reading } from './reading.ts'

/** So far back each look goes again: clocks differ, and what was being written at the last look was not there yet. */
const overlapMs = 5 * 60_000
/** What was told within the overlap is remembered up to here; beyond, it is told twice rather than never. */
const mostRemembered = 1_000

const cursorSchema = z.strictObject({
  at: z.number(),
  /** `Users/<id>` to the time of the change that was told. */
  told: z.record(z.string(), z.string()),
})
type Cursor = z.output<typeof cursorSchema>

/**
 * What changed since a cursor by `meta.lastModified` (RFC 7643 section 3.1). Whoever was deleted, or changed so that the
 * filters of the settings leave them out, is not told: absence is proven by full reads alone. Throws `config-invalid` where
 * the server has no such filter or passes over it.
 */
export async function* changesSince(
  reading: Reading,
  text: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ChangesPage> {
  const { filter } = await reading.server.abilities(signal)
  if (filter === false) throw cannotTell('says that it has no filters')
  const at = reading.server.clock.now()
  const before = text === undefined ? undefined : parsed(text)
  if (before === undefined) {
    const isRestart = text === undefined ? {} : ({ isRestart: true } as const)
    yield { users: [], groups: [], ...isRestart, next: JSON.stringify({ at, told: {} } satisfies Cursor) }
    return
  }
  const since = before.at - overlapMs
  const found = new Map<string, string>()
  for (const kind of reading.config.groups ? (['Users', 'Groups'] as const) : (['Users'] as const)) {
    for (const [id, changed] of await changedIn(reading, kind, since, signal)) found.set(`${kind}/${id}`, changed)
  }
  const fresh = [...found].flatMap(([name, changed]) => (before.told[name] === changed ? [] : [name]))
  const keysOf = (kind: Kind) =>
    fresh.flatMap((name) => (name.startsWith(`${kind}/`) ? [name.slice(kind.length + 1)] : []))
  const told = found.size > mostRemembered ? {} : Object.fromEntries(found)
  yield { users: keysOf('Users'), groups: keysOf('Groups'), next: JSON.stringify({ at, told } satisfies Cursor) }
}

/** When each resource of a kind that changed after that instant changed, by id. */
async function changedIn(
  { server, config }: Reading,
  kind: Kind,
  since: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const own = kind === 'Users' ? config.userFilter : config.groupFilter
  const recent = `meta.lastModified gt "${isoTime(since)}"`
  const filter = own === undefined ? recent : `(${own}) and ${recent}`
  const request = { filter, count: config.pageSize, attributes: 'id,meta' }
  try {
    const found = await all(
      `${kind} that changed`,
      ({ id }) => id,
      () => walk((position) => server.list(kind, { ...position, ...request }, signal), false),
    )
    return new Map(
      found.map((resource) => {
        const changed = lastModified(resource)
        const instant = changed === undefined ? Number.NaN : Date.parse(changed)
        // One that is older, or tells no time, is there because the filter was passed over.
        if (changed === undefined || !(instant > since)) throw new FilterRefused('the filter is passed over')
        return [resource.id, changed]
      }),
    )
  } catch (thrown) {
    if (thrown instanceof FilterRefused) throw cannotTell(`does not filter ${kind} by meta.lastModified`)
    throw thrown
  }
}

function lastModified({ document }: ToldResource): string | undefined {
  const meta = ownIgnoringCase(document, 'meta')
  return isObject(meta) ? textOf(ownIgnoringCase(meta, 'lastModified')) : undefined
}

function parsed(text: string): Cursor | undefined {
  try {
    return cursorSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function cannotTell(why: string) {
  return fail.configInvalid(`The SCIM server ${why}, so it cannot be asked what changed.`, {
    hint: 'Set incremental: off for this source.',
  })
}
