import { fail } from '../../../domain/errors.ts'
import type { AttributeValue } from '../../../domain/identity.ts'
import { counted } from '../../kit/counted.ts'
import { holdsPeopleOnly, isCredential } from './columns.ts'
import type { FileConfig } from './config.ts'
import { CsvReader, type CsvRow } from './csv.ts'
import { columnFor, columnList, PeopleReader, personUses, tellUses } from './people.ts'
import type { RawMember } from './records.ts'
import type { Roster } from './roster.ts'
import { readText, type TextFile } from './text-file.ts'
import { emptyFile, memberKind, quoted } from './wording.ts'

export interface CsvFiles {
  readonly people: TextFile
  readonly groups: TextFile | undefined
  readonly memberships: TextFile | undefined
}

/** Reads the files of a CSV source into the roster. Throws `incomplete-read`, `config-invalid` and what `readText` throws. */
export async function readCsvFiles(
  files: CsvFiles,
  config: FileConfig,
  roster: Roster,
  signal: AbortSignal,
): Promise<void> {
  roster.groupsListed = files.groups !== undefined
  roster.membershipsListed = files.memberships !== undefined
  const people = new PeopleReader(roster, config)
  await readTable(files.people, config, roster, signal, (columns) => personRows(columns, files.people.name))
  people.end(files.people.name)
  if (files.groups !== undefined) {
    const { name } = files.groups
    await readTable(files.groups, config, roster, signal, (columns) => groupRows(columns, name, config, roster))
  }
  if (files.memberships !== undefined) {
    const { name } = files.memberships
    await readTable(files.memberships, config, roster, signal, (columns) =>
      membershipRows(columns, name, config, roster),
    )
  }

  function personRows(columns: readonly string[], file: string): TakeRow {
    const uses = personUses(columns, config, file)
    tellUses(roster, file, uses)
    const delivered = columns.filter((column) => !isCredential(column))
    for (const column of columns) {
      if (isCredential(column))
        roster.notices.add(`${file}: the column ${quoted(column)} is not read; it looks like a credential.`)
    }
    const places = delivered.map((column) => columns.indexOf(column))
    return (cells, where) => {
      const attributes: Record<string, AttributeValue> = {}
      let groups: string[] | undefined
      for (const [nth, column] of delivered.entries()) {
        const cell = cells[places[nth] ?? -1] ?? ''
        if (column === uses.groups) {
          groups = splitList(cell, config.listSeparator, roster, where)
          attributes[column] = groups.length === 0 ? null : groups
        } else attributes[column] = cell.trim() === '' ? null : cell
      }
      people.add(attributes, uses, where, groups)
    }
  }
}

type TakeRow = (cells: readonly string[], where: string) => void

function groupRows(columns: readonly string[], file: string, config: FileConfig, roster: Roster): TakeRow {
  const nameColumn = columnFor(columns, 'groupName', 'groupNameColumn', config, file)
  const idColumn = columnFor(columns, 'groupId', 'groupIdColumn', config, file) ?? nameColumn
  if (idColumn === undefined) {
    throw fail.configInvalid(`${file}: no column looks like the id or name of a group.`, {
      hint: `Name it with groupNameColumn. Found: ${columnList(columns)}.`,
    })
  }
  const membersColumn = columnFor(columns, 'members', 'membersColumn', config, file)
  const descriptionColumn = columns.find((column) => column.trim().toLowerCase() === 'description')
  const told = membersColumn === undefined ? '' : `, members = ${quoted(membersColumn)}`
  roster.understood.push(`${file}: id = ${quoted(idColumn)}, name = ${quoted(nameColumn ?? idColumn)}${told}`)
  const at = (column: string | undefined) => (column === undefined ? -1 : columns.indexOf(column))
  const kind = membersColumn !== undefined && holdsPeopleOnly(membersColumn) ? 'user' : undefined
  const [id, name, description, members] = [at(idColumn), at(nameColumn), at(descriptionColumn), at(membersColumn)]
  return (cells, where) => {
    const key = cells[id]?.trim() ?? ''
    if (key === '') {
      roster.faults.add(where, `the group has no ${quoted(idColumn)}`, 'Every group needs an id.')
      return
    }
    roster.addGroup({
      key,
      name: cells[name]?.trim() || key,
      description: cells[description]?.trim() || undefined,
      where,
      members:
        members < 0
          ? undefined
          : splitList(cells[members] ?? '', config.listSeparator, roster, where).map(
              (text): RawMember => ({ text, kind }),
            ),
    })
  }
}

