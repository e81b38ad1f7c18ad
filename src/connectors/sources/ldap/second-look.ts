import { guidBytes } from './binary-ids.ts'
import { allOf, anyOf, equals, type Filter } from './filter.ts'
import { idOf } from './ids.ts'
import { refuseWhenStopped, type Session } from './session.ts'
import { searchError } from './vendor-errors.ts'
import { Lost, type SearchRequest } from './wire/connection.ts'
import type { Entry } from './wire/entry.ts'

/** Keys in one question; servers limit the size of a filter. */
const keysAtOnce = 50

/** Of these keys, those of entries that are there now and belong to what is read: same bases, same filter. */
export async function lookAgain(
  session: Session,
  kind: 'user' | 'group',
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { layout } = await session.connected(signal)
  const [id, filter, bases] =
    kind === 'user'
      ? [layout.id, layout.userFilter, layout.userBases]
      : [layout.groupId, layout.groupFilter, layout.groupBases]
  const found: string[] = []
  for (let start = 0; start < keys.length; start += keysAtOnce) {
    const wanted = keys.slice(start, start + keysAtOnce).flatMap((key) => idFilter(id, key) ?? [])
    if (wanted.length === 0) continue
    for (const base of bases) {
      const request = { base, scope: layout.scope, filter: allOf(filter, anyOf(...wanted)), attributes: [id] }
      const entries = await ask(session, request, signal)
      found.push(...entries.flatMap((entry) => idOf(entry, id) ?? []))
    }
  }
  return found
}

/** Once more when the connection was lost: it may have been idle while the target was read. */
async function ask(session: Session, request: SearchRequest, signal: AbortSignal): Promise<readonly Entry[]> {
  for (let attempt = 1; ; attempt++) {
    const { connection } = await session.connected(signal)
    try {
      return (await connection.search(request, signal)).entries
    } catch (thrown) {
      refuseWhenStopped(signal)
      if (!(thrown instanceof Lost) || attempt > 1) {
        throw searchError(thrown, connection.endpoint, 'those who are missing', request.base)
      }
      await session.drop()
    }
  }
}

/** A key as the directory keeps it; undefined where a key cannot be turned back into bytes. */
function idFilter(id: string, key: string): Filter | undefined {
  switch (id.toLowerCase()) {
    case 'objectguid':
    case 'ms-ds-consistencyguid': {
      const bytes = guidBytes(key)
      return bytes === undefined ? undefined : equals(id, bytes)
    }
    case 'guid':
      return /^([0-9a-f]{2})+$/i.test(key) ? equals(id, Buffer.from(key, 'hex')) : undefined
    default:
      // Active Directory takes the text form of an objectSid, too.
      return equals(id, key)
  }
}
