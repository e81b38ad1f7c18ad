import type { AccessRole } from '../../../domain/access.ts'
import type { FenceMark, TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow, AlsoAsked, NotCreatable } from '../../../ports/target.ts'
import { adminGroupIds } from '../../kit/atlassian-cloud/admin-groups.ts'
import { lookAtCustom } from '../../kit/atlassian-cloud/custom-record.ts'
import { concurrency, settlingMs } from '../../kit/atlassian-cloud/limits.ts'
import type { CloudProducts } from '../../kit/atlassian-cloud/org-products.ts'
import { type CloudLooks, lookAtRoles, OrgReads } from '../../kit/atlassian-cloud/reads.ts'
import type { GroupFacts } from '../../kit/atlassian-cloud/translate.ts'
import { all, provenPages } from '../../kit/paging.ts'
import { forEachOf } from '../../kit/waiting.ts'
import { siteAccountsNow } from './account-looks.ts'
import { exactHit } from './email-match.ts'
import { readFence } from './fence.ts'
import type { SiteGroup } from './schemas.ts'
import { type Session, type Sessions, theSite } from './session.ts'
import { siteProducts } from './site-products.ts'
import { siteAccount, siteGroup } from './translate.ts'

/** Everything that is asked and nothing that is changed. Each method first makes sure who we are. */
export class Reads implements CloudLooks {
  readonly #sessions: Sessions
  #facts: Promise<Facts> | undefined
  /** Group ids by folded name, as far as read; finds a group whose name differs in case from the one asked for. */
  readonly #groupIds = new Map<string, string>()
  #fence: { readonly mark: FenceMark | undefined; readonly at: number } | undefined
  readonly #org = new OrgReads()

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    const session = await this.#sessions.open(signal)
    const { org, identity } = session
    let ownSeen = false
    if (org !== undefined) {
      yield* this.#org.users(session, signal)
      return
    }
    for await (const { items } of provenPages(
      'The list of accounts',
      ({ accountId }) => accountId,
      () => theSite(session).users(signal),
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
    const pages =
      session.org !== undefined
        ? this.#org.groups(session, facts, (mark) => this.#marked(mark), signal)
        : mapPages(
            provenPages('The list of groups', idOfSiteGroup, () => theSite(session).groups({}, signal)),
            (group) => siteGroup(group, facts),
          )
    for await (const page of pages) {
      for (const { id, name } of page.items) this.#groupIds.set(foldKey(name), id)
      yield page
    }
  }

  /** What a look, or a list of all groups, showed a moment ago still counts: leavers that are pushed do not wait for it. */
  async fence(signal: AbortSignal): Promise<FenceMark | undefined> {
    const session = await this.#sessions.open(signal)
    if (this.#fence !== undefined && this.#sessions.clock.now() - this.#fence.at < settlingMs) return this.#fence.mark
    const mark = await readFence(session, signal)
    this.#marked(mark)
    return mark
  }

  #marked(mark: FenceMark | undefined): void {
    this.#fence = { mark, at: this.#sessions.clock.now() }
  }

  /** The mark was written by ourselves. */
  forgetFence(): void {
    this.#fence = undefined
  }

  async *members(group: TargetGroup, signal: AbortSignal): AsyncGenerator<Page<string>> {
    const session = await this.#sessions.open(signal)
    if (session.org !== undefined) {
      throw fail.bug('Members are not asked one group at a time where they come with the accounts.')
    }
    const sweep = () => theSite(session).members(group.id, signal)
    for await (const { items } of provenPages(`The members of ${group.name}`, ({ accountId }) => accountId, sweep)) {
      yield { items: items.map(({ accountId }) => accountId) }
    }
  }

  async accountsNow(
    ids: readonly string[],
    signal: AbortSignal,
    also: readonly AlsoAsked[] = [],
  ): Promise<ReadonlyMap<string, AccountNow>> {
    const session = await this.#sessions.open(signal)
    const wanted = [...new Set(ids)]
    const found =
      session.org === undefined
        ? await siteAccountsNow(session, wanted, signal)
        : await this.#org.accountsNow(session, wanted, signal)
    if (also.includes('access')) {
      const { access: byGroup } = await this.#groupFacts(session, signal)
      await lookAtRoles(found, session, byGroup, signal)
    }
    if (also.includes('custom')) await lookAtCustom(found, session.properties, this.#sessions.instanceId, signal)
    return found
  }

  /** Keys of the answer are folded. */
  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const session = await this.#sessions.open(signal)
    if (session.org !== undefined) return this.#org.accountsByEmail(session, emails, signal)
    const { identity } = session
    const wanted = new Set(emails.map(foldKey))
    const found = new Map<string, TargetAccount>()
    const client = theSite(session)
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
    const session = await this.#sessions.open(signal)
    return session.org === undefined ? new Map() : this.#org.notCreatable(session, emails, signal)
  }

  /** Keys of the answer are folded. */
  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const session = await this.#sessions.open(signal)
    const facts = await this.#groupFacts(session, signal)
    if (session.org !== undefined) return this.#org.groupsByName(session, names, facts, signal)
    const wanted = new Set(names.map(foldKey))
    const found = new Map<string, TargetGroup>()
    const keep = (group: TargetGroup) => {
      if (wanted.has(foldKey(group.name))) found.set(foldKey(group.name), group)
    }
    const client = theSite(session)
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
    if (session.org !== undefined) return this.#org.groupsById(session, ids, facts, signal)
    const found = (await theSite(session).groupsBy('groupId', ids, signal)).map((group) => siteGroup(group, facts))
    return new Map(found.map((group) => [group.id, group]))
  }

  /** The Jira products of the site. */
  async products(signal: AbortSignal): Promise<CloudProducts> {
    return (await this.#groupFacts(await this.#sessions.open(signal), signal)).products
  }

  /** What members of a group have by it right now. */
  async accessOfGroup(groupId: string, signal: AbortSignal): Promise<readonly AccessRole[]> {
    return this.#org.accessOfGroup(await this.#sessions.open(signal), groupId, signal)
  }

  /** The access of this group was written: from now on it is asked about by itself. */
  expectAccess(groupId: string): void {
    this.#org.expectAccess(groupId)
  }

  /** The account was taken out of a group: from now on it may be in none. */
  expectFewerGroups(accountId: string): void {
    this.#org.expectFewerGroups(accountId)
  }

  /** Which groups administer and which give product access, asked once per instance. */
  #groupFacts(session: Session, signal: AbortSignal): Promise<Facts> {
    this.#facts ??= this.#askFacts(session, signal).catch((thrown: unknown) => {
      this.#facts = undefined
      throw thrown
    })
    return this.#facts
  }

  async #askFacts(session: Session, signal: AbortSignal): Promise<Facts> {
    const { site } = session
    const bySite = async (accessType: string) => {
      const sweep = () => theSite(session).groups({ accessType }, signal)
      return (await all('The list of admin groups', idOfSiteGroup, sweep)).map(idOfSiteGroup)
    }
    const admins = await adminGroupIds(session.org, site === undefined ? undefined : bySite, signal)
    const products = await siteProducts(this.#sessions, session, admins, signal)
    return { adminGroupIds: admins, access: products.byGroup, products }
  }
}

interface Facts extends GroupFacts {
  readonly products: CloudProducts
}

const idOfSiteGroup = ({ groupId }: SiteGroup) => groupId

async function* mapPages<From, To>(pages: AsyncIterable<Page<From>>, to: (item: From) => To): AsyncGenerator<Page<To>> {
  for await (const { items } of pages) yield { items: items.map(to) }
}
