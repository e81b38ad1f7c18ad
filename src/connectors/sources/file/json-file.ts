import type { AttributeValue } from '../../../domain/identity.ts'
import { Breath } from './breath.ts'
import { findColumn, holdsPeopleOnly, isCredential, plainName } from './columns.ts'
import type { FileConfig } from './config.ts'
import { JsonNumber, type JsonValue } from './json.ts'
import { JsonDocument, type JsonPart } from './json-document.ts'
import { PeopleReader, type PersonUses, personUses, tellUses } from './people.ts'
import type { RawMember } from './records.ts'
import type { Roster } from './roster.ts'
import { readText, type TextFile } from './text-file.ts'
import { emptyFile, memberKind, quoted } from './wording.ts'

/**
 * Reads `{ "people": [...], "groups": [...], "memberships": [...], "count": ... }` (or a list of people) into the roster.
 * Throws `incomplete-read`, `config-invalid` and what `readText` throws.
 */
export async function readJsonFile(
  file: TextFile,
  config: FileConfig,
  roster: Roster,
  signal: AbortSignal,
): Promise<void> {
  const document = new JsonDocument(file.name, roster.faults)
  const directory = new JsonDirectory(file.name, config, roster)
  const breath = new Breath(signal)
  for await (const text of readText(file, signal)) {
    for (const part of document.read(text)) {
      directory.take(part)
      if (breath.due()) await breath.take()
    }
  }
  if (file.bytes === 0) {
    directory.endEmpty()
    return
  }
  document.end()
  directory.end(document.isList)
}

type JsonObject = ReadonlyMap<string, JsonValue>

class JsonDirectory {
  readonly #file: string
  readonly #config: FileConfig
  readonly #roster: Roster
  readonly #people: PeopleReader
  readonly #lists = new Map<'people' | 'groups' | 'memberships', string>()
  /** Which key is what, by the keys a record has; exports repeat a few shapes. */
  readonly #shapes = new Map<string, PersonUses>()
  #firstUses: PersonUses | undefined
  #groupId: string | undefined
  #memberships = 0
  #peopleSayGroups = false
  #count: { readonly value: JsonValue; readonly line: number } | undefined

  constructor(file: string, config: FileConfig, roster: Roster) {
    this.#file = file
    this.#config = config
    this.#roster = roster
    this.#people = new PeopleReader(roster, config)
  }

  take(part: JsonPart): void {
    const where = `${this.#file}:${part.line}`
    const list = listOf(part.key)
    if (part.kind === 'list') this.#beginList(list, part.key, where)
    else if (part.kind === 'element') this.#takeElement(list, part.value, where)
    else if (list !== undefined) {
      this.#roster.faults.add(where, `${quoted(part.key)} is not a list`, 'Write a list in square brackets.')
    } else if (plainName(part.key) === 'count') this.#count = part
    else this.#roster.notices.addOnce(`${where}: the key ${quoted(part.key)} is not known and was left out.`)
  }

  endEmpty(): void {
    if (!this.#config.allowEmpty) this.#roster.faults.add(`${this.#file}:1`, ...emptyFile)
  }

  end(isList: boolean): void {
    const { faults } = this.#roster
    this.#people.end(this.#file)
    if (!this.#lists.has('people')) {
      faults.add(this.#file, 'there is no list of people', 'Write `"people": [...]`.')
    } else if (this.#roster.people === 0 && !this.#config.allowEmpty && !faults.any) {
      faults.add(`${this.#file}:1`, ...emptyFile)
    }
    if (!isList && !this.#lists.has('groups') && !this.#lists.has('memberships') && !this.#peopleSayGroups) {
      this.#roster.groupsUntold = `${this.#file} says nothing about groups; a missing list is not an empty one.`
    }
    if (this.#count !== undefined) this.#judgeCount(this.#count.value, `${this.#file}:${this.#count.line}`)
  }

  #beginList(list: 'people' | 'groups' | 'memberships' | undefined, key: string, where: string): void {
    if (list === undefined) {
      this.#roster.notices.addOnce(`${where}: the list ${quoted(key)} is not known and was left out.`)
      return
    }
    const earlier = this.#lists.get(list)
    if (earlier !== undefined) {
      this.#roster.faults.add(where, `${quoted(earlier)} and ${quoted(key)} are both lists of ${list}`, 'Keep one.')
    }
    this.#lists.set(list, key)
    if (list === 'groups') this.#roster.groupsListed = true
    if (list === 'memberships') this.#roster.membershipsListed = true
  }

  #takeElement(list: 'people' | 'groups' | 'memberships' | undefined, value: JsonValue, where: string): void {
    if (list === undefined) return
    if (!(value instanceof Map)) {
      this.#roster.faults.add(where, `this element of ${quoted(list)} is not an object`, 'Write an object in braces.')
    } else if (list === 'people') this.#takePerson(value, where)
    else if (list === 'groups') this.#takeGroup(value, where)
    else this.#takeMembership(value, where)
  }

  #takePerson(record: JsonObject, where: string): void {
    const attributes: Record<string, AttributeValue> = {}
    this.#flatten(record, '', attributes, where)
    const columns = Object.keys(attributes)
    const uses = this.#usesOf(columns, where)
    const groups = uses.groups === undefined ? undefined : this.#names(uses.groups, record, attributes, where)
    if (groups !== undefined) this.#peopleSayGroups = true
    this.#people.add(attributes, uses, where, groups)
  }

