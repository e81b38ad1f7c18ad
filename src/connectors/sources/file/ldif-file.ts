import { fail } from '../../../domain/errors.ts'
import { type AttributeValue, firstValue } from '../../../domain/identity.ts'
import { counted } from '../../kit/counted.ts'
import { leafOf, normalDn } from '../../kit/dn.ts'
import { Breath } from './breath.ts'
import { isCredential } from './columns.ts'
import type { FileConfig } from './config.ts'
import { type LdifLine, LdifReader, type LdifRecord } from './ldif.ts'
import { Spelling, textOf } from './ldif-values.ts'
import { PeopleReader, type PersonUses, tellUses } from './people.ts'
import type { RawMember } from './records.ts'
import type { Roster } from './roster.ts'
import { readText, type TextFile } from './text-file.ts'
import { emptyFile, quoted } from './wording.ts'

/** Reads an export of a directory into the roster. Throws `incomplete-read`, `config-invalid` and what `readText` throws. */
export async function readLdifFile(
  file: TextFile,
  config: FileConfig,
  roster: Roster,
  signal: AbortSignal,
): Promise<void> {
  const reader = new LdifReader(file.name, roster.faults, config.trailer)
  const directory = new LdifDirectory(file.name, config, roster)
  for await (const text of readText(file, signal)) for (const record of reader.read(text)) directory.take(record)
  for (const record of reader.end()) directory.take(record)
  judgeEnd(reader, directory.records, file.name, config, roster)
  await directory.end(new Breath(signal))
}

function judgeEnd(reader: LdifReader, records: number, file: string, config: FileConfig, roster: Roster): void {
  const { faults } = roster
  const where = `${file}:${Math.max(reader.lines, 1)}`
  if (records === 0 && !config.allowEmpty) {
    if (!faults.any) faults.add(`${file}:1`, ...emptyFile)
    return
  }
  const { begun, ended, counted } = reader.marks
  if (begun > ended) {
    faults.add(
      where,
      'the export began with a line of ldapsearch that is never followed by its last lines; it is cut off',
      'Export it again.',
    )
  }
  if (counted !== undefined && counted !== records) {
    faults.add(where, `the file says it holds ${counted} records, but ${records} were found`, 'Export it again.')
  }
  if (config.trailer !== undefined) {
    if (reader.trailerLine === undefined) {
      faults.add(where, `the file does not end with the closing line ${quoted(config.trailer)}, so it is cut off`)
    } else if (reader.trailerCount !== undefined && reader.trailerCount !== records) {
      faults.add(where, `the closing line says ${reader.trailerCount} records, but ${records} were found`)
    }
  } else if (reader.openEnd && records > 0) {
    if (config.openEnd) {
      roster.notices.add(
        `${where}: the file does not end with an empty line after its last record; whether the file is whole cannot be told.`,
      )
    } else {
      faults.add(
        where,
        'the file does not end with an empty line after its last record, so it may be cut off',
        'End the file with an empty line (exports of directories do), or set openEnd.',
      )
    }
  }
}

const groupClasses = new Set([
  'group',
  'groupofnames',
  'groupofuniquenames',
  'groupofentries',
  'posixgroup',
  'ipausergroup',
])
const personClasses = new Set([
  'person',
  'organizationalperson',
  'inetorgperson',
  'user',
  'posixaccount',
  'account',
  'residentialperson',
])
/** Machines are users to Active Directory, and contacts are people without a login. */
const otherClasses = new Set(['computer', 'contact', 'msds-groupmanagedserviceaccount', 'msds-managedserviceaccount'])

const memberAttributes = ['member', 'uniquemember', 'memberuid']
const memberOfAttributes = ['memberOf', 'isMemberOf', 'groupMembership']
const lastingIds = ['entryUUID', 'objectGUID', 'ipaUniqueID', 'nsUniqueId', 'GUID', 'orclGuid']
const activeAttributes = [
  'userAccountControl',
  'nsAccountLock',
  'loginDisabled',
  'pwdAccountLockedTime',
  'ds-pwp-account-disabled',
  'orclIsEnabled',
]

interface Draft {
  readonly attributes: Record<string, AttributeValue>
  readonly dn: string
  readonly where: string
  readonly members: RawMember[] | undefined
  readonly cut: string | undefined
}

