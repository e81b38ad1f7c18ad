import { fail } from '../../../domain/errors.ts'
import type { Attributes, AttributeValue, MemberRef, SourceUser } from '../../../domain/identity.ts'
import { counted } from '../../kit/counted.ts'
import { activityOf } from './activity.ts'
import { sidParts, sidText } from './binary-ids.ts'
import { idOf } from './ids.ts'
import { list } from './listing.ts'
import { LoginIndex, MemberIndex } from './member-index.ts'
import { wholeValues } from './ranged-values.ts'
import { rangeOf } from './ranges.ts'
import { isSecretAttribute } from './secret-attributes.ts'
import type { Session } from './session.ts'
import { type Layout, namedOnce } from './settings.ts'
import type { Entry, Value } from './wire/entry.ts'

/** What the reading of groups needs to know of people. */
export class PeopleIndex {
  readonly byDn = new MemberIndex()
  readonly byLogin = new LoginIndex()
  readonly keys = new Set<string>()
  /** Members of primary groups, by the objectSid of the group. */
  readonly byPrimaryGroup = new Map<string, MemberRef[]>()
}

/**
 * Every person in pages, into the index as well. Ends only when all are told; throws `incomplete-read` when somebody
 * could not be told with certainty, `forbidden` when the reader lacks a right for all of them. `bare` only fills the
 * index.
 */
export async function* readPeople(
  session: Session,
  index: PeopleIndex,
  signal: AbortSignal,
  bare = false,
): AsyncGenerator<SourceUser[]> {
  const { layout } = await session.connected(signal)
  const reader = new PeopleReader(session, layout, index, bare)
  for (const base of layout.userBases) {
    const { userFilter: filter, scope } = layout
    const { pageSize } = session.config
    const listing = { what: 'people', base, scope, filter, attributes: reader.asked, pageSize }
    for await (const entries of list(session, listing, signal)) {
      const users = await reader.take(entries, signal)
      if (users.length > 0) yield users
    }
  }
  reader.prove()
}

class PeopleReader {
  readonly asked: readonly string[]
  readonly #session: Session
  readonly #layout: Layout
  readonly #index: PeopleIndex
  readonly #bare: boolean
  readonly #isActive: (entry: Entry) => boolean
  /** Attributes that are delivered, by lower-case name, in the spelling they were asked for. */
  readonly #wanted: ReadonlyMap<string, string>
  readonly #dnOf = new Map<string, string>()
  #seen = 0
  readonly #lacking = new Map<string, { count: number; example: string }>()
  #twice: string | undefined

  constructor(session: Session, layout: Layout, index: PeopleIndex, bare: boolean) {
    this.#session = session
    this.#layout = layout
    this.#index = index
    this.#bare = bare
    this.#isActive = activityOf(layout, session.context.now())
    const delivered = bare ? [] : layout.attributes.filter((name) => !isSecretAttribute(name))
    this.#wanted = new Map(delivered.map((name) => [name.toLowerCase(), name]))
    this.asked = namedOnce([
      layout.id,
      ...layout.logins,
      ...(layout.primaryGroup === 'none' ? [] : ['objectSid', 'primaryGroupID']),
      ...(bare
        ? []
        : [
            ...layout.everybodyHas,
            ...layout.inactive.map(({ attribute }) => attribute),
            ...(layout.locked === undefined ? [] : [layout.locked.attribute]),
            ...(layout.expires === undefined ? [] : [layout.expires.attribute]),
            ...delivered,
          ]),
    ])
  }

