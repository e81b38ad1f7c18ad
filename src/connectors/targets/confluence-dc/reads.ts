import type { Product } from '../../../domain/access.ts'
import type { FenceMark, TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { foldCase, foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow } from '../../../ports/target.ts'
import { marksAmong, newestMark, withoutMarks } from '../../kit/data-center/mark.ts'
import { all, provenPages } from '../../kit/paging.ts'
import { forEachOf } from '../../kit/waiting.ts'
import type { Person } from './schemas.ts'
import type { Session, Sessions } from './session.ts'
import { accountOf, type GroupFacts, groupOf, productKey } from './translate.ts'

const keyOf = ({ userKey }: Person) => userKey
const nameOf = ({ name }: { readonly name: string }) => name
/** How long a look still counts: a run looks at every account just before it writes. */
const freshMs = 30_000
/** Group that Confluence puts people into. */
const defaultGroup = 'confluence-users'

/** Everything that is asked and nothing that is changed. Each method first makes sure who we are. */
export class Reads {
  readonly #sessions: Sessions
  /** User names by key, as last seen: all writes want the name. */
  readonly #names = new Map<string, string>()
  readonly #groupsOf = new Map<string, { readonly names: ReadonlySet<string>; readonly at: number }>()
  #facts: Promise<GroupFacts> | undefined
  #marks: { readonly names: readonly string[]; readonly at: number } | undefined

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    const session = await this.#sessions.open(signal)
    let ownSeen = false
    const sweep = () => this.#sessions.client.users(signal)
    for await (const { items } of provenPages('The list of accounts', keyOf, sweep)) {
      ownSeen ||= items.some(({ userKey }) => userKey === session.ownKey)
      yield { items: items.map((person) => this.#seen(person, session)) }
    }
    if (!ownSeen) throw fail.incompleteRead('The list of accounts lacks our own account, so it cannot be complete.')
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    await this.#sessions.open(signal)
    const facts = await this.#groupFacts(signal)
    const marks: string[] = []
    let told = 0
    const sweep = () => this.#sessions.client.groups(signal)
    for await (const { items } of provenPages('The list of groups', nameOf, sweep)) {
      told += items.length
      marks.push(...marksAmong(items.map(nameOf)))
      const groups = withoutMarks(items.map(({ name }) => groupOf(name, facts)))
      if (groups.length > 0) yield { items: groups }
    }
    if (told === 0)
      throw fail.incompleteRead('Confluence tells of no group at all, although administrators are in one.')
    this.#marks = { names: marks, at: this.#now() }
  }

  async *members(group: TargetGroup, signal: AbortSignal): AsyncGenerator<Page<string>> {
    const session = await this.#sessions.open(signal)
    const sweep = () => this.#sessions.client.members(group.name, signal)
    for await (const { items } of provenPages(`The members of ${group.name}`, keyOf, sweep)) {
      for (const person of items) this.#seen(person, session)
      yield { items: items.map(keyOf) }
    }
  }

  async accountsNow(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, AccountNow>> {
    const session = await this.#sessions.open(signal)
    const { client, config } = this.#sessions
    const found = new Map<string, AccountNow>()
    await forEachOf([...new Set(ids)], config.requestsAtOnce, async (key) => {
      const person = await client.user({ key }, signal)
      if (person === undefined) return
      const groupIds = new Set(await client.groupsOf(key, signal))
      this.#groupsOf.set(key, { names: new Set([...groupIds].map(foldKey)), at: this.#now() })
      found.set(key, { account: this.#seen(person, session), groupIds })
    })
    return found
  }

  /** Confluence searches nobody by address and tells none: only where a list shows them they can be found. */
  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const session = await this.#sessions.open(signal)
    const found = new Map<string, TargetAccount>()
    // Companies that sign in by address have it as the user name.
    await forEachOf([...new Set(emails.map(foldKey))], this.#sessions.config.requestsAtOnce, async (email) => {
      const person = await this.#sessions.client.user({ username: email }, signal)
      if (person !== undefined && foldKey(person.username) === email) found.set(email, this.#seen(person, session))
    })
    return found
  }

  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    await this.#sessions.open(signal)
    const facts = await this.#groupFacts(signal)
    const { client, config } = this.#sessions
    const found = new Map<string, TargetGroup>()
    await forEachOf([...new Set(names)], config.requestsAtOnce, async (name) => {
      const group = await client.group(name, signal)
      if (group !== undefined) found.set(foldKey(name), groupOf(group.name, facts))
    })
    return found
  }

  /** Undefined = there is no such account. */
  async nameOf(key: string, signal: AbortSignal): Promise<string | undefined> {
    const known = this.#names.get(key)
    if (known !== undefined) return known
    await this.accountsNow([key], signal)
    return this.#names.get(key)
  }

  /** What a look a moment ago showed still counts once, unless `again`. Undefined = there is no such account. */
  async isMember(key: string, group: string, signal: AbortSignal, again = false): Promise<boolean | undefined> {
    const known = this.#groupsOf.get(key)
    if (again || known === undefined || this.#now() - known.at > freshMs) {
      this.#groupsOf.delete(key)
      await this.accountsNow([key], signal)
    }
    return this.#groupsOf.get(key)?.names.has(foldKey(group))
  }

  /** A membership was written: what the last look showed is no longer so. */
  noteMembership(key: string, group: string, isIn: boolean): void {
    const known = this.#groupsOf.get(key)
    if (known === undefined) return
    const names = new Set(known.names)
    if (isIn) names.add(foldKey(group))
    else names.delete(foldKey(group))
    this.#groupsOf.set(key, { ...known, names })
  }

  /** Confluence itself, which somebody gets into by a group that may use it. */
  async products(signal: AbortSignal): Promise<readonly Product[]> {
    await this.#sessions.open(signal)
    const { use, administer } = await this.#groupFacts(signal)
    if (use === undefined) return []
    return [
      {
        id: productKey,
        key: productKey,
        title: 'Confluence',
        seats: 'unknown',
        roles: [{ key: 'user', usesSeat: true, administers: false }],
        grantedBy: 'group',
        defaultGroupIds: use.has(defaultGroup) && !administer.has(defaultGroup) ? [defaultGroup] : [],
      },
    ]
  }

  async fence(signal: AbortSignal): Promise<FenceMark | undefined> {
    return newestMark(await this.marks(signal))
  }

  /** Names of the groups that are marks; what a list of all groups showed a moment ago still counts. */
  async marks(signal: AbortSignal): Promise<readonly string[]> {
    await this.#sessions.open(signal)
    if (this.#marks !== undefined && this.#now() - this.#marks.at < freshMs) return this.#marks.names
    const groups = await all('The list of groups', nameOf, () => this.#sessions.client.groups(signal))
    const names = marksAmong(groups.map(nameOf))
    this.#marks = { names, at: this.#now() }
    return names
  }

  /** The mark was written by ourselves. */
  forgetMarks(): void {
    this.#marks = undefined
  }

  #now(): number {
    return this.#sessions.client.server.clock.now()
  }

  #seen(person: Person, { ownKey }: Session): TargetAccount {
    this.#names.set(person.userKey, person.username)
    return accountOf(person, ownKey)
  }

  /** Which groups administer and which may use Confluence, asked once per instance. */
  #groupFacts(signal: AbortSignal): Promise<GroupFacts> {
    this.#facts ??= this.#askFacts(signal).catch((thrown: unknown) => {
      this.#facts = undefined
      throw thrown
    })
    return this.#facts
  }

  async #askFacts(signal: AbortSignal): Promise<GroupFacts> {
    const named = this.#sessions.config.adminGroups.map(foldCase)
    const granted = await this.#sessions.client.permissions(signal)
    if (granted === undefined) return { administer: new Set(named), use: undefined }
    const groupsThat = (may: (operation: string) => boolean) =>
      granted.flatMap(({ subject, operation }) => {
        const name = subject?.name ?? subject?.displayName
        return name && subject?.type === 'group' && may(operation?.operationKey ?? '') ? [foldCase(name)] : []
      })
    return {
      administer: new Set([...named, ...groupsThat((operation) => /admin/i.test(operation))]),
      use: new Set(groupsThat((operation) => operation === 'use')),
    }
  }
}
