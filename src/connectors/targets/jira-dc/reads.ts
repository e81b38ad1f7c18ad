import type { Product } from '../../../domain/access.ts'
import type { FenceMark, TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { foldCase, foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow, AlsoAsked } from '../../../ports/target.ts'
import { markPrefix, marksAmong, newestMark, withoutMarks } from '../../kit/data-center/mark.ts'
import { inPages } from '../../kit/pages.ts'
import { provenPages } from '../../kit/paging.ts'
import { forEachOf } from '../../kit/waiting.ts'
import { customValues } from './custom-record.ts'
import { allGroupNames } from './group-list.ts'
import type { User } from './schemas.ts'
import { isSince, type Session, type Sessions } from './session.ts'
import { accessByGroup, accountOf, type GroupFacts, groupOf, productOf } from './translate.ts'

const keyOf = ({ key }: User) => key
/** From here on a search stops at 100 people (JRASERVER-78660). */
const searchIsCapped = { major: 10, minor: 0 }

/** Everything that is asked and nothing that is changed. Each method first makes sure who we are. */
export class Reads {
  readonly #sessions: Sessions
  /** User names by key, as last seen: calls about memberships and leads want the name. */
  readonly #names = new Map<string, string>()
  /** Keys that the list of accounts told; absent until it was read to its end. */
  #listed: ReadonlySet<string> | undefined
  #facts: Promise<Facts> | undefined

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    const session = await this.#sessions.open(signal)
    const sweep = await this.#sweepOfUsers(session, signal)
    const told = new Set<string>()
    for await (const { items } of provenPages('The list of accounts', keyOf, sweep)) {
      const here = items.filter(({ deleted }) => deleted !== true)
      for (const { key } of items) told.add(key)
      yield { items: here.map((user) => this.#seen(user, session)) }
    }
    if (!told.has(session.ownKey)) {
      throw fail.incompleteRead('The list of accounts lacks our own account, so it cannot be complete.', {
        hint: 'The account needs the global permission "Browse Users" and Jira administration.',
      })
    }
    this.#listed = told
  }

  async #sweepOfUsers({ version }: Session, signal: AbortSignal) {
    const { client } = this.#sessions
    if (await client.hasList(signal)) return () => client.listedUsers(signal)
    if (!isSince(version, searchIsCapped)) return () => client.searchedUsers(signal)
    throw fail.incompleteRead(`Jira ${version.text} has no list of all accounts, and its search stops at 100.`, {
      hint: 'Upgrade to a newer Jira 10 that has /rest/api/2/user/list. Nothing is removed on the strength of this read.',
    })
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    await this.#sessions.open(signal)
    const facts = await this.#groupFacts(signal)
    const names = await allGroupNames(this.#sessions.client, signal)
    if (names.length === 0) {
      throw fail.incompleteRead('Jira tells of no group at all, although administrators are in one.', {
        hint: 'It answers so whoever is not signed in: check the credential, then repeat.',
      })
    }
    yield* inPages(withoutMarks(names.map((name) => groupOf(name, facts))), signal)
  }

  /** Jira tells the members of groups inside the group as well. */
  async *members(group: TargetGroup, signal: AbortSignal): AsyncGenerator<Page<string>> {
    const session = await this.#sessions.open(signal)
    const sweep = () => this.#sessions.client.members(group.name, signal)
    for await (const { items } of provenPages(`The members of ${group.name}`, keyOf, sweep)) {
      for (const user of items) this.#seen(user, session)
      const stranger = items.find(({ key }) => this.#listed?.has(key) === false)
      if (stranger !== undefined) {
        throw fail.incompleteRead(
          `${stranger.name} is in ${group.name} and not in the list of accounts, so that list was not complete.`,
          { hint: 'Nothing is removed on the strength of this read; repeat it.' },
        )
      }
      yield { items: items.map(keyOf) }
    }
  }

  async accountsNow(
    ids: readonly string[],
    signal: AbortSignal,
    also: readonly AlsoAsked[] = [],
  ): Promise<ReadonlyMap<string, AccountNow>> {
    const session = await this.#sessions.open(signal)
    const { client, properties, config, instanceId } = this.#sessions
    const found = new Map<string, AccountNow>()
    await forEachOf([...new Set(ids)], config.requestsAtOnce, async (key) => {
      const user = await client.user({ key }, signal)
      if (user === undefined || user.deleted === true) return
      const account = this.#seen(user, session)
      const custom = also.includes('custom') ? await customValues(properties, key, instanceId, signal) : undefined
      const groupIds = groupsOf(user)
      found.set(key, {
        account: custom === undefined ? account : { ...account, custom },
        ...(groupIds === undefined ? {} : { groupIds }),
      })
    })
    return found
  }

  /** Several people may share an address: somebody active comes before the others. */
  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const session = await this.#sessions.open(signal)
    const { client, config } = this.#sessions
    const wanted = [...new Set(emails.map(foldKey))]
    const found = new Map<string, TargetAccount>()
    await forEachOf(wanted, config.requestsAtOnce, async (email) => {
      const hits = await client.search(email, signal)
      const same = hits.filter(({ emailAddress }) => foldKey(emailAddress ?? '') === email)
      const user = same.find(({ active }) => active) ?? same[0]
      if (user !== undefined) found.set(email, this.#seen(user, session))
    })
    // Before "nobody" is believed, be sure that it was us who asked.
    if (found.size < wanted.length) await client.myself(signal)
    return found
  }

  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    await this.#sessions.open(signal)
    const facts = await this.#groupFacts(signal)
    const { client, config } = this.#sessions
    const found = new Map<string, TargetGroup>()
    await forEachOf([...new Set(names)], config.requestsAtOnce, async (name) => {
      const isThere = await this.#spelling(name, signal)
      if (isThere !== undefined) found.set(foldKey(name), groupOf(isThere, facts))
    })
    if (found.size < names.length) await client.myself(signal)
    return found
  }

  /** A group as Jira writes it; its search may look at the letter case, and Jira may have made the letters small. */
  async #spelling(name: string, signal: AbortSignal): Promise<string | undefined> {
    const { client } = this.#sessions
    for (const text of new Set([name, name.toLowerCase()])) {
      const hits = await client.groupsWith(text, signal)
      const same = hits.names.find((each) => foldKey(each) === foldKey(name))
      if (same !== undefined) return same
      if (hits.names.length < hits.total && (await client.hasGroup(text, signal))) return text
    }
    return undefined
  }

  /** The user name of an account, as the calls about memberships and leads want it; undefined = there is no account. */
  async nameOf(key: string, signal: AbortSignal): Promise<string | undefined> {
    const known = this.#names.get(key)
    if (known !== undefined) return known
    await this.accountsNow([key], signal)
    return this.#names.get(key)
  }

  /** The account was renamed: its name is asked for before it is used again. */
  forgetName(key: string): void {
    this.#names.delete(key)
  }

  /** Is the account in the group right now? Undefined = there is no such account. */
  async isMember(key: string, group: string, signal: AbortSignal): Promise<boolean | undefined> {
    const now = (await this.accountsNow([key], signal)).get(key)
    if (now === undefined) return undefined
    if (now.groupIds !== undefined) return [...now.groupIds].some((each) => foldKey(each) === foldKey(group))
    for await (const { items } of this.members({ id: group, name: group, grantsAdmin: false }, signal)) {
      if (items.includes(key)) return true
    }
    return false
  }

  async products(signal: AbortSignal): Promise<readonly Product[]> {
    return (await this.#groupFacts(signal)).products
  }

  async fence(signal: AbortSignal): Promise<FenceMark | undefined> {
    return newestMark(await this.marks(signal))
  }

  /** Names of the groups that are marks. */
  async marks(signal: AbortSignal): Promise<readonly string[]> {
    await this.#sessions.open(signal)
    return marksAmong((await this.#sessions.client.groupsWith(markPrefix, signal)).names)
  }

  #seen(user: User, { ownKey }: Session): TargetAccount {
    this.#names.set(user.key, user.name)
    return accountOf(user, ownKey)
  }

  /** Which groups administer and which let people into an application, asked once per instance. */
  #groupFacts(signal: AbortSignal): Promise<Facts> {
    this.#facts ??= this.#askFacts(signal).catch((thrown: unknown) => {
      this.#facts = undefined
      throw thrown
    })
    return this.#facts
  }

  async #askFacts(signal: AbortSignal): Promise<Facts> {
    const adminNames = new Set(this.#sessions.config.adminGroups.map(foldCase))
    const roles = await this.#sessions.client.applicationRoles(signal)
    return {
      adminNames,
      access: roles && accessByGroup(roles),
      products: (roles ?? []).map((role) => productOf(role, adminNames)),
    }
  }
}

interface Facts extends GroupFacts {
  readonly products: readonly Product[]
}

/** Undefined where the expanded list was cut. */
function groupsOf({ groups }: User): ReadonlySet<string> | undefined {
  const names = groups?.items?.map(({ name }) => name)
  return names === undefined || names.length < (groups?.size ?? 0) ? undefined : new Set(names)
}
