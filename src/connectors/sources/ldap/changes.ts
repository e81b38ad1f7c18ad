import { Control } from 'ldapts'
import { z } from 'zod'
import { asProvisioningError, fail } from '../../../domain/errors.ts'
import type { ChangesPage } from '../../../ports/source.ts'
import { guidText } from './binary-ids.ts'
import { allOf, equals, everything, type Filter } from './filter.ts'
import { idOf } from './ids.ts'
import { list } from './listing.ts'
import { type Connected, refuseWhenStopped, type Session } from './session.ts'
import { Refused } from './wire/connection.ts'
import type { Entry } from './wire/entry.ts'

/** Where we are: change numbers count in one database of one domain controller (MS-ADTS 3.1.1.1.9). */
const cursorSchema = z.strictObject({
  server: z.string(),
  database: z.string(),
  change: z.string().regex(/^\d{1,20}$/),
})
type Cursor = z.output<typeof cursorSchema>

/**
 * What changed since a cursor in Active Directory, by uSNChanged. Change numbers are those of one server: another one, or
 * one that was restored, begins anew. Deleted entries are told where the reading account may see them.
 */
export async function* changesSince(
  session: Session,
  text: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ChangesPage> {
  const connected = await session.connected(signal)
  if (connected.layout.presetName !== 'activedirectory') {
    throw fail.configInvalid('Only Active Directory can be asked for changes by uSNChanged.', {
      hint: 'Set incremental: off for this source.',
    })
  }
  // Read before the search: what changes meanwhile is told twice rather than never.
  const now = await present(connected, signal)
  const before = text === undefined ? undefined : parsed(text)
  const next = JSON.stringify(now)
  if (text === undefined) {
    yield { users: [], groups: [], next }
    return
  }
  if (before === undefined || before.server !== now.server || before.database !== now.database) {
    yield { users: [], groups: [], isRestart: true, next }
    return
  }
  yield* changed(session, connected, before, signal)
  yield* deleted(session, connected, before, signal)
  yield { users: [], groups: [], next }
}

function parsed(text: string): Cursor | undefined {
  try {
    return cursorSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

async function present({ connection, root }: Connected, signal: AbortSignal): Promise<Cursor> {
  const fresh = await connection.search(
    { base: '', scope: 'entry', filter: everything, attributes: ['highestCommittedUSN'] },
    signal,
  )
  const change = fresh.entries[0]?.text('highestcommittedusn')
  if (change === undefined || root.serviceName === undefined) {
    throw fail.incompleteRead('The domain controller does not tell the number of its last change.', {
      hint: 'Set incremental: off for this source.',
    })
  }
  return { server: root.serviceName, database: await databaseOf({ connection, root }, signal), change }
}

/** invocationId: a new one after the database was restored, when numbers may be given a second time. */
async function databaseOf(
  { connection, root }: Pick<Connected, 'connection' | 'root'>,
  signal: AbortSignal,
): Promise<string> {
  try {
    const base = root.serviceName ?? ''
    const asked = { base, scope: 'entry', filter: everything, attributes: ['invocationId'] } as const
    const value = (await connection.search(asked, signal)).entries[0]?.first('invocationid')
    return Buffer.isBuffer(value) ? (guidText(value) ?? value.toString('hex')) : (value ?? 'unknown')
  } catch (thrown) {
    refuseWhenStopped(signal)
    if (thrown instanceof Refused) return 'unknown'
    throw thrown
  }
}

const isGroup: Filter = { kind: 'equal', attribute: 'objectClass', value: Buffer.from('group') }

function since({ change }: Cursor): Filter {
  const value = Buffer.from(String(BigInt(change) + 1n))
  return { kind: 'at-least', attribute: 'uSNChanged', value }
}

/** Everything below the bases, whether it matches a filter now or not: somebody may just have stopped to match it. */
async function* changed(
  session: Session,
  { layout }: Connected,
  before: Cursor,
  signal: AbortSignal,
): AsyncGenerator<ChangesPage> {
  const { scope } = layout
  const { pageSize } = session.config
  const people = {
    bases: layout.userBases,
    filter: allOf(since(before), { kind: 'not', part: isGroup }),
    id: layout.id,
  }
  const groups = { bases: layout.groupBases, filter: allOf(since(before), isGroup), id: layout.groupId }
  for (const [kind, { bases, filter, id }] of [
    ['users', people],
    ['groups', groups],
  ] as const) {
    for (const base of bases) {
      const listing = { what: 'changes', base, scope, filter, attributes: [id], pageSize }
      for await (const entries of list(session, listing, signal)) {
        const keys = entries.flatMap((entry) => idOf(entry, id) ?? [])
        yield { users: [], groups: [], [kind]: keys }
      }
    }
  }
}

/** LDAP_SERVER_SHOW_DELETED_OID (MS-ADTS 3.1.1.3.4.1.14). */
const showDeleted = '1.2.840.113556.1.4.417'

/** Tombstones; only administrators may see them unless they gave that right away, so that none is no news. */
async function* deleted(
  session: Session,
  { layout }: Connected,
  before: Cursor,
  signal: AbortSignal,
): AsyncGenerator<ChangesPage> {
  const domain = layout.userBases[0]?.replace(/^.*?(?=dc=)/i, '') ?? ''
  const listing = {
    what: 'deleted entries',
    base: `CN=Deleted Objects,${domain}`,
    scope: 'one-level',
    filter: allOf(equals('isDeleted', 'TRUE'), since(before)),
    attributes: [layout.id, 'objectClass'],
    pageSize: session.config.pageSize,
    controls: [new Control(showDeleted, { critical: true })],
  } as const
  try {
    for await (const entries of list(session, listing, signal)) {
      const { true: groups = [], false: users = [] } = Object.groupBy(entries, (entry) => String(isGroupEntry(entry)))
      const keysOf = (some: readonly Entry[]) => some.flatMap((entry) => idOf(entry, layout.id) ?? [])
      yield { users: keysOf(users), groups: keysOf(groups) }
    }
  } catch (thrown) {
    refuseWhenStopped(signal)
    if (asProvisioningError(thrown).code === 'bug') throw thrown
  }
}

function isGroupEntry(entry: Entry): boolean {
  return entry.texts('objectclass').some((each) => each.toLowerCase() === 'group')
}
