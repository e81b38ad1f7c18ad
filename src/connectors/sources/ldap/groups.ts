import { asProvisioningError, fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup } from '../../../domain/identity.ts'
import { counted } from '../../kit/counted.ts'
import { sidText } from './binary-ids.ts'
import { everything } from './filter.ts'
import { idOf } from './ids.ts'
import { asIncomplete, list } from './listing.ts'
import { MemberIndex } from './member-index.ts'
import type { PeopleIndex } from './people.ts'
import { wholeValues } from './ranged-values.ts'
import { rangeOf } from './ranges.ts'
import { refuseWhenStopped, type Session } from './session.ts'
import { type Layout, namedOnce } from './settings.ts'
import { searchError } from './vendor-errors.ts'
import { type LdapConnection, Refused } from './wire/connection.ts'
import type { Entry, Value } from './wire/entry.ts'

/** Groups come with their members; many at once would be much to hold. */
const groupsPerPage = 100
/** Names of members beside known people that are asked for one by one. */
const mostLookedFor = 500

/** A group while members are missing that may be groups which come later. */
interface Draft {
  readonly key: string
  readonly name: string
  readonly description: string | undefined
  readonly members: MemberRef[]
  /** Names of members who are nobody that is known so far. */
  readonly unknown: string[]
}

/** What a reading of groups left behind beside the groups. */
export interface GroupsRead {
  readonly incomplete: Map<string, ProvisioningError>
}

/**
 * Every group with its direct members, in pages. Ends only when all groups are told; a group whose members are not
 * proven is told and stands in `incomplete`.
 */
export async function* readGroups(
  session: Session,
  people: PeopleIndex,
  { incomplete }: GroupsRead,
  signal: AbortSignal,
): AsyncGenerator<SourceGroup[]> {
  const { layout } = await session.connected(signal)
  const reader = new GroupReader(session, layout, people, incomplete)
  let renamed: ReadonlyMap<string, MemberRef> = new Map()
  let failure: unknown
  try {
    for (const base of layout.groupBases) {
      const { groupFilter: filter, scope } = layout
      const pageSize = Math.min(session.config.pageSize, groupsPerPage)
      const listing = { what: 'groups', base, scope, filter, attributes: reader.asked, pageSize }
      for await (const entries of list(session, listing, signal)) await reader.take(entries, signal)
    }
    reader.prove()
    renamed = await reader.lookForRenamed(signal)
  } catch (thrown) {
    refuseWhenStopped(signal)
    // What was told up to here may still add members; nothing is taken away for what is missing.
    if (reader.count === 0) throw thrown
    failure = asIncomplete(thrown, reader.count)
  }
  const groups = reader.finish(renamed)
  for (let start = 0; start < groups.length; start += groupsPerPage) {
    refuseWhenStopped(signal)
    yield groups.slice(start, start + groupsPerPage)
  }
  if (failure !== undefined) throw failure
}

class GroupReader {
  readonly asked: readonly string[]
  readonly #session: Session
  readonly #layout: Layout
  readonly #people: PeopleIndex
  readonly #incomplete: Map<string, ProvisioningError>
  readonly #drafts = new Map<string, Draft>()
  readonly #groups = new MemberIndex()
  #withoutId = 0
  #withoutIdExample = ''
  #withMembers = 0

  constructor(session: Session, layout: Layout, people: PeopleIndex, incomplete: Map<string, ProvisioningError>) {
    this.#session = session
    this.#layout = layout
    this.#people = people
    this.#incomplete = incomplete
    this.asked = namedOnce([
      layout.groupId,
      layout.groupName,
      'cn',
      'description',
      ...layout.members,
      ...layout.memberLogins,
      ...(layout.preset.neverEmpty.length === 0 ? [] : ['objectClass']),
      ...(layout.primaryGroup === 'none' ? [] : ['objectSid']),
      layout.preset.changeMarker,
    ])
  }

  get count(): number {
    return this.#drafts.size
  }

