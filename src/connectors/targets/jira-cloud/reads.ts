import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow, NotCreatable } from '../../../ports/target.ts'
import { provenPages } from '../../kit/paging.ts'
import { forEachOf } from '../../kit/waiting.ts'
import { concurrency } from './doors.ts'
import { attributed, exactHit } from './email-match.ts'
import { groupFacts } from './group-facts.ts'
import type { Session, Sessions } from './session.ts'
import type { SiteClient } from './site-client.ts'
import {
  type GroupFacts,
  isInDirectory,
  orgAccount,
  orgAccountState,
  orgGroup,
  siteAccount,
  siteGroup,
} from './translate.ts'

/** Everything that is asked and nothing that is changed. Each method first makes sure who we are. */
export class Reads {
  readonly #sessions: Sessions
  #facts: Promise<GroupFacts> | undefined
  /** Group ids by folded name, as far as read; finds a group whose name differs in case from the one asked for. */
  readonly #groupIds = new Map<string, string>()

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    const { site, org, identity } = await this.#sessions.open(signal)
    let accounts = 0
    let withGroups = 0
    let ownSeen = false
    if (org !== undefined) {
      for await (const { items } of provenPages(
        'The list of accounts',
        ({ accountId }) => accountId,
        () => org.users(signal),
      )) {
        const here = items.filter(isInDirectory)
        accounts += here.length
        withGroups += here.filter(({ groups }) => groups !== undefined && groups !== null).length
        // They were asked for: where the field is left out there are none.
        yield { items: here.map((user) => orgAccount({ ...user, groups: user.groups ?? [] }, identity.ownAccountId)) }
      }
      if (accounts > 0 && withGroups === 0) {
        throw fail.incompleteRead('The organization lists accounts without their groups, although they were asked for.')
      }
      return
    }
    for await (const { items } of provenPages(
      'The list of accounts',
      ({ accountId }) => accountId,
      () => theSite(site).users(signal),
    )) {
      ownSeen ||= items.some(({ accountId }) => accountId === identity.ownAccountId)
      yield { items: items.map((user) => siteAccount(user, identity.ownAccountId)) }
    }
    if (!ownSeen) {
      throw fail.incompleteRead(
        'The list of accounts lacks the account of our own API token, so it cannot be complete.',
        {
          hint: 'The account of the API token needs the global permission "Browse users and groups".',
        },
      )
    }
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    const session = await this.#sessions.open(signal)
    const facts = await this.#groupFacts(session, signal)
    const { org, site } = session
    const pages =
      org !== undefined
        ? mapPages(
            provenPages(
              'The list of groups',
              ({ id }) => id,
              () => org.groups(signal),
            ),
            (group) => orgGroup(group, facts),
          )
        : mapPages(
            provenPages(
              'The list of groups',
              ({ groupId }) => groupId,
              () => theSite(site).groups({}, signal),
            ),
            (group) => siteGroup(group, facts),
          )
    for await (const page of pages) {
      for (const { id, name } of page.items) this.#groupIds.set(foldKey(name), id)
      yield page
    }
  }

  async *members(group: TargetGroup, signal: AbortSignal): AsyncGenerator<Page<string>> {
    const { org, site } = await this.#sessions.open(signal)
    if (org !== undefined) {
      throw fail.bug('Members are not asked one group at a time where they come with the accounts.')
    }
    const sweep = () => theSite(site).members(group.id, signal)
    for await (const { items } of provenPages(`The members of ${group.name}`, ({ accountId }) => accountId, sweep)) {
      yield { items: items.map(({ accountId }) => accountId) }
    }
  }

  async accountsNow(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, AccountNow>> {
    const { site, org, identity } = await this.#sessions.open(signal)
    const distinct = [...new Set(ids)]
    const found = new Map<string, AccountNow>()
    if (org !== undefined) {
      for (const user of await org.usersById(distinct, signal)) {
        if (!isInDirectory(user)) continue
        const account = orgAccount(user, identity.ownAccountId)
        found.set(user.accountId, {
          account,
          ...(account.memberOf === undefined ? {} : { groupIds: new Set(account.memberOf) }),
        })
      }
      return found
    }
    const users = await forEachOf(distinct, concurrency, (id) => theSite(site).user(id, signal))
    for (const each of users) {
      if (each === undefined) continue
      found.set(each.user.accountId, {
        account: siteAccount(each.user, identity.ownAccountId),
        groupIds: each.groupIds,
      })
    }
    return found
  }

  /** Keys of the answer are folded. */
  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const { site, org, identity } = await this.#sessions.open(signal)
    const wanted = new Set(emails.map(foldKey))
    const found = new Map<string, TargetAccount>()
    if (org !== undefined) {
      for (const [email, user] of await attributed([...wanted], (some) => org.usersByEmail(some, signal))) {
        if (isInDirectory(user)) found.set(email, orgAccount(user, identity.ownAccountId))
      }
      return found
    }
    const client = theSite(site)
    const hits = await forEachOf([...wanted], concurrency, async (email) => ({
      email,
      user: exactHit(email, await client.search(email, signal)),
    }))
    for (const { email, user } of hits) {
      if (user !== undefined) found.set(email, siteAccount(user, identity.ownAccountId))
    }
    // This search answers an anonymous caller with nobody: before "nobody" is believed, be sure that it was us who asked.
    if (found.size < wanted.size) await client.myself(signal)
    return found
  }

  /** Accounts that exist, are not in the directory, and that an invitation would not bring there. */
  async notCreatable(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, NotCreatable>> {
    const { org } = await this.#sessions.open(signal)
    const why = new Map<string, NotCreatable>()
    if (org === undefined) return why
    const wanted = [...new Set(emails.map(foldKey))]
    for (const [email, user] of await attributed(wanted, (some) => org.usersAnywhere(some, signal))) {
      if (isInDirectory(user)) {
        if (org.hasOthers) why.set(email, 'other-directory')
      } else if (orgAccountState(user) === 'disabled') why.set(email, 'account-switched-off')
    }
    const elsewhere = [...why].flatMap(([email, reason]) => (reason === 'other-directory' ? [email] : []))
    for (const email of (await this.accountsByEmail(elsewhere, signal)).keys()) why.delete(email)
    return why
  }

  /** Keys of the answer are folded. */
  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const session = await this.#sessions.open(signal)
    const facts = await this.#groupFacts(session, signal)
    const wanted = new Set(names.map(foldKey))
    const found = new Map<string, TargetGroup>()
    const keep = (group: TargetGroup) => {
      if (wanted.has(foldKey(group.name))) found.set(foldKey(group.name), group)
    }
    if (session.org !== undefined) {
      for (const group of await session.org.groupsByName([...new Set(names)], signal)) keep(orgGroup(group, facts))
      return found
    }
    const client = theSite(session.site)
    for (const group of await client.groupsBy('groupName', [...new Set(names)], signal)) keep(siteGroup(group, facts))
    // Whether the name is compared exactly is not documented: a group seen under another spelling is asked for by id.
    const known = [...wanted].flatMap((name) => (found.has(name) ? [] : (this.#groupIds.get(name) ?? [])))
    if (known.length > 0) {
      for (const group of await client.groupsBy('groupId', known, signal)) keep(siteGroup(group, facts))
    }
    return found
  }

  /** The id of a group whose name is refused as taken although a look-up by name finds nothing: the whole list is read. */
  async searchedGroup(name: string, signal: AbortSignal): Promise<string | undefined> {
    for await (const { items } of this.groups(signal)) {
      const match = items.find((group) => foldKey(group.name) === foldKey(name))
      if (match !== undefined) return match.id
    }
    return undefined
  }

  /** Groups by id as they are now. */
  async groupsById(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const session = await this.#sessions.open(signal)
    const facts = await this.#groupFacts(session, signal)
    const found =
      session.org !== undefined
        ? (await session.org.groupsById(ids, signal)).map((group) => orgGroup(group, facts))
        : (await theSite(session.site).groupsBy('groupId', ids, signal)).map((group) => siteGroup(group, facts))
    return new Map(found.map((group) => [group.id, group]))
  }

  /** Which groups administer and which give product access, asked once per instance. */
  #groupFacts(session: Session, signal: AbortSignal): Promise<GroupFacts> {
    this.#facts ??= groupFacts(session, signal).catch((thrown: unknown) => {
      this.#facts = undefined
      throw thrown
    })
    return this.#facts
  }
}

async function* mapPages<From, To>(pages: AsyncIterable<Page<From>>, to: (item: From) => To): AsyncGenerator<Page<To>> {
  for await (const { items } of pages) yield { items: items.map(to) }
}

function theSite(site: SiteClient | undefined): SiteClient {
  if (site === undefined) throw fail.bug('A session without organization has no site either.')
  return site
}
