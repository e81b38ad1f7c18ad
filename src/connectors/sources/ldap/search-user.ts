import type { FoundRecord } from '../../../domain/source-record.ts'
import { isWithin, normalDn } from '../../kit/dn.ts'
import { activityOf } from './activity.ts'
import { guidBytes } from './binary-ids.ts'
import { allOf, anyOf, equals, type Filter, filterText } from './filter.ts'
import { idOf, readable } from './ids.ts'
import { isSecretAttribute } from './secret-attributes.ts'
import { type Connected, refuseWhenStopped, type Session } from './session.ts'
import { type Layout, namedOnce } from './settings.ts'
import { searchError } from './vendor-errors.ts'
import type { SearchRequest } from './wire/connection.ts'
import type { Entry } from './wire/entry.ts'

/** More than one is odd already; more than these are no answer. */
const most = 10
const longestValue = 400
const mostValues = 50

/**
 * Everybody with this login, e-mail address, id or distinguished name: first those whom a read tells, then others at and
 * below the base DN, with the reason why a read leaves them out.
 */
export async function searchUser(
  session: Session,
  login: string,
  signal: AbortSignal,
): Promise<readonly FoundRecord[]> {
  const connected = await session.connected(signal)
  const { layout } = connected
  const wanted = wantedFilter(layout, login)
  const attributes = namedOnce(['*', '+', layout.id, 'memberOf', ...layout.everybodyHas, ...layout.attributes])
  const ask = (base: string, scope: SearchRequest['scope'], filter: Filter) =>
    lookUp(connected, { base, scope, filter, attributes, most }, signal)
  const told = new Map<string, Entry>()
  for (const base of layout.userBases) {
    for (const entry of await ask(base, layout.scope, allOf(layout.userFilter, wanted))) told.set(entry.dn, entry)
  }
  const others = new Map<string, Entry>()
  for (const entry of await ask(session.config.baseDn, 'subtree', wanted)) {
    if (!told.has(entry.dn)) others.set(entry.dn, entry)
  }
  const isActive = activityOf(layout, session.context.now())
  const found = told.size
  return [
    ...[...told.values()].map((entry) =>
      recordOf(entry, idOf(entry, layout.id), tellingNotes(entry, layout, isActive, found)),
    ),
    ...[...others.values()].map((entry) => recordOf(entry, undefined, [whyLeftOut(entry, layout)])),
  ].slice(0, most)
}

/** The name may be typed as people know it: `ann`, `EXAMPLE\ann`, `ann@example.com`, an id or a whole name. */
function wantedFilter(layout: Layout, login: string): Filter {
  const bare = layout.presetName === 'activedirectory' ? login.replace(/^[^\\@=,]+\\/, '') : login
  const names = [...layout.logins, ...layout.emails].map((name) => equals(name, bare))
  const bytes = guidBytes(login)
  const ids =
    layout.id.toLowerCase() === 'objectguid'
      ? bytes === undefined
        ? []
        : [equals(layout.id, bytes)]
      : [equals(layout.id, login)]
  const dns = login.includes('=') ? ['entryDN', 'distinguishedName'].map((name) => equals(name, login)) : []
  return anyOf(...names, ...ids, ...dns)
}

async function lookUp(
  { connection }: Connected,
  request: SearchRequest,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  try {
    return (await connection.search(request, signal)).entries
  } catch (thrown) {
    refuseWhenStopped(signal)
    throw searchError(thrown, connection.endpoint, 'people', request.base)
  }
}

function tellingNotes(
  entry: Entry,
  layout: Layout,
  isActive: (entry: Entry) => boolean,
  found: number,
): readonly string[] {
  const missing = [layout.id, ...layout.everybodyHas].filter((name) => entry.all(name.toLowerCase()).length === 0)
  return [
    ...(found > 1 ? [`${found} people have this name; which one is meant cannot be told from it.`] : []),
    ...missing.map((name) => `The reading account may not see ${name} of this entry, so it cannot be read.`),
    ...(isActive(entry) ? [] : ['Inactive by the rule of this source.']),
  ]
}

function whyLeftOut(entry: Entry, layout: Layout): string {
  const dn = normalDn(entry.dn)
  const base = layout.userBases.find((each) => isWithin(dn, normalDn(each)))
  if (base === undefined)
    return `Not read: it lies outside ${layout.userBases.map((each) => `"${each}"`).join(' and ')}.`
  if (layout.scope === 'one-level')
    return `Not read: it does not match ${filterText(layout.userFilter)}, or lies deeper below "${base}".`
  return `Not read: it does not match the filter for people, ${filterText(layout.userFilter)}.`
}

function recordOf(entry: Entry, key: string | undefined, notes: readonly string[]): FoundRecord {
  const attributes = [...entry.attributes()]
    .filter(({ values }) => values.length > 0)
    .map(({ spelled, lower, values }) => ({
      name: spelled,
      values: isSecretAttribute(lower) ? ['(hidden)'] : shown(values.map((value) => readable(lower, value))),
    }))
  return { name: entry.dn, attributes, notes, ...(key === undefined ? {} : { key }) }
}

function shown(values: readonly string[]): readonly string[] {
  const cut = values
    .slice(0, mostValues)
    .map((value) => (value.length > longestValue ? `${value.slice(0, longestValue)}…` : value))
  return values.length > mostValues ? [...cut, `… and ${values.length - mostValues} more`] : cut
}