class LdifDirectory {
  readonly #file: string
  readonly #config: FileConfig
  readonly #roster: Roster
  readonly #spelling = new Spelling()
  readonly #memberNames: ReadonlySet<string>
  readonly #people: Draft[] = []
  readonly #groups: Draft[] = []
  #classless = 0
  #others = 0
  records = 0

  constructor(file: string, config: FileConfig, roster: Roster) {
    this.#file = file
    this.#config = config
    this.#roster = roster
    this.#memberNames = new Set(
      config.membersColumn === undefined ? memberAttributes : [config.membersColumn.toLowerCase()],
    )
  }

  take(record: LdifRecord): void {
    this.records += 1
    const draft = this.#draft(record)
    const kind = this.#kindOf(draft)
    if (kind === 'person') this.#people.push(draft)
    else if (kind === 'group') this.#groups.push(draft)
    else this.#others += 1
  }

  async end(breath: Breath): Promise<void> {
    if (this.records === 0) return
    const { faults, notices, understood } = this.#roster
    if (this.#people.length === 0 && !this.#config.allowEmpty)
      faults.add(this.#file, 'no record is a person', emptyFile[1])
    if (this.#classless > 0) {
      notices.add(
        `${this.#file}: no objectClass in ${counted(this.#classless, 'record')}; the attributes decided whether they are people or groups.`,
      )
    }
    await this.#addPeople(breath)
    await this.#addGroups(breath)
    understood.push(
      `${this.#file}: ${counted(this.#people.length, 'person', 'people')}, ${counted(this.#groups.length, 'group')}, ${counted(this.#others, 'other record')} left out`,
    )
  }

  #draft(record: LdifRecord): Draft {
    const attributes: Record<string, AttributeValue> = { dn: record.dn }
    const where = `${this.#file}:${record.line}`
    let members: RawMember[] | undefined
    let cut: string | undefined
    for (const line of record.lines) {
      const [base = '', ...options] = line.name.split(';')
      const range = options.find((option) => option.toLowerCase().startsWith('range='))
      if (this.#memberNames.has(base.toLowerCase())) {
        members ??= []
        if (line.text !== '') members.push(memberOf(line, base))
        // Active Directory tells long lists in parts; only the part that ends in * is the last one.
        if (range !== undefined)
          cut = range.endsWith('*') ? undefined : `only the values ${range.slice(6)} were exported`
      } else if (base === '__proto__' || isCredential(base)) {
        this.#roster.notices.addOnce(
          `${this.#file}: the attribute ${quoted(base)} is not read; it looks like a credential.`,
        )
      } else this.#addValue(attributes, line, [base, ...options.filter((option) => option !== range)].join(';'))
    }
    return { attributes, dn: record.dn, where, members, cut }
  }

  #addValue(attributes: Record<string, AttributeValue>, line: LdifLine, written: string): void {
    const name = this.#spelling.of(written)
    const text = textOf(line)
    if (text === undefined) {
      this.#roster.notices.addOnce(`${this.#file}: ${quoted(name)} holds binary values, which are not read.`)
      return
    }
    const earlier = Object.hasOwn(attributes, name) ? attributes[name] : undefined
    if (text.trim() === '') attributes[name] = earlier ?? null
    else if (earlier === undefined || earlier === null) attributes[name] = text
    else if (typeof earlier === 'string') attributes[name] = [earlier, text]
    else (earlier as string[]).push(text)
  }

  #kindOf(draft: Draft): 'person' | 'group' | undefined {
    const classes = asList(draft.attributes.objectClass).map((each) => each.toLowerCase())
    if (classes.length === 0) {
      this.#classless += 1
      if (draft.members !== undefined) return 'group'
      const isPerson = ['mail', 'uid', 'sAMAccountName', 'userPrincipalName'].some(
        (name) => draft.attributes[name] !== undefined,
      )
      return isPerson ? 'person' : undefined
    }
    if (classes.some((each) => otherClasses.has(each))) return undefined
    if (classes.some((each) => groupClasses.has(each))) return 'group'
    return classes.some((each) => personClasses.has(each)) ? 'person' : undefined
  }

  async #addPeople(breath: Breath): Promise<void> {
    const id = this.#idOf(this.#people, this.#config.idColumn, 'idColumn', [...lastingIds, 'uid'])
    const { loginColumn, emailColumn, activeColumn } = this.#config
    const groupsName = this.#groupsAttribute()
    const reader = new PeopleReader(this.#roster, this.#config)
    const uses: PersonUses = {
      id,
      login: loginColumn ?? ['uid', 'sAMAccountName', 'userPrincipalName'].find((name) => this.#someHave(name)),
      email: emailColumn ?? 'mail',
      active: activeColumn ?? activeAttributes.find((name) => this.#someHave(this.#spelling.of(name))),
      groups: groupsName,
    }
    if (this.#people.length > 0) tellUses(this.#roster, this.#file, uses)
    if (id === 'dn' && this.#people.length > 0) this.#roster.weakIds.push('the distinguished name')
    for (const person of this.#people) {
      const groups = groupsName === undefined ? undefined : asList(person.attributes[groupsName])
      const active = this.#isActive(reader, person)
      const key = id === 'dn' ? normalDn(person.dn) : undefined
      reader.add(person.attributes, uses, person.where, groups, { key, active, dn: person.dn })
      if (breath.due()) await breath.take()
    }
  }

  #isActive(reader: PeopleReader, person: Draft): boolean {
    const { activeColumn } = this.#config
    const names = activeColumn === undefined ? activeAttributes : [activeColumn]
    return names
      .map((name) => this.#spelling.of(name))
      .filter((name) => firstValue(person.attributes[name]) !== undefined)
      .every((name) => reader.isActive(name, person.attributes[name], person.where))
  }

  /** Back links stand in for groups only where the export holds no groups. */
  #groupsAttribute(): string | undefined {
    const { groupsColumn } = this.#config
    if (groupsColumn !== undefined) return this.#spelling.of(groupsColumn)
    if (this.#groups.length > 0) return undefined
    return memberOfAttributes.find((name) => this.#someHave(name))
  }

  async #addGroups(breath: Breath): Promise<void> {
    this.#roster.groupsListed = this.#groups.length > 0
    this.#roster.absentMembersMeanNone = this.#groups.some((group) => group.members !== undefined)
    if (this.#groups.length === 0) return
    const id = this.#idOf(this.#groups, this.#config.groupIdColumn, 'groupIdColumn', lastingIds)
    const nameAttribute = this.#spelling.of(this.#config.groupNameColumn ?? 'cn')
    for (const group of this.#groups) {
      const key = id === 'dn' ? normalDn(group.dn) : firstValue(group.attributes[id])?.trim()
      if (key === undefined || key === '') {
        this.#roster.faults.add(group.where, `the group has no ${quoted(id)} although other groups have one`)
        continue
      }
      this.#roster.addGroup({
        key,
        name: firstValue(group.attributes[nameAttribute])?.trim() || (leafOf(group.dn) ?? group.dn),
        description: firstValue(group.attributes.description),
        where: group.where,
        dn: group.dn,
        members: group.members,
        cut: group.cut,
      })
      if (breath.due()) await breath.take()
    }
    this.#roster.understood.push(`${this.#file}: id of groups = ${quoted(id)}, name = ${quoted(nameAttribute)}`)
  }

  /** One attribute for all: a record that lacks it would otherwise change its identity. */
  #idOf(
    drafts: readonly Draft[],
    configured: string | undefined,
    setting: string,
    candidates: readonly string[],
  ): string {
    const has = (name: string) => drafts.some((draft) => firstValue(draft.attributes[name]) !== undefined)
    if (configured === undefined) return candidates.find(has) ?? 'dn'
    const name = configured.toLowerCase() === 'dn' ? 'dn' : this.#spelling.of(configured)
    if (drafts.length > 0 && !has(name)) {
      throw fail.configInvalid(
        `${this.#file}: no record has the attribute ${quoted(configured)}, which the setting ${setting} names.`,
      )
    }
    return name
  }

  #someHave(name: string): boolean {
    return this.#people.some((person) => person.attributes[name] !== undefined)
  }
}

/** Members of groupOfUniqueNames may carry a bit string after the name (RFC 4517 section 3.3.21). */
function memberOf(line: LdifLine, attribute: string): RawMember {
  const text = line.text.trim()
  if (attribute.toLowerCase() === 'uniquemember') return { text: text.replace(/#'[01]*'B$/, '') }
  return attribute.toLowerCase() === 'memberuid' ? { text, kind: 'user' } : { text }
}

function asList(value: AttributeValue | undefined): string[] {
  if (value === undefined || value === null) return []
  return typeof value === 'string' ? [value] : [...value]
}
