import { asProvisioningError, fail, type ProvisioningError } from '../../../domain/errors.ts'
import { isWithin, normalDn } from '../../kit/dn.ts'
import type { Filter } from './filter.ts'
import { type Connected, refuseWhenStopped, type Session } from './session.ts'
import { endpointName, searchError } from './vendor-errors.ts'
import { Lost, Refused, type SearchRequest } from './wire/connection.ts'
import type { Entry } from './wire/entry.ts'

export interface Listing {
  /** In words: `people`. */
  readonly what: string
  readonly base: string
  readonly scope: 'subtree' | 'one-level'
  readonly filter: Filter
  readonly attributes: readonly string[]
  readonly pageSize: number
  readonly controls?: SearchRequest['controls']
}

/** How often a listing is begun again from its start: the connection broke, or the server forgot where we were. */
const mostRestarts = 3
/** A page without entries is no end: the entries may have been deleted meanwhile. Without an end it would go on for ever. */
const mostEmptyPages = 10_000
const smallestPage = 10

/** protocolError, unavailableCriticalExtension, unwillingToPerform: the place in the listing is not known any more. */
const cookieRefusals: readonly number[] = [2, 12, 53]
const adminLimitExceeded = 11
const unavailableCriticalExtension = 12
const busyCodes: readonly number[] = [51, 52]

/**
 * Every entry of a subtree, in pages. It ends only when the server says so: by an empty cookie where it gives pages
 * (RFC 2696), by success where it gives everything at once. Anything else is thrown. After a lost connection or a refused
 * cookie the listing begins anew, so an entry may be told twice; whoever takes them knows them by their id.
 */
export async function* list(session: Session, listing: Listing, signal: AbortSignal): AsyncGenerator<readonly Entry[]> {
  const how = { pageSize: listing.pageSize, isPaged: true }
  let restarts = 0
  let delivered = 0
  for (;;) {
    const connected = await session.connected(signal)
    how.isPaged &&= connected.root.knowsPages !== false
    const pass: Pass = { connected, ...how, pages: 0, references: new Set() }
    try {
      for await (const entries of onePass(session, pass, listing, signal)) {
        delivered += entries.length
        yield entries
      }
      refuseMissingParts(session, pass, listing)
      return
    } catch (thrown) {
      refuseWhenStopped(signal)
      const code = thrown instanceof Refused ? thrown.outcome.code : undefined
      if (pass.pages === 0 && code === adminLimitExceeded && how.pageSize > smallestPage) {
        how.pageSize = Math.max(smallestPage, Math.floor(how.pageSize / 2))
      } else if (pass.pages === 0 && code === unavailableCriticalExtension && how.isPaged) {
        how.isPaged = false
      } else if (isPassing(thrown, pass.pages) && restarts < mostRestarts) {
        restarts += 1
        session.context.log('directory listing begun again', { what: listing.what, restarts })
        if (code === undefined || busyCodes.includes(code)) await session.drop()
      } else {
        throw asIncomplete(searchError(thrown, connected.connection.endpoint, listing.what, listing.base), delivered)
      }
    }
  }
}

/** One pass over a listing, on one connection. */
interface Pass {
  readonly connected: Connected
  readonly pageSize: number
  readonly isPaged: boolean
  pages: number
  /** Parts of the tree that are on other servers. */
  readonly references: Set<string>
}

/** Throws `Refused`, `Lost` or one of our errors. */
async function* onePass(
  session: Session,
  pass: Pass,
  listing: Listing,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  const { connection } = pass.connected
  const { base, scope, filter, attributes, what, controls } = listing
  const more = controls === undefined ? {} : { controls }
  const name = endpointName(connection.endpoint)
  let cookie = Buffer.alloc(0)
  let emptyPages = 0
  while (emptyPages < mostEmptyPages) {
    const page = pass.isPaged ? { page: { size: pass.pageSize, cookie } } : {}
    const answer = await connection.search({ base, scope, filter, attributes, ...more, ...page }, signal)
    pass.pages += 1
    session.countPage(what)
    for (const url of answer.references) pass.references.add(url)
    if (answer.entries.length > 0) yield answer.entries
    if (!pass.isPaged) return
    if (answer.cookie === undefined) {
      throw fail.incompleteRead(`${name} gave a page of ${what} without saying whether it is the last.`, {
        hint: 'The server, or something in between, does not keep to RFC 2696.',
      })
    }
    if (answer.cookie.length === 0) return
    emptyPages = answer.entries.length > 0 ? 0 : emptyPages + 1
    cookie = Buffer.from(answer.cookie)
  }
  throw fail.incompleteRead(`${name} gave ${emptyPages} empty pages of ${what} in a row and no end.`, {
    hint: 'Ask for the log of the directory at this time.',
  })
}

/** What another server keeps was not read; nobody of it may be taken for gone. Throws `incomplete-read`. */
function refuseMissingParts(session: Session, pass: Pass, { what, base }: Listing): void {
  if (pass.connected.layout.presetName === 'activedirectory' || session.config.referrals === 'ignore') return
  const parts = [...pass.references].filter((url) => isPartOf(url, base))
  const [first] = parts
  if (first === undefined) return
  const more = parts.length === 1 ? '' : ` and ${parts.length - 1} more`
  throw fail.incompleteRead(
    `A part of "${base}" is kept by another server and was not read for ${what}: ${first}${more}.`,
    {
      hint: 'Make that server a source of its own. Then set referrals: ignore here, or a base DN without that part.',
    },
  )
}

function isPassing(thrown: unknown, pages: number): boolean {
  if (thrown instanceof Lost) return true
  if (!(thrown instanceof Refused)) return false
  const { code } = thrown.outcome
  return busyCodes.includes(code) || (pages > 0 && cookieRefusals.includes(code))
}

/** What was told already stays told; only the rest is missing. */
export function asIncomplete(thrown: unknown, delivered: number): unknown {
  const error: ProvisioningError = asProvisioningError(thrown)
  if (delivered === 0 || error.code === 'bug' || error.code === 'cancelled') return thrown
  return fail.incompleteRead(error.message, { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) })
}

/** True when a reference (an LDAP URL, RFC 4516) leads to a part of this base. */
function isPartOf(url: string, base: string): boolean {
  const [, path = ''] = /^ldaps?:\/\/[^/?]*\/?([^?]*)/i.exec(url) ?? []
  const dn = normalDn(decoded(path))
  return dn === '' || isWithin(dn, normalDn(base))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