  /** People of one page who were not told before. */
  async take(entries: readonly Entry[], signal: AbortSignal): Promise<SourceUser[]> {
    const users: SourceUser[] = []
    for (const entry of entries) {
      const key = this.#keyOf(entry)
      if (key === undefined) continue
      this.#enter(key, entry)
      if (this.#bare) continue
      const attributes = await this.#attributesOf(entry, signal)
      users.push({ key, active: this.#isActive(entry), attributes })
    }
    return users
  }

  /** Throws when what was listed does not prove that it is everybody. */
  prove(): void {
    for (const [attribute, { count, example }] of this.#lacking) {
      if (count === this.#seen) {
        throw fail.forbidden(
          `The reading account may not see ${attribute} of anybody (${counted(count, 'person', 'people')} found), or this directory has no such attribute.`,
          {
            hint: `Let the account be given the right to read ${attribute}; if the directory does not have it, check preset and idAttribute.`,
          },
        )
      }
      throw fail.incompleteRead(
        `${attribute} of ${counted(count, 'person', 'people')} out of ${this.#seen} is not visible, e.g. of ${example}. They cannot be told apart from people who left.`,
        {
          hint: `Let the reading account be given the right to read ${attribute}, or leave these entries out by userFilter.`,
        },
      )
    }
    if (this.#twice !== undefined)
      throw fail.incompleteRead(this.#twice, { hint: 'Give each person their own id, or choose another idAttribute.' })
    if (this.#dnOf.size > 0 || this.#session.config.allowEmpty || this.#bare) return
    const where = this.#layout.userBases.join(' and ')
    throw fail.incompleteRead(`The search found nobody at or below "${where}". An empty directory is not believed.`, {
      hint: 'Check base DN, filter and the rights of the reading account; set allowEmpty: true if there may really be nobody.',
    })
  }

  /** Undefined = it cannot be told, or was told before. */
  #keyOf(entry: Entry): string | undefined {
    const { id, idIsChosen, everybodyHas } = this.#layout
    const key = idOf(entry, id)
    const known = key === undefined ? undefined : this.#dnOf.get(key)
    if (known !== undefined) {
      // After a restart, or moved while we looked, an entry comes again. An id of one's own choice may really be double.
      if (idIsChosen && known !== entry.dn)
        this.#twice ??= `Two people have the same ${id} "${key}": ${known} and ${entry.dn}.`
      return undefined
    }
    this.#seen += 1
    const lacking =
      key === undefined
        ? [id]
        : this.#bare
          ? []
          : everybodyHas.filter((name) => entry.all(name.toLowerCase()).length === 0)
    for (const name of lacking) {
      const noted = this.#lacking.get(name)
      if (noted === undefined) this.#lacking.set(name, { count: 1, example: entry.dn })
      else noted.count += 1
    }
    return lacking.length > 0 ? undefined : key
  }

  #enter(key: string, entry: Entry): void {
    const { layout, index } = { layout: this.#layout, index: this.#index }
    const member: MemberRef = { kind: 'user', key }
    this.#dnOf.set(key, entry.dn)
    index.keys.add(key)
    index.byDn.add(entry.dn, member)
    if (layout.memberLogins.length > 0) {
      for (const name of layout.logins)
        for (const login of entry.texts(name.toLowerCase())) index.byLogin.add(login, member)
    }
    const sid = layout.primaryGroup === 'none' ? undefined : entry.first('objectsid')
    const rid = entry.text('primarygroupid')
    if (!Buffer.isBuffer(sid) || rid === undefined) return
    if (rid === domainUsers && layout.primaryGroup === 'except-domain-users') return
    const text = sidText(sid)
    if (text === undefined) return
    const group = `${sidParts(text).domain}-${rid}`
    const members = index.byPrimaryGroup.get(group)
    if (members === undefined) index.byPrimaryGroup.set(group, [member])
    else members.push(member)
  }

  async #attributesOf(entry: Entry, signal: AbortSignal): Promise<Attributes> {
    const attributes: Record<string, AttributeValue> = new AttributeRecord()
    attributes.dn = entry.dn
    for (const { lower, values } of entry.attributes()) {
      const name = this.#wanted.get(lower)
      if (name !== undefined) {
        const value = attributeValue(values)
        if (value !== undefined) attributes[name] = value
      } else if (lower.includes(';range=')) {
        await this.#ranged(entry, lower.slice(0, lower.indexOf(';')), attributes, signal)
      }
    }
    return attributes
  }

  async #ranged(
    entry: Entry,
    lower: string,
    attributes: Record<string, AttributeValue>,
    signal: AbortSignal,
  ): Promise<void> {
    const name = this.#wanted.get(lower)
    const first = rangeOf(entry, lower)
    if (name === undefined || first === undefined) return
    const { connection } = await this.#session.connected(signal)
    const ranged = {
      attribute: name,
      changeMarker: this.#layout.preset.changeMarker,
      what: `values of ${name} of ${entry.dn}`,
    }
    const value = attributeValue(await wholeValues(connection, entry, first, ranged, signal))
    if (value !== undefined) attributes[name] = value
  }
}

/** The relative id of "Domain Users". */
const domainUsers = '513'

/**
 * A record for names that come from a server: `__proto__` or `constructor` are names like any other, and a name that is
 * not there is not inherited from anywhere.
 */
const AttributeRecord = (() => {
  function Names() {}
  Names.prototype = Object.create(null)
  return Names as unknown as new () => Record<string, AttributeValue>
})()

/** Undefined = only bytes, which no rule can use. */
function attributeValue(values: readonly Value[]): AttributeValue | undefined {
  if (values.length === 0) return null
  const [first] = values
  if (values.length === 1) return typeof first === 'string' ? first : undefined
  const texts = values.filter((value): value is string => typeof value === 'string')
  return texts.length === 0 ? undefined : texts
}
