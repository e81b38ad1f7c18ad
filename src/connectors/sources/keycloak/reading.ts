import { fail } from '../../../domain/errors.ts'
import { foldKey, type MemberRef, type SourceGroup, type SourceUser } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { DirectoryReading, LookedUp } from '../../kit/directory/reading.ts'
import { overlapSweep, provenPages } from '../../kit/paging.ts'
import { asUser, isServiceAccount } from './people.ts'
import type { KeycloakServer, Person } from './server.ts'
import { branches } from './tree.ts'

/** Groups in one page. */
const groupsAtOnce = 100

const idOf = ({ id }: Person) => id

/** Reads one realm; one instance serves one read. */
export class KeycloakReading implements DirectoryReading {
  readonly #server: KeycloakServer
  /** Subgroups by the key of their parent, from the list of groups until the members are asked for. */
  readonly #below = new Map<string, readonly string[]>()

  constructor(server: KeycloakServer) {
    this.#server = server
  }

  async signIn(signal: AbortSignal): Promise<string> {
    await this.#server.expectRights(signal)
    const roles = await this.#server.roles(signal)
    const rights = roles === undefined ? 'the token does not name its roles' : `with the roles ${roles.join(', ')}`
    const { clientId, realm } = this.#server.config
    return `Signed in at ${this.#server.host} as client ${clientId}, ${rights}; reading the realm ${realm}.`
  }

  async *people(signal: AbortSignal): AsyncGenerator<Page<SourceUser>> {
    await this.#server.expectRights(signal)
    let told = 0
    const sweep = () =>
      overlapSweep(
        idOf,
        (first) => this.#server.people(first, signal),
        () => this.#server.countPeople(signal),
      )
    for await (const { items } of provenPages('The list of people', idOf, sweep)) {
      const users = items.filter((each) => !isServiceAccount(each)).map(asUser)
      told += users.length
      if (users.length > 0) yield { items: users }
    }
    // Rights end while a list is read, too; nobody at all is believed only with a token that is as new as that.
    if (told === 0) await this.#server.renewToken(signal)
    await this.#server.expectRights(signal)
    if (told === 0 && (await this.#server.roles(signal)) === undefined) {
      throw fail.forbidden('The realm shows nobody, and the token does not say whether this client may see people.', {
        hint: 'Give the client the role view-users of realm-management, and switch off "Always use lightweight access token".',
      })
    }
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<SourceGroup>> {
    await this.#server.expectRights(signal)
    let items: SourceGroup[] = []
    for await (const { group, below } of branches(this.#server, signal)) {
      this.#below.set(group.key, below)
      items.push(group)
      if (items.length < groupsAtOnce) continue
      yield { items }
      items = []
    }
    if (items.length > 0) yield { items }
    await this.#server.expectRights(signal)
  }

  async *members({ key, name }: SourceGroup, signal: AbortSignal): AsyncGenerator<Page<MemberRef>> {
    const below = this.#below.get(key)
    if (below === undefined) throw fail.bug('Members were asked for before the groups were read.')
    if (below.length > 0 && this.#server.config.subgroups === 'members') {
      yield { items: below.map((each) => ({ kind: 'group', key: each })) }
    }
    const sweep = () => overlapSweep(idOf, (first) => this.#server.members(key, first, signal))
    for await (const { items } of provenPages(`The list of members of ${name}`, idOf, sweep)) {
      const people = items.filter((each) => !isServiceAccount(each))
      yield { items: people.map(({ id }) => ({ kind: 'user', key: id })) }
    }
  }

  async lookUp(login: string, signal: AbortSignal): Promise<readonly LookedUp[]> {
    const found = new Map<string, Person>()
    const byId = await this.#server.onePerson(login, signal)
    if (byId !== undefined) found.set(byId.id, byId)
    for (const name of ['username', 'email'] as const) {
      for (const each of await this.#server.peopleWith({ [name]: login, exact: true }, signal)) {
        // Older servers take exact for a hint.
        if (foldKey(each[name] ?? '') === foldKey(login)) found.set(each.id, each)
      }
    }
    return [...found.values()].map((each) => ({
      user: asUser(each),
      name: each.username ?? each.id,
      ...(isServiceAccount(each) ? { leftOut: 'it is the account of a client, not a person' } : {}),
    }))
  }

  async isTold(kind: 'user' | 'group', key: string, signal: AbortSignal): Promise<boolean> {
    if (kind === 'group') return (await this.#server.oneGroup(key, signal)) !== undefined
    const person = await this.#server.onePerson(key, signal)
    return person !== undefined && !isServiceAccount(person)
  }

  close(): void {
    this.#server.close()
  }
}