  async take(entries: readonly Entry[], signal: AbortSignal): Promise<void> {
    for (const entry of entries) {
      const key = idOf(entry, this.#layout.groupId)
      if (key === undefined) {
        this.#withoutId += 1
        this.#withoutIdExample ||= entry.dn
      } else if (!this.#drafts.has(key)) {
        await this.#takeOne(key, entry, signal)
      }
    }
  }

  /** Throws when what was listed does not prove that these are all groups. */
  prove(): void {
    if (this.#withoutId === 0) return
    const { groupId } = this.#layout
    const found = this.#drafts.size + this.#withoutId
    if (this.#drafts.size === 0) {
      throw fail.forbidden(
        `The reading account may not see ${groupId} of any group (${found} found), or this directory has no such attribute.`,
        {
          hint: `Let the account be given the right to read ${groupId}, or choose another groupIdAttribute.`,
        },
      )
    }
    throw fail.incompleteRead(
      `${groupId} of ${counted(this.#withoutId, 'group')} out of ${found} is not visible, e.g. of ${this.#withoutIdExample}.`,
      {
        hint: `Let the reading account be given the right to read ${groupId}, or leave these groups out by groupFilter.`,
      },
    )
  }

  /** All groups with their members; names that are still nobody's stay as they are, to be counted. */
  finish(renamed: ReadonlyMap<string, MemberRef>): SourceGroup[] {
    this.#doubtEmptiness()
    return [...this.#drafts.values()].map(({ key, name, description, members, unknown }) => {
      for (const dn of unknown) {
        const member = renamed.get(dn) ?? this.#whoIs(dn)
        if (member.kind === 'user' || this.#layout.nestedGroups) members.push(member)
      }
      return { key, name, members, ...(description === undefined ? {} : { description }) }
    })
  }

  /**
   * Somebody who was renamed or moved after people were read and before their groups were stands in the groups under a
   * name nobody knows. They are asked for by that name, so that they do not lose their groups for one run.
   */
  async lookForRenamed(signal: AbortSignal): Promise<ReadonlyMap<string, MemberRef>> {
    const found = new Map<string, MemberRef>()
    const { byDn, keys } = this.#people
    const nobody = new Set<string>()
    for (const { unknown } of this.#drafts.values()) {
      for (const dn of unknown) {
        if (nobody.size >= mostLookedFor) break
        if (byDn.isBesideOthers(dn) && this.#whoIs(dn).key === dn) nobody.add(dn)
      }
    }
    const { id } = this.#layout
    for (const dn of nobody) {
      const { connection } = await this.#session.connected(signal)
      const entry = await lookUp(connection, dn, id, signal)
      const key = entry === undefined ? undefined : idOf(entry, id)
      if (key !== undefined && keys.has(key)) found.set(dn, { kind: 'user', key })
    }
    return found
  }

  /** Tried when all groups are known, the cheap comparison first. */
  #whoIs(dn: string): MemberRef {
    const [groups, people] = [this.#groups, this.#people.byDn]
    return groups.find(dn) ?? people.findAnySpelling(dn) ?? groups.findAnySpelling(dn) ?? { kind: 'user', key: dn }
  }

  async #takeOne(key: string, entry: Entry, signal: AbortSignal): Promise<void> {
    const { layout, people } = { layout: this.#layout, people: this.#people }
    const name = entry.text(layout.groupName.toLowerCase()) ?? entry.text('cn') ?? entry.dn
    const draft: Draft = { key, name, description: entry.text('description'), members: [], unknown: [] }
    this.#drafts.set(key, draft)
    this.#groups.add(entry.dn, { kind: 'group', key })
    for (const attribute of layout.members) {
      for (const value of await this.#valuesOf(draft, entry, attribute, signal)) {
        if (typeof value !== 'string') continue
        const dn = attribute.toLowerCase() === 'uniquemember' ? withoutUniqueId(value) : value
        const member = people.byDn.find(dn)
        if (member === undefined) draft.unknown.push(dn)
        else draft.members.push(member)
      }
    }
    for (const attribute of layout.memberLogins) {
      for (const value of await this.#valuesOf(draft, entry, attribute, signal)) {
        if (typeof value === 'string') draft.members.push(people.byLogin.find(value) ?? { kind: 'user', key: value })
      }
    }
    if (draft.members.length + draft.unknown.length > 0) this.#withMembers += 1
    else this.#doubtHidden(draft, entry)
    const sid = layout.primaryGroup === 'none' ? undefined : entry.first('objectsid')
    const text = Buffer.isBuffer(sid) ? sidText(sid) : undefined
    if (text !== undefined) for (const member of people.byPrimaryGroup.get(text) ?? []) draft.members.push(member)
  }

  /** All values of a member attribute, also where the server gives them in pieces; else the group is marked. */
  async #valuesOf(draft: Draft, entry: Entry, attribute: string, signal: AbortSignal): Promise<readonly Value[]> {
    const first = rangeOf(entry, attribute)
    if (first === undefined) return entry.all(attribute.toLowerCase())
    const { changeMarker } = this.#layout.preset
    try {
      const { connection } = await this.#session.connected(signal)
      const what = `members of "${draft.name}"`
      return await wholeValues(connection, entry, first, { attribute, changeMarker, what }, signal)
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      if (error.code !== 'incomplete-read') throw error
      this.#incomplete.set(draft.key, error)
      return first.values
    }
  }

  /** The schema demands a member, none is shown: they are hidden from us. */
  #doubtHidden(draft: Draft, entry: Entry): void {
    const classes = entry.texts('objectclass').map((each) => each.toLowerCase())
    const strict = this.#layout.preset.neverEmpty.find((each) => classes.includes(each.toLowerCase()))
    if (strict === undefined) return
    const error = fail.incompleteRead(
      `The members of "${draft.name}" are hidden from the reading account: a group of the class ${strict} always has one.`,
      {
        hint: `Let the account be given the right to read ${this.#layout.members.join(' and ')}.`,
      },
    )
    this.#incomplete.set(draft.key, error)
  }

  /** Not one group with a member: it is likelier that the reader may not see members than that all groups are empty. */
  #doubtEmptiness(): void {
    if (this.#withMembers > 0 || this.#drafts.size === 0) return
    const error = fail.incompleteRead(
      `None of ${counted(this.#drafts.size, 'group')} shows a member; the reading account may not be allowed to see them.`,
      {
        hint: `Let the account be given the right to read ${this.#layout.members.join(' and ')}.`,
      },
    )
    for (const key of this.#drafts.keys()) if (!this.#incomplete.has(key)) this.#incomplete.set(key, error)
  }
}

/** An entry by its name; undefined when it is not there or is not shown. */
async function lookUp(connection: LdapConnection, dn: string, attribute: string, signal: AbortSignal) {
  try {
    const answer = await connection.search(
      { base: dn, scope: 'entry', filter: everything, attributes: [attribute] },
      signal,
    )
    return answer.entries[0]
  } catch (thrown) {
    refuseWhenStopped(signal)
    if (thrown instanceof Refused) return undefined
    throw searchError(thrown, connection.endpoint, 'members', dn)
  }
}

/** Name and optional UID syntax (RFC 4517 3.3.21): `cn=ann,dc=x#'0101'B`. */
function withoutUniqueId(value: string): string {
  return value.replace(/#'[01]*'B$/, '')
}