function membershipRows(columns: readonly string[], file: string, config: FileConfig, roster: Roster): TakeRow {
  const groupColumn = columnFor(columns, 'membershipGroup', 'membershipGroupColumn', config, file)
  const rest = columns.filter((column) => column !== groupColumn)
  const memberColumn = columnFor(rest, 'membershipMember', 'membershipMemberColumn', config, file)
  const kindColumn = columnFor(rest, 'membershipKind', 'membershipKindColumn', config, file)
  if (groupColumn === undefined || memberColumn === undefined) {
    const missing = groupColumn === undefined ? 'group' : 'member'
    throw fail.configInvalid(`${file}: no column looks like the ${missing} of a membership.`, {
      hint: `Name it with ${missing === 'group' ? 'membershipGroupColumn' : 'membershipMemberColumn'}. Found: ${columnList(columns)}.`,
    })
  }
  const told = kindColumn === undefined ? '' : `, kind = ${quoted(kindColumn)}`
  roster.understood.push(`${file}: group = ${quoted(groupColumn)}, member = ${quoted(memberColumn)}${told}`)
  const [group, member] = [columns.indexOf(groupColumn), columns.indexOf(memberColumn)]
  const usual = holdsPeopleOnly(memberColumn) ? 'user' : undefined
  const kind = kindColumn === undefined ? -1 : columns.indexOf(kindColumn)
  return (cells, where) => {
    const groupText = cells[group]?.trim() ?? ''
    const text = cells[member]?.trim() ?? ''
    if (groupText === '' || text === '') {
      const missing = groupText === '' ? groupColumn : memberColumn
      roster.faults.add(where, `the membership has no ${quoted(missing)}`, 'Complete the row or remove it.')
      return
    }
    roster.addMembership(groupText, { text, kind: memberKind(cells[kind] ?? '', roster.faults, where) ?? usual }, where)
  }
}

