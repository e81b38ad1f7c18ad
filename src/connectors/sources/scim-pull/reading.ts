import { fail, ProvisioningError } from '../../../domain/errors.ts'
import type { Attributes, MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import { equals } from '../../../scim/client/request.ts'
import { isActive, membersOf, type ToldMember, type ToldResource, textAt } from '../../../scim/client/resource.ts'
import { flattened, textOf } from '../../../scim/flat.ts'
import { isArray, isObject, ownIgnoringCase } from '../../../scim/json.ts'
import { inPages } from '../../kit/pages.ts'
import { provenPages } from '../../kit/paging.ts'
import type { Kind, ScimServer } from '../../kit/scim/server.ts'
import { walk } from '../../kit/scim/walk.ts'
import type { ScimPullConfig } from './config.ts'

/** Oracle gives members only when they are named, and a list that stays in order only when it is sorted. */
const oracleGroups = 'id,displayName,externalId,members'
/** Never shown and never mapped; and what says nothing about the person. */
const leftOut = /^(schemas|meta|groups|password)(\.|$)|(^|[.:])(password|passwd|secret|token)$/i

/** Reads a SCIM server; one instance serves one read. */
export class Reading {
  readonly server: ScimServer
  readonly config: ScimPullConfig
  readonly #groupIds = new Set<string>()
  /** Members that came with the list of groups, until they are asked for. */
  readonly #listed = new Map<string, readonly ToldMember[]>()
  /** Has any group told its members, be it that it has none? */
  #tellsMembers = false
  #looked: Promise<boolean> | undefined

  constructor(server: ScimServer, config: ScimPullConfig) {
    this.server = server
    this.config = config
  }

  get #isOracle(): boolean {
    return this.config.preset === 'oracle'
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<SourceUser>> {
    for await (const { items } of this.resources('Users', this.config.userFilter, signal)) {
      yield { items: items.map(asUser) }
    }
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<SourceGroup>> {
    if (!this.config.groups) return
    for await (const { items } of this.resources('Groups', this.config.groupFilter, signal)) {
      for (const each of items) {
        this.#groupIds.add(each.id)
        const members = isWhole(each) ? this.#membersIn(each) : undefined
        if (members !== undefined) this.#listed.set(each.id, members)
      }
      yield { items: items.map(asGroup) }
    }
  }

  async *members(id: string, signal: AbortSignal): AsyncGenerator<Page<MemberRef>> {
    const listed = this.#listed.get(id)
    this.#listed.delete(id)
    const members = listed ?? (await this.#membersNow(id, signal))
    // Whether a member is a group may only be known once all groups were told.
    const refs = members.map(
      ({ id: key, kind }): MemberRef => ({ kind: this.#groupIds.has(key) ? 'group' : kind, key }),
    )
    yield* inPages(refs, signal)
  }

  /** Every resource of a kind that matches, each once, proven complete. */
  async *resources(kind: Kind, filter: string | undefined, signal: AbortSignal): AsyncGenerator<Page<ToldResource>> {
    const { cursor, index, defaultPaging } = await this.server.abilities(signal)
    const byCursor = cursor === true && (index === false || defaultPaging === 'cursor')
    const { pageSize: count, membersWithLists, userAttributes } = this.config
    const isGroups = kind === 'Groups'
    const wanted = userAttributes.length === 0 ? undefined : ['id', 'userName', 'active', ...userAttributes].join(',')
    const selection = {
      filter,
      ...(isGroups && !membersWithLists ? { excludedAttributes: 'members' } : {}),
      ...(isGroups && membersWithLists && this.#isOracle ? { attributes: oracleGroups } : {}),
      ...(isGroups ? {} : { attributes: wanted }),
      ...(this.#isOracle ? { sortBy: 'id' } : {}),
    }
    const sweep = () =>
      walk((position) => this.server.list(kind, { ...position, count, ...selection }, signal), byCursor)
    yield* provenPages(`The list of ${kind}`, ({ id }) => id, sweep)
  }

  /** A group without members may come without the attribute, and so may one whose server gives it only when it is named. */
  async #membersNow(id: string, signal: AbortSignal): Promise<readonly ToldMember[]> {
    try {
      const group = this.#isOracle ? undefined : await this.server.get('Groups', id, signal)
      const members = group === undefined ? undefined : this.#membersIn(group)
      if (members !== undefined) return members
      const asked = await this.server.get('Groups', id, signal, { attributes: oracleGroups })
      if (asked !== undefined) return this.#membersIn(asked) ?? (await this.#noMembers(id, signal))
    } catch (thrown) {
      // Oracle refuses groups of more than 10,000 members; the people can be asked instead.
      const isTooLarge = thrown instanceof ProvisioningError && ['rejected', 'unreachable'].includes(thrown.code)
      if (!this.#isOracle || !isTooLarge) throw thrown
      return this.#membersByPeople(id, signal)
    }
    throw fail.incompleteRead(`The group ${id} vanished while its members were read.`, { hint: 'Read again.' })
  }

  async #membersByPeople(id: string, signal: AbortSignal): Promise<readonly ToldMember[]> {
    const found: ToldMember[] = []
    for await (const { items } of this.resources('Users', equals('groups.value', id), signal)) {
      found.push(...items.map((user): ToldMember => ({ id: user.id, kind: 'user', element: { value: user.id } })))
    }
    return found
  }

  /** Undefined where nothing is said of members. Throws `incomplete-read` where somebody in the list has no id. */
  #membersIn(group: ToldResource): readonly ToldMember[] | undefined {
    if (!isWhole(group)) {
      throw fail.incompleteRead(`The group ${group.id} has a member without value: who that is cannot be known.`, {
        hint: 'Look at the group on the server; every member needs the id of a person or group as value.',
      })
    }
    const members = membersOf(group, (id) => this.#groupIds.has(id))
    if (members !== undefined) this.#tellsMembers = true
    return members
  }

  /** A group that tells no members has none, unless no group tells any: then they may be hidden from us. */
  async #noMembers(id: string, signal: AbortSignal): Promise<readonly ToldMember[]> {
    this.#looked ??= this.#isTold(signal)
    if (await this.#looked) return []
    throw fail.incompleteRead(`No group of this server tells its members, ${id} neither: they may be hidden from us.`, {
      hint: 'Let the credential read members of groups. Where really nobody is in any group, there is nothing to correct.',
    })
  }

  async #isTold(signal: AbortSignal): Promise<boolean> {
    for (const id of this.#groupIds) {
      if (this.#tellsMembers) break
      const group = await this.server.get('Groups', id, signal, { attributes: oracleGroups })
      if (group !== undefined && isWhole(group)) this.#membersIn(group)
    }
    return this.#tellsMembers
  }
}

/** Has everybody in the list of members an id? */
function isWhole({ document }: ToldResource): boolean {
  const told = ownIgnoringCase(document, 'members') ?? []
  const elements = isArray(told) ? told : [told]
  return elements.every((each) => !isObject(each) || (textOf(ownIgnoringCase(each, 'value')) ?? '') !== '')
}

/** A person of the server, attributes under the names of `flattened`. */
function asUser(resource: ToldResource): SourceUser {
  return { key: resource.id, active: isActive(resource), attributes: attributesOf(resource) }
}

/** What may be mapped and shown. */
export function attributesOf({ id, document }: ToldResource): Attributes {
  const shown = Object.entries(flattened(document)).filter(([name]) => !leftOut.test(name))
  return { ...Object.fromEntries(shown), id }
}

function asGroup(resource: ToldResource): SourceGroup {
  return { key: resource.id, name: textAt(resource, 'displayName') ?? resource.id }
}
