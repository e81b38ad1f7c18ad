import type { Product } from '../../../domain/access.ts'
import type { FenceMark, TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow } from '../../../ports/target.ts'
import { markPrefix, marksAmong, newestMark, withoutMarks } from '../../kit/data-center/mark.ts'
import { all, provenPages } from '../../kit/paging.ts'
import { forEachOf } from '../../kit/waiting.ts'
import type { User } from './schemas.ts'
import type { Session, Sessions } from './session.ts'
import { accountOf, factsOf, type GroupFacts, groupOf } from './translate.ts'

const idOf = ({ id }: User) => String(id)
const nameOf = ({ name }: { readonly name: string }) => name
/** How long a look still counts: a run looks at every account just before it writes. */
const freshMs = 30_000

interface Known {
  readonly user: User
  readonly groups: ReadonlySet<string>
  readonly at: number
}

/** Everything that is asked and nothing that is changed. Each method first makes sure who we are. */
export class Reads {
  readonly #sessions: Sessions
  /** User names by id, as last seen: Bitbucket finds nobody by id. */
  readonly #names = new Map<string, string>()
  readonly #looks = new Map<string, Known>()
  #facts: Promise<GroupFacts> | undefined
  #listedAt = Number.NEGATIVE_INFINITY

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    const session = await this.#sessions.open(signal)
    const sweep = () => this.#sessions.client.users(signal)
    for await (const { items } of provenPages('The list of accounts', idOf, sweep)) {
      yield { items: items.map((user) => this.#seen(user, session)) }
    }
    this.#listedAt = this.#now()
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    const facts = await this.#groupFacts(signal)
    const sweep = () => this.#sessions.client.groups(undefined, signal)
    for await (const { items } of provenPages('The list of groups', nameOf, sweep)) {
      const groups = withoutMarks(items.map(({ name }) => groupOf(name, facts)))
      if (groups.length > 0) yield { items: groups }
    }
  }

  async *members(group: TargetGroup, signal: AbortSignal): AsyncGenerator<Page<string>> {
    const session = await this.#sessions.open(signal)
    const sweep = () => this.#sessions.client.members(group.name, signal)
    for await (const { items } of provenPages(`The members of ${group.name}`, idOf, sweep)) {
      for (const user of items) this.#seen(user, session)
      yield { items: items.map(idOf) }
    }
  }

  async accountsNow(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, AccountNow>> {
    const session = await this.#sessions.open(signal)
    const { client, config } = this.#sessions
    const found = new Map<string, AccountNow>()
    await this.#learnNames(ids, signal)
    await forEachOf([...new Set(ids)], config.requestsAtOnce, async (id) => {
      const user = await this.#userNow(id, signal)
      if (user === undefined) return
      const names = await all('The groups of an account', nameOf, () => client.groupsOf(user.name, signal))
      const groupIds = new Set(names.map(nameOf))
      this.#looks.set(id, { user, groups: new Set([...groupIds].map(foldKey)), at: this.#now() })
      found.set(id, { account: this.#seen(user, session), groupIds })
    })
    return found
  }

  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const session = await this.#sessions.open(signal)
    const found = new Map<string, TargetAccount>()
    await forEachOf([...new Set(emails.map(foldKey))], this.#sessions.config.requestsAtOnce, async (email) => {
      const same = (await this.#with(email, signal)).filter((user) => foldKey(user.emailAddress ?? '') === email)
      const user = same.find(({ active }) => active !== false) ?? same[0]
      if (user !== undefined) found.set(email, this.#seen(user, session))
    })
    return found
  }

  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const facts = await this.#groupFacts(signal)
    const { client, config } = this.#sessions
    const found = new Map<string, TargetGroup>()
    await forEachOf([...new Set(names)], config.requestsAtOnce, async (name) => {
      const hits = await all('The groups of a name', nameOf, () => client.groups(name, signal))
      const same = hits.find((each) => foldKey(each.name) === foldKey(name))
      if (same !== undefined) found.set(foldKey(name), groupOf(same.name, facts))
    })
    return found
  }

  /** The account of this user name. */
  async userNamed(name: string, signal: AbortSignal): Promise<User | undefined> {
    return (await this.#with(name, signal)).find((user) => foldKey(user.name) === foldKey(name))
  }

  /** What a look a moment ago showed still counts, unless `again`. Undefined = there is no such account. */
  async lookAt(id: string, signal: AbortSignal, again = false): Promise<Known | undefined> {
    const known = this.#looks.get(id)
    if (!again && known !== undefined && this.#now() - known.at < freshMs) return known
    this.#looks.delete(id)
    await this.accountsNow([id], signal)
    return this.#looks.get(id)
  }

  /** A membership was written: what the last look showed is no longer so. */
  noteMembership(id: string, group: string, isIn: boolean): void {
    const known = this.#looks.get(id)
    if (known === undefined) return
    const groups = new Set(known.groups)
    if (isIn) groups.add(foldKey(group))
    else groups.delete(foldKey(group))
    this.#looks.set(id, { ...known, groups })
  }

  /** The account was written. */
  forget(id: string): void {
    this.#looks.delete(id)
  }

  /** The account was renamed. */
  renamed(id: string, name: string): void {
    this.#names.set(id, name)
    this.#looks.delete(id)
  }

  async products(signal: AbortSignal): Promise<readonly Product[]> {
    return [(await this.#groupFacts(signal)).product]
  }

  async fence(signal: AbortSignal): Promise<FenceMark | undefined> {
    return newestMark(await this.marks(signal))
  }

  /** Names of the groups that are marks. */
  async marks(signal: AbortSignal): Promise<readonly string[]> {
    await this.#sessions.open(signal)
    const found = await all('The mark', nameOf, () => this.#sessions.client.groups(markPrefix, signal))
    return marksAmong(found.map(nameOf))
  }

  /** Bitbucket finds people by name only: for ids never seen the whole list is read, once. */
  async #learnNames(ids: readonly string[], signal: AbortSignal): Promise<void> {
    if (ids.every((id) => this.#names.has(id)) || this.#now() - this.#listedAt < freshMs) return
    for await (const _ of this.users(signal));
  }

  /** Somebody who is no longer found by the name may have been renamed: the list decides. */
  async #userNow(id: string, signal: AbortSignal): Promise<User | undefined> {
    const name = this.#names.get(id)
    if (name === undefined) return undefined
    const byName = (await this.#with(name, signal)).find((user) => idOf(user) === id)
    if (byName !== undefined) return byName
    this.#names.delete(id)
    const everybody = await all('The list of accounts', idOf, () => this.#sessions.client.users(signal))
    return everybody.find((user) => idOf(user) === id)
  }

  #with(filter: string, signal: AbortSignal): Promise<readonly User[]> {
    return all('The accounts of a name', idOf, () => this.#sessions.client.usersWith(filter, signal))
  }

  #seen(user: User, { own }: Session): TargetAccount {
    this.#names.set(idOf(user), user.name)
    return accountOf(user, own)
  }

  #now(): number {
    return this.#sessions.client.server.clock.now()
  }

  /** Which groups administer and which may use Bitbucket, asked once per instance. */
  #groupFacts(signal: AbortSignal): Promise<GroupFacts> {
    this.#facts ??= this.#askFacts(signal).catch((thrown: unknown) => {
      this.#facts = undefined
      throw thrown
    })
    return this.#facts
  }

  async #askFacts(signal: AbortSignal): Promise<GroupFacts> {
    const { client, config } = this.#sessions
    const { licence } = await this.#sessions.open(signal)
    const subject = 'The list of global permissions'
    const granted = await all(
      subject,
      ({ group }) => group.name,
      () => client.permittedGroups(signal),
    )
    return factsOf(granted, config.adminGroups, licence)
  }
}