/** The values of a list in one cell. A comma alone is not taken for a separator: names may hold one. */
function splitList(cell: string, separator: string | undefined, roster: Roster, where: string): string[] {
  const text = cell.trim()
  if (text === '') return []
  if (separator === undefined && !/[|;\r\n]/.test(text)) {
    if (text.includes(',') && !text.includes('=')) {
      roster.faults.add(where, `it is not clear whether ${quoted(text)} is one name or a list`, 'Set listSeparator.')
    }
    return [text]
  }
  const parts = separator === undefined ? text.split(/[|;\r\n]+/) : text.split(separator)
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

// --- rows ------------------------------------------------------------------------------------------------------------

async function readTable(
  file: TextFile,
  config: FileConfig,
  roster: Roster,
  signal: AbortSignal,
  begin: (columns: readonly string[]) => TakeRow,
): Promise<void> {
  const { faults } = roster
  const delimiter = config.delimiter === 'auto' ? undefined : config.delimiter === 'tab' ? '\t' : config.delimiter
  const reader = new CsvReader(file.name, faults, delimiter)
  const table = new Table(file.name, config, roster, begin)
  for await (const text of readText(file, signal)) for (const row of reader.read(text)) table.take(row)
  for (const row of reader.end()) table.take(row)
  table.end()
}

/** The rows of one file: names first, then records of equal length, then the closing line if one is agreed. */
class Table {
  readonly #file: string
  readonly #config: FileConfig
  readonly #roster: Roster
  readonly #begin: (columns: readonly string[]) => TakeRow
  #columns: readonly string[] | undefined
  #takeRow: TakeRow = () => undefined
  #records = 0
  #closed = false
  #line = 1

  constructor(file: string, config: FileConfig, roster: Roster, begin: (columns: readonly string[]) => TakeRow) {
    this.#file = file
    this.#config = config
    this.#roster = roster
    this.#begin = begin
  }

  take(row: CsvRow): void {
    const where = `${this.#file}:${row.line}`
    this.#line = row.line
    if (this.#closed) {
      this.#roster.faults.add(where, 'there is a row after the closing line', 'Write the closing line last.')
      return
    }
    if (this.#isTrailer(row)) {
      this.#close(row, where)
      return
    }
    if (row.open) this.#judgeOpenEnd(where)
    if (this.#columns === undefined) {
      this.#takeHeader(row.cells, where)
      return
    }
    if (row.cells.every((cell) => cell.trim() === '')) {
      this.#roster.notices.addOnce(`${this.#file}: rows without any value were left out.`)
      return
    }
    this.#records += 1
    const wanted = this.#columns.length
    if (row.cells.length !== wanted) {
      const cut = row.open && row.cells.length < wanted
      this.#roster.faults.add(
        where,
        `the row has ${counted(row.cells.length, 'cell')}, the first row has ${wanted}`,
        cut ? 'The file ends inside this row: export it again.' : 'Put cells that hold the delimiter in quotes.',
      )
    } else this.#takeRow(row.cells, where)
  }

  end(): void {
    const { faults } = this.#roster
    if (this.#config.trailer !== undefined && !this.#closed) {
      faults.add(
        `${this.#file}:${this.#line}`,
        `the file does not end with the closing line ${quoted(this.#config.trailer)}, so it is cut off`,
        'Export it again, or remove the setting trailer if the export does not write one.',
      )
    }
    if (this.#records === 0 && !this.#config.allowEmpty && !faults.any) faults.add(`${this.#file}:1`, ...emptyFile)
  }

  #takeHeader(cells: readonly string[], where: string): void {
    const columns = cells.map((cell) => cell.trim())
    const { faults } = this.#roster
    const seen = new Set<string>()
    let isClear = true
    for (const [nth, column] of columns.entries()) {
      isClear &&= column !== '' && column !== '__proto__' && !seen.has(column)
      if (column === '') faults.add(where, `column ${nth + 1} has no name`, 'Name every column.')
      else if (seen.has(column)) faults.add(where, `two columns are called ${quoted(column)}`, 'Rename one of them.')
      else if (column === '__proto__') faults.add(where, '"__proto__" cannot be the name of a column')
      seen.add(column)
    }
    this.#columns = columns
    // What a column means cannot be judged while their names are in doubt.
    if (!isClear) throw faults.error()
    this.#takeRow = this.#begin(columns)
  }

  #isTrailer(row: CsvRow): boolean {
    const { trailer } = this.#config
    const first = row.cells[0]?.trim() ?? ''
    return trailer !== undefined && (first === trailer || first.startsWith(`${trailer} `))
  }

  #close(row: CsvRow, where: string): void {
    this.#closed = true
    const rest = row.cells.join(' ').trim().slice(this.#config.trailer?.length).trim()
    if (rest === '') return
    if (!/^\d{1,12}$/.test(rest)) this.#roster.faults.add(where, 'the closing line holds more than a count')
    else if (Number(rest) !== this.#records) {
      this.#roster.faults.add(
        where,
        `the closing line says ${rest} records, but ${this.#records} were found`,
        'Records are missing or too many: export the file again.',
      )
    }
  }

  #judgeOpenEnd(where: string): void {
    if (this.#config.openEnd) {
      this.#roster.notices.addOnce(
        `${where}: the last line has no line break; whether the file is whole cannot be told.`,
      )
    } else this.#roster.faults.add(where, ...openEnd)
  }
}

const openEnd = [
  'the last line has no line break at its end, so the file may be cut off',
  'End the file with a line break, or set openEnd if the export never writes one.',
] as const