  #names(
    key: string,
    record: JsonObject,
    attributes: Record<string, AttributeValue>,
    where: string,
  ): string[] | undefined {
    const value = record.get(key)
    if (value === undefined) return undefined
    const names = this.#members(value, where).map((member) => member.text)
    attributes[key] = names.length === 0 ? null : names
    return names
  }

  /** The id is the same key for all people of a file; else a person without it would get another identity. */
  #usesOf(columns: readonly string[], where: string): PersonUses {
    const shape = columns.join('\n')
    const known = this.#shapes.get(shape)
    if (known !== undefined) return known
    let uses: PersonUses
    if (this.#firstUses === undefined) {
      uses = personUses(columns, this.#config, this.#file)
      this.#firstUses = uses
      tellUses(this.#roster, this.#file, uses)
    } else {
      // A key that this record lacks is unknown for this person, not a fault of the settings.
      const { idColumn, loginColumn, emailColumn, activeColumn, groupsColumn } = this.#config
      const better = idColumn === undefined ? findColumn(columns, 'id') : undefined
      if (better !== undefined && better !== this.#firstUses.id) {
        this.#roster.faults.add(
          where,
          `this person would be recognised by ${quoted(better)}, the first one by ${quoted(this.#firstUses.id)}`,
          'Set idColumn to a key that all people have.',
        )
      }
      uses = {
        id: this.#firstUses.id,
        login: findColumn(columns, 'login', loginColumn),
        email: findColumn(columns, 'email', emailColumn),
        active: findColumn(columns, 'active', activeColumn),
        groups: findColumn(columns, 'groups', groupsColumn),
      }
    }
    if (this.#shapes.size < 1000) this.#shapes.set(shape, uses)
    return uses
  }

  #takeGroup(record: JsonObject, where: string): void {
    const keys = [...record.keys()]
    const { faults } = this.#roster
    const nameKey = findColumn(keys, 'groupName', this.#config.groupNameColumn)
    this.#groupId ??= findColumn(keys, 'groupId', this.#config.groupIdColumn) ?? nameKey
    const key = this.#groupId === undefined ? undefined : scalar(record.get(this.#groupId))?.trim()
    if (this.#groupId === undefined || key === undefined || key === '') {
      const what = this.#groupId ?? this.#config.groupIdColumn ?? 'id'
      faults.add(where, `the group has no ${quoted(what)}`, 'Every group needs an id or a name.')
      return
    }
    const membersKey = findColumn(keys, 'members', this.#config.membersColumn)
    const descriptionKey = findColumn(keys, 'groupDescription')
    const members = membersKey === undefined ? undefined : record.get(membersKey)
    const usual = membersKey !== undefined && holdsPeopleOnly(membersKey) ? 'user' : undefined
    this.#roster.addGroup({
      key,
      name: (nameKey === undefined ? undefined : scalar(record.get(nameKey))?.trim()) || key,
      description: descriptionKey === undefined ? undefined : scalar(record.get(descriptionKey))?.trim() || undefined,
      where,
      members: members === undefined ? undefined : this.#members(members, where, usual),
    })
  }

  #takeMembership(record: JsonObject, where: string): void {
    this.#memberships += 1
    const keys = [...record.keys()]
    const groupKey = findColumn(keys, 'membershipGroup', this.#config.membershipGroupColumn)
    const rest = keys.filter((key) => key !== groupKey)
    const memberKey = findColumn(rest, 'membershipMember', this.#config.membershipMemberColumn)
    const kindKey = findColumn(rest, 'membershipKind', this.#config.membershipKindColumn)
    const group = groupKey === undefined ? undefined : scalar(record.get(groupKey))?.trim()
    const text = memberKey === undefined ? undefined : scalar(record.get(memberKey))?.trim()
    if (!group || !text) {
      const missing = group ? 'member' : 'group'
      this.#roster.faults.add(where, `the membership has no ${missing}`, 'Complete it or remove it.')
      return
    }
    const told = memberKind(
      (kindKey === undefined ? undefined : scalar(record.get(kindKey))) ?? '',
      this.#roster.faults,
      where,
    )
    const kind = told ?? (memberKey !== undefined && holdsPeopleOnly(memberKey) ? 'user' : undefined)
    this.#roster.addMembership(group, { text, kind }, where)
  }

  /** Members as texts or objects: `{ "value": "4711", "type": "User" }`, `{ "group": "42" }`; null is an empty list. */
  #members(value: JsonValue, where: string, usual?: RawMember['kind']): RawMember[] {
    if (value === null) return []
    const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
    const members: RawMember[] = []
    for (const each of list) {
      const object = each instanceof Map ? (each as JsonObject) : undefined
      // `{ "user": "4711" }` or `{ "group": "42" }`: the key says the kind.
      const group = object === undefined ? undefined : firstScalar(object, ['group'])
      const user = object === undefined ? undefined : firstScalar(object, ['user', 'person'])
      const text =
        object === undefined
          ? scalar(each)
          : (group ?? user ?? firstScalar(object, ['id', 'key', 'value', 'userName', 'login', 'email', 'name']))
      if (text === undefined || text.trim() === '') {
        this.#roster.faults.add(
          where,
          'a member is neither a name nor an object with an id',
          'Write names, objects with `id`, or `{ "user": … }` and `{ "group": … }`.',
        )
        continue
      }
      if (group !== undefined || user !== undefined) {
        members.push({ text: text.trim(), kind: group === undefined ? 'user' : 'group' })
        continue
      }
      const told = object === undefined ? '' : (firstScalar(object, ['kind', 'type']) ?? '')
      members.push({ text: text.trim(), kind: memberKind(told, this.#roster.faults, where) ?? usual })
    }
    return members
  }

  #flatten(record: JsonObject, prefix: string, attributes: Record<string, AttributeValue>, where: string): void {
    for (const [key, value] of record) {
      const name = prefix + key
      if (isCredential(key)) {
        this.#roster.notices.addOnce(`${this.#file}: the key ${quoted(name)} is not read; it looks like a credential.`)
      } else if (name === '__proto__') this.#roster.faults.add(where, '"__proto__" cannot be the name of an attribute')
      else if (value instanceof Map) this.#flatten(value, `${name}.`, attributes, where)
      else attributes[name] = this.#attribute(name, value)
    }
  }

  #attribute(name: string, value: JsonValue): AttributeValue {
    if (!Array.isArray(value)) {
      const text = scalar(value)
      return text === undefined || text.trim() === '' ? null : text
    }
    const texts: string[] = []
    for (const each of value as readonly JsonValue[]) {
      const object = each instanceof Map ? (each as JsonObject) : undefined
      const text = object === undefined ? scalar(each) : firstScalar(object, ['value', 'id', 'name'])
      if (text === undefined) {
        if (each !== null)
          this.#roster.notices.addOnce(
            `${this.#file}: parts of ${quoted(name)} are neither texts nor have a value; they are not read.`,
          )
      } else if (text.trim() !== '') {
        // The primary one of several (SCIM) is the one a mapping shall find first.
        if (object?.get('primary') === true) texts.unshift(text)
        else texts.push(text)
      }
    }
    return texts.length === 0 ? null : texts
  }

  #judgeCount(value: JsonValue, where: string): void {
    const found = { people: this.#roster.people, groups: this.#roster.groups, memberships: this.#memberships }
    const told: readonly (readonly [string, JsonValue])[] = value instanceof Map ? [...value] : [['people', value]]
    for (const [key, count] of told) {
      const list = listOf(key)
      if (list === undefined || !(count instanceof JsonNumber)) {
        this.#roster.faults.add(where, '`count` is neither a number of people nor numbers by list')
      } else if (Number(count.text) !== found[list]) {
        this.#roster.faults.add(
          where,
          `\`count\` says ${count.text} ${list}, but ${found[list]} were found`,
          'Records are missing or too many: export the file again.',
        )
      }
    }
  }
}

function listOf(key: string): 'people' | 'groups' | 'memberships' | undefined {
  switch (plainName(key)) {
    case '':
    case 'people':
    case 'persons':
    case 'users':
      return 'people'
    case 'groups':
      return 'groups'
    case 'memberships':
      return 'memberships'
    default:
      return undefined
  }
}

function scalar(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return value instanceof JsonNumber ? value.text : undefined
}

function firstScalar(object: JsonObject, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = scalar(object.get(key))
    if (text !== undefined) return text
  }
  return undefined
}
