import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompanyDirectory } from './directory.ts'

/** Writes the directory as one JSON file. */
export async function writeJson(directory: CompanyDirectory, file: string): Promise<void> {
  await writeFile(file, `${JSON.stringify(directory, undefined, 1)}\n`)
}

/** Writes `people.csv`, `groups.csv` and `memberships.csv` (RFC 4180, UTF-8, a header line) into a folder. */
export async function writeCsv(directory: CompanyDirectory, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const people = directory.people.map((person) => [
    person.id,
    person.login,
    person.mail,
    person.givenName,
    person.surname,
    person.displayName,
    person.department,
    person.title,
    person.manager ?? '',
    String(person.active),
  ])
  const peopleHead = 'id,login,mail,givenName,surname,displayName,department,title,manager,active'.split(',')
  const groups = directory.groups.map(({ id, name, description }) => [id, name, description])
  const memberships = directory.groups.flatMap((group) =>
    group.members.map((member) =>
      'user' in member ? [group.id, 'user', member.user] : [group.id, 'group', member.group],
    ),
  )
  await writeFile(join(folder, 'people.csv'), csv([peopleHead, ...people]))
  await writeFile(join(folder, 'groups.csv'), csv([['id', 'name', 'description'], ...groups]))
  await writeFile(join(folder, 'memberships.csv'), csv([['group', 'kind', 'member'], ...memberships]))
}

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
