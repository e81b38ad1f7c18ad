import { type RawBuilder, sql } from 'kysely'
import { foldKey } from '../../domain/identity.ts'
import type { StorageContext } from '../context.ts'
import { rowsOf } from '../database.ts'
import { anywhere, ints } from '../rows.ts'
import type { PlanPlace } from './plan-rows.ts'

/** Of one register: numbers of what is called so, or undefined where these are too many to be listed. */
type Numbers = readonly number[] | undefined

interface Found {
  readonly accounts: Numbers
  readonly groups: Numbers
  readonly people: Numbers
  readonly sourceGroups: Numbers
}

/** More than these are looked up change by change, which is then quick: one of the first changes is called so. */
const mostListed = 20_000
/**
 * The counts, the first page and the pages after it ask for the same text: the registers are searched once for all of them.
 * A text that was typed on is looked for in what its beginning found.
 */
const keptMs = 10_000
const mostKept = 20

interface Kept {
  readonly directory: number
  readonly wanted: string
  /** When the registers were searched. */
  readonly at: number
  readonly found: Promise<Found>
}

/**
 * The search for a text in the labels of changes. A change holds numbers of what has a name, and the registers of names are
 * much larger than what a text finds in them: they are searched first, and once.
 */
export function labelSearch({ database: { kysely }, now }: StorageContext) {
  let kept: readonly Kept[] = []

  /** `among` = what is known to hold everything that can be found. */
  const look = async (directory: number, pattern: string, among: Partial<Found> = {}): Promise<Found> => {
    const numbers = (register: keyof Found, table: string, column: string, within: RawBuilder<unknown> = sql`true`) => {
      const known = among[register]
      const where = known === undefined ? within : sql`no = any(${ints(known)})`
      return sql`(select array_agg(no) from (select no from ${sql.table(table)}
            where ${where} and ${sql.ref(column)} like ${pattern} limit ${mostListed + 1}) found)`
    }
    const inDirectory = sql`directory = ${directory}`
    const [row] = await rowsOf<Record<keyof Found, readonly number[] | null>>(
      kysely,
      sql`select ${numbers('accounts', 'directory_account', 'label_key', inDirectory)} as accounts,
            ${numbers('groups', 'directory_group', 'name_key', inDirectory)} as groups,
            ${numbers('people', 'source_record', 'label_key')} as people,
            ${numbers('sourceGroups', 'source_group', 'label_key')} as "sourceGroups"`,
    )
    const listed = (list: readonly number[] | null | undefined): Numbers =>
      (list?.length ?? 0) > mostListed ? undefined : (list ?? [])
    return {
      accounts: listed(row?.accounts),
      groups: listed(row?.groups),
      people: listed(row?.people),
      sourceGroups: listed(row?.sourceGroups),
    }
  }

  const find = (directory: number, wanted: string): Promise<Found> => {
    kept = kept.filter(({ at }) => now() - at < keptMs)
    const shorter = kept.filter((each) => each.directory === directory && wanted.includes(each.wanted))
    const [nearest] = shorter.toSorted((a, b) => b.wanted.length - a.wanted.length)
    if (nearest?.wanted === wanted) return nearest.found
    const pattern = anywhere(wanted)
    const found =
      nearest === undefined ? look(directory, pattern) : nearest.found.then((each) => look(directory, pattern, each))
    const entry = { directory, wanted, at: nearest?.at ?? now(), found }
    kept = [...kept, entry].slice(-mostKept)
    found.catch(() => {
      kept = kept.filter((each) => each !== entry)
    })
    return found
  }

  /** A condition on `c`: account, group, person or source group is called so; undefined for a text that asks for nothing. */
  return async (text: string | undefined, { directory }: PlanPlace): Promise<RawBuilder<unknown> | undefined> => {
    const wanted = foldKey(text ?? '')
    if (wanted === '') return undefined
    const pattern = anywhere(wanted)
    const { accounts, groups, people, sourceGroups } = await find(directory, wanted)
    const among = (column: string, numbers: Numbers, otherwise: RawBuilder<unknown>) =>
      numbers === undefined
        ? sql`${sql.ref(column)} in (${otherwise})`
        : sql`${sql.ref(column)} = any(${ints(numbers)})`
    return sql`(c.label_key like ${pattern}
      or ${among('c.account', accounts, sql`select no from directory_account where directory = ${directory} and label_key like ${pattern}`)}
      or ${among('c.grp', groups, sql`select no from directory_group where directory = ${directory} and name_key like ${pattern}`)}
      or ${among('c.person', people, sql`select no from source_record where label_key like ${pattern}`)}
      or ${among('c.source_group', sourceGroups, sql`select no from source_group where label_key like ${pattern}`)})`
  }
}
