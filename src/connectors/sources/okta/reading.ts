import { fail } from '../../../domain/errors.ts'
import { foldKey, type MemberRef, type SourceGroup, type SourceUser } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { ChangesPage } from '../../../ports/source.ts'
import { plainAttributes } from '../../kit/directory/attributes.ts'
import type { DirectoryReading, LookedUp } from '../../kit/directory/reading.ts'
import { all, provenPages } from '../../kit/paging.ts'
import type { OktaGroup, OktaServer, OktaUser } from './server.ts'

/** https://developer.okta.com/docs/reference/api/users/#user-status: an account exists and may be used, now or after a reset. */
const inactive = new Set(['SUSPENDED', 'DEPROVISIONED'])
/** Changes are asked for from so long before the last time: clocks differ, and lists are filled late. */
const overlapMs = 5 * 60_000

const idOf = ({ id }: { readonly id: string }) => id

/** Reads one organization; one instance serves one read. */
export class OktaReading implements DirectoryReading {
  readonly #server: OktaServer

  constructor(server: OktaServer) {
    this.#server = server
  }

  async signIn(signal: AbortSignal): Promise<string> {
    await this.#server.knock(signal)
    const { clientId } = this.#server.config
    return `Signed in at ${this.#server.host} with ${clientId === undefined ? 'an API token' : `the service app ${clientId}`}.`
  }

  async *people(signal: AbortSignal): AsyncGenerator<Page<SourceUser>> {
    const told = new Set<string>()
    // Deprovisioned people come in a list of their own, last: whoever is deprovisioned meanwhile is in one of the two.
    for (const filter of [undefined, 'status eq "DEPROVISIONED"']) {
      for await (const { items } of provenPages('The list of people', idOf, () => this.#server.users(filter, signal))) {
        const fresh = items.filter((each) => this.#isRead(each) && !told.has(each.id))
        for (const { id } of fresh) told.add(id)
        if (fresh.length > 0) yield { items: fresh.map(asUser) }
      }
    }
    // There is always an administrator: whoever sees nobody may not look.
    if (told.size === 0) {
      throw fail.forbidden(`${this.#server.host} shows nobody to this credential.`, {
        hint: 'Assign the role Read-only Administrator to the service app (Admin roles tab) or to the owner of the API token.',
      })
    }
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<SourceGroup>> {
    let came = 0
    for await (const { items } of provenPages('The list of groups', idOf, () =>
      this.#server.groups(undefined, signal),
    )) {
      came += items.length
      yield { items: items.filter((each) => this.#isReadGroup(each)).map(asGroup) }
    }
    // Every organization has the group Everyone.
    if (came === 0) {
      throw fail.forbidden(`${this.#server.host} shows no group to this credential, not even Everyone.`, {
        hint: 'Assign the role Read-only Administrator to the service app (Admin roles tab) or to the owner of the API token; a role for people alone shows no groups.',
      })
    }
  }

  async *members({ key, name }: SourceGroup, signal: AbortSignal): AsyncGenerator<Page<MemberRef>> {
    for await (const { items } of provenPages(`The list of members of ${name}`, idOf, () =>
      this.#server.members(key, signal),
    )) {
      yield { items: items.map(({ id }) => ({ kind: 'user', key: id })) }
    }
  }

  async lookUp(login: string, signal: AbortSignal): Promise<readonly LookedUp[]> {
    const found = new Map<string, OktaUser>()
    const text = JSON.stringify(login)
    for (const attribute of ['profile.login', 'profile.email']) {
      for (const each of await this.#server.search(`${attribute} eq ${text}`, signal)) found.set(each.id, each)
    }
    // By id, or by the part of a login before @.
    const one = await this.#server.oneUser(login, signal)
    if (one !== undefined) found.set(one.id, one)
    return [...found.values()]
      .filter((each) => isNamed(each, login))
      .map((each) => ({
        user: asUser(each),
        name: String(each.profile.login ?? each.id),
        notes: [`Its status is ${each.status}.`],
        ...(this.#isRead(each) ? {} : { leftOut: 'people who are STAGED are left out by the setting staged' }),
      }))
  }

  async isTold(kind: 'user' | 'group', key: string, signal: AbortSignal): Promise<boolean> {
    if (kind === 'user') {
      const one = await this.#server.oneUser(key, signal)
      return one?.id === key && this.#isRead(one)
    }
    const one = await this.#server.oneGroup(key, signal)
    return one?.id === key && this.#isReadGroup(one)
  }

  /** The clock of a group and that of its members are two. Deleted people and groups are not told. */
  async *changesSince(cursor: string | undefined, signal: AbortSignal): AsyncGenerator<ChangesPage> {
    const next = new Date((await this.#server.knock(signal)) - overlapMs).toISOString()
    if (cursor === undefined) {
      yield { users: [], groups: [], next }
      return
    }
    if (Number.isNaN(Date.parse(cursor))) {
      yield { users: [], groups: [], isRestart: true, next }
      return
    }
    const since = JSON.stringify(cursor)
    const users = await all('The list of changed people', idOf, () =>
      this.#server.users(`lastUpdated gt ${since}`, signal),
    )
    const changed = `lastUpdated gt ${since} or lastMembershipUpdated gt ${since}`
    const groups = await all('The list of changed groups', idOf, () => this.#server.groups(changed, signal))
    yield { users: users.map(idOf), groups: groups.map(idOf), next }
  }

  close(): void {
    this.#server.close()
  }

  #isRead({ status }: OktaUser): boolean {
    return status !== 'STAGED' || this.#server.config.staged === 'active'
  }

  #isReadGroup({ type, id }: OktaGroup): boolean {
    if (type === undefined) throw fail.incompleteRead(`Okta does not say of which kind the group ${id} is.`)
    return (this.#server.config.groupTypes as readonly string[]).includes(type)
  }
}

function asUser({ id, status, profile }: OktaUser): SourceUser {
  return { key: id, active: !inactive.has(status), attributes: { ...plainAttributes(profile), id, status } }
}

function asGroup({ id, profile: { name, description } }: OktaGroup): SourceGroup {
  return {
    key: id,
    name,
    ...(description === undefined || description === null || description === '' ? {} : { description }),
  }
}

function isNamed({ id, profile }: OktaUser, login: string): boolean {
  return [id, profile.login, profile.email].some((each) => typeof each === 'string' && foldKey(each) === foldKey(login))
}
