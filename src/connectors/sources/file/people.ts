import { fail } from '../../../domain/errors.ts'
import { type Attributes, type AttributeValue, firstValue } from '../../../domain/identity.ts'
import { counted } from '../../kit/counted.ts'
import { activeJudge, type Verdict } from './active.ts'
import { findColumn, plainName } from './columns.ts'
import type { FileConfig } from './config.ts'
import type { Roster } from './roster.ts'
import { quoted } from './wording.ts'

/** Which column of a person is what. */
export interface PersonUses {
  readonly id: string
  readonly login: string | undefined
  readonly email: string | undefined
  readonly active: string | undefined
  readonly groups: string | undefined
}

/** Columns whose words are often of the company's own; an unknown word there is told, not refused. */
const statusColumns = new Set(['status', 'userstatus', 'accountstatus', 'employmentstatus'])

/** The settings that name a column, for messages. */
type ColumnSetting = Extract<keyof FileConfig, `${string}Column`>

/** The configured column, which must be there, else a usual one. Throws `config-invalid`. */
export function columnFor(
  columns: readonly string[],
  use: Parameters<typeof findColumn>[1],
  setting: ColumnSetting,
  config: FileConfig,
  file: string,
): string | undefined {
  const configured = config[setting]
  const found = findColumn(columns, use, configured)
  if (configured !== undefined && found === undefined) {
    throw fail.configInvalid(`${file} has no column ${quoted(configured)}, which the setting ${setting} names.`, {
      hint: `Correct ${setting}, or the file. Found: ${columnList(columns)}.`,
    })
  }
  return found
}

export function columnList(columns: readonly string[]): string {
  const shown = columns.slice(0, 30).map(quoted).join(', ')
  return columns.length > 30 ? `${shown} and ${columns.length - 30} more` : shown
}

/** Judges the columns of people. Throws `config-invalid` when nobody could be recognised by any of them. */
export function personUses(columns: readonly string[], config: FileConfig, file: string): PersonUses {
  const login = columnFor(columns, 'login', 'loginColumn', config, file)
  const email = columnFor(columns, 'email', 'emailColumn', config, file)
  const id = columnFor(columns, 'id', 'idColumn', config, file) ?? login ?? email
  if (id === undefined) {
    throw fail.configInvalid(`${file}: no column looks like the id, login or e-mail of a person.`, {
      hint: `Name it with idColumn. Found: ${columnList(columns)}.`,
    })
  }
  return {
    id,
    login,
    email,
    active: columnFor(columns, 'active', 'activeColumn', config, file),
    groups: columnFor(columns, 'groups', 'groupsColumn', config, file),
  }
}

/** Says for the doctor how people are understood. */
export function tellUses(roster: Roster, file: string, uses: PersonUses): void {
  const told = [
    `id = ${quoted(uses.id)}`,
    uses.login === undefined ? 'no login' : `login = ${quoted(uses.login)}`,
    uses.email === undefined ? 'no e-mail' : `e-mail = ${quoted(uses.email)}`,
    uses.active === undefined ? 'everybody is active (no such column)' : `active = ${quoted(uses.active)}`,
    uses.groups === undefined ? undefined : `groups = ${quoted(uses.groups)}`,
  ]
  roster.understood.push(`${file}: ${told.filter((each) => each !== undefined).join(', ')}`)
  if (uses.id === uses.login || uses.id === uses.email) roster.weakIds.push(quoted(uses.id))
}

/** Takes the people of one file into the roster. */
export class PeopleReader {
  readonly #roster: Roster
  readonly #config: FileConfig
  readonly #judges = new Map<string, (value: string) => Verdict>()
  #withoutVerdict = 0

  constructor(roster: Roster, config: FileConfig) {
    this.#roster = roster
    this.#config = config
  }

  /** `groups` undefined = the record does not say. */
  add(
    attributes: Attributes,
    uses: PersonUses,
    where: string,
    groups: readonly string[] | undefined,
    more: { readonly key?: string | undefined; readonly active?: boolean; readonly dn?: string } = {},
  ): void {
    const key = more.key ?? firstValue(attributes[uses.id])?.trim()
    if (key === undefined || key === '') {
      this.#roster.faults.add(where, `the person has no ${quoted(uses.id)}`, 'Every person needs an id.')
      return
    }
    const value = (column: string | undefined) =>
      column === undefined ? undefined : firstValue(attributes[column])?.trim()
    const active =
      more.active ?? (uses.active === undefined ? true : this.isActive(uses.active, attributes[uses.active], where))
    const record = { key, active, attributes, where, login: value(uses.login), email: value(uses.email), dn: more.dn }
    this.#roster.addPerson(record, groups)
  }

  /** Without a value a person is active: nobody leaves because a cell is empty. */
  isActive(column: string, value: AttributeValue | undefined, where: string): boolean {
    const text = firstValue(value)
    if (text === undefined) {
      this.#withoutVerdict += 1
      return true
    }
    let judge = this.#judges.get(column)
    if (judge === undefined) {
      judge = activeJudge(column, this.#config.inactiveValues)
      this.#judges.set(column, judge)
    }
    const verdict = judge(text)
    if (verdict !== 'unclear') return verdict === 'active'
    if (statusColumns.has(plainName(column))) {
      this.#roster.notices.addOnce(
        `${where}: the value ${quoted(text)} of ${quoted(column)} counts as active; if it means inactive, set inactiveValues.`,
      )
    } else {
      this.#roster.faults.add(
        where,
        `${quoted(text)} in ${quoted(column)} is neither a yes nor a no`,
        'List the values that mean inactive under inactiveValues, or choose another activeColumn.',
      )
    }
    return true
  }

  end(file: string): void {
    if (this.#withoutVerdict === 0) return
    this.#roster.notices.add(
      `${file}: the active column is empty for ${counted(this.#withoutVerdict, 'person', 'people')}, who count as active.`,
    )
  }
}
