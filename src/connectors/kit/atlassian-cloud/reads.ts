import type { AccessRole } from '../../../domain/access.ts'
import type { FenceMark, TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow, AlsoAsked, NotCreatable } from '../../../ports/target.ts'
import { provenPages } from '../paging.ts'
import { forEachOf } from '../waiting.ts'
import { accountAccess, groupRoles } from './account-access.ts'
import { attributed } from './email-match.ts'
import { fenceGroup, fenceIn } from './fence.ts'
import { concurrency } from './limits.ts'
import type { OrgGroup } from './schemas.ts'
import { type CloudSession, theOrganization, viewerOf } from './session.ts'
import { type GroupFacts, isInDirectory, orgAccount, orgAccountState, orgGroup } from './translate.ts'

/** The looks that writes take before and after. */
export interface CloudLooks {
  accountsNow(
    ids: readonly string[],
    signal: AbortSignal,
    also?: readonly AlsoAsked[],
  ): Promise<ReadonlyMap<string, AccountNow>>
  accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>>
  groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>>
  /** Groups by id as they are now. */
  groupsById(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>>
  /** The id of a group whose name is refused as taken although a look-up by name finds nothing: the whole list is read. */
  searchedGroup(name: string, signal: AbortSignal): Promise<string | undefined>
  /** Resource a role is given on, by product id. */
  products(signal: AbortSignal): Promise<{ readonly resources: ReadonlyMap<string, string> }>
  /** What members of a group have by it right now. */
  accessOfGroup(groupId: string, signal: AbortSignal): Promise<readonly AccessRole[]>
  /** The access of this group was written: from now on it is asked about by itself. */
  expectAccess(groupId: string): void
  /** The account was taken out of a group: from now on it may be in none. */
  expectFewerGroups(accountId: string): void
}

/** Everything the organization is asked: one directory, proven by the organization's own counts. */
export class OrgReads {
  /** Groups whose access this instance has written. */
  readonly #accessWritten = new Set<string>()
  /** People without access who were told with groups all the same. */
  readonly #toldAway = new Set<string>()
  /** Whom this instance took out of a group. Told with groups before and with none after that, they are in none. */
  readonly #takenOut = new Set<string>()

  async *users(session: CloudSession, signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    const org = theOrganization(session)
    const viewer = viewerOf(session)
    let accounts = 0
    let withGroups = 0
    const pages = provenPages(
      'The list of accounts',
      ({ accountId }) => accountId,
      () => org.users(signal),
    )
    for await (const { items } of pages) {
      const here = items.filter(isInDirectory)
      accounts += here.length
      withGroups += here.filter(({ groups }) => groups !== undefined && groups !== null).length
      // They were asked for: where the field is left out there are none.
      yield { items: here.map((user) => orgAccount({ ...user, groups: user.groups ?? [] }, viewer)) }
    }
    if (accounts > 0 && withGroups === 0) {
      throw fail.incompleteRead('The organization lists accounts without their groups, although they were asked for.')
    }
  }

  /** Our own mark is no group that anybody may rule over: it is told to `marked`, at the end. */
  async *groups(
    session: CloudSession,
    facts: GroupFacts,
    marked: (mark: FenceMark | undefined) => void,
    signal: AbortSignal,
  ): AsyncGenerator<Page<TargetGroup>> {
    const org = theOrganization(session)
    let mark: FenceMark | undefined
    for await (const { items } of provenPages('The list of groups', idOf, () => org.groups(signal))) {
      mark ??= fenceIn(items.find(({ name }) => name === fenceGroup)?.description)
      const others = items.filter(({ name }) => name !== fenceGroup)
      if (others.length > 0) yield { items: others.map((group) => orgGroup(group, facts)) }
    }
    marked(mark)
  }

  /** Single accounts by id, as they are right now. */
  async accountsNow(
    session: CloudSession,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, AccountNow>> {
    const found = new Map<string, AccountNow>()
    for (const user of await theOrganization(session).usersById(ids, signal)) {
      if (!isInDirectory(user)) continue
      const account = orgAccount(user, viewerOf(session))
      const mayBeInNone = this.#toldAway.has(user.accountId) && this.#takenOut.has(user.accountId)
      const memberOf = account.memberOf ?? (user.groups && mayBeInNone ? [] : undefined)
      if (account.state !== 'active' && memberOf !== undefined && memberOf.length > 0)
        this.#toldAway.add(user.accountId)
      found.set(user.accountId, { account, ...(memberOf === undefined ? {} : { groupIds: new Set(memberOf) }) })
    }
    return found
  }

  /** Keys of the answer are folded. */
  async accountsByEmail(
    session: CloudSession,
    emails: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, TargetAccount>> {
    const org = theOrganization(session)
    const viewer = viewerOf(session)
    const found = new Map<string, TargetAccount>()
    const wanted = [...new Set(emails.map(foldKey))]
    for (const [email, user] of await attributed(wanted, (some) => org.usersByEmail(some, signal))) {
      if (isInDirectory(user)) found.set(email, orgAccount(user, viewer))
    }
    return found
  }

  /** Accounts that exist, are not in the directory, and that an invitation would not bring there. */
  async notCreatable(
    session: CloudSession,
    emails: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, NotCreatable>> {
    const org = theOrganization(session)
    const why = new Map<string, NotCreatable>()
    const wanted = [...new Set(emails.map(foldKey))]
    for (const [email, user] of await attributed(wanted, (some) => org.usersAnywhere(some, signal))) {
      if (isInDirectory(user)) {
        if (org.hasOthers) why.set(email, 'other-directory')
      } else if (orgAccountState(user) === 'disabled') why.set(email, 'account-switched-off')
    }
    const elsewhere = [...why].flatMap(([email, reason]) => (reason === 'other-directory' ? [email] : []))
    for (const email of (await this.accountsByEmail(session, elsewhere, signal)).keys()) why.delete(email)
    return why
  }

  /** Keys of the answer are folded. */
  async groupsByName(
    session: CloudSession,
    names: readonly string[],
    facts: GroupFacts,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, TargetGroup>> {
    const wanted = new Set(names.map(foldKey))
    const found = new Map<string, TargetGroup>()
    for (const told of await theOrganization(session).groupsByName([...new Set(names)], signal)) {
      const group = orgGroup(told, facts)
      if (!wanted.has(foldKey(group.name))) continue
      const isWritten = this.#accessWritten.has(group.id)
      const grantsAccess = isWritten ? await this.accessOfGroup(session, group.id, signal) : undefined
      found.set(foldKey(group.name), grantsAccess === undefined ? group : { ...group, grantsAccess })
    }
    return found
  }

  async groupsById(
    session: CloudSession,
    ids: readonly string[],
    facts: GroupFacts,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, TargetGroup>> {
    const found = (await theOrganization(session).groupsById(ids, signal)).map((group) => orgGroup(group, facts))
    return new Map(found.map((group) => [group.id, group]))
  }

  async accessOfGroup(
    { roles, productOf }: CloudSession,
    groupId: string,
    signal: AbortSignal,
  ): Promise<readonly AccessRole[]> {
    return roles === undefined ? [] : groupRoles(await roles.ofGroup(groupId, signal), productOf)
  }

  expectAccess(groupId: string): void {
    this.#accessWritten.add(groupId)
  }

  /** The account was taken out of a group: from now on it may be in none. */
  expectFewerGroups(accountId: string): void {
    this.#takenOut.add(accountId)
  }
}

/** Adds the roles of each account, which are told one account at a time. */
export async function lookAtRoles(
  found: Map<string, AccountNow>,
  { roles, productOf }: CloudSession,
  byGroup: ReadonlyMap<string, readonly AccessRole[]> | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (roles === undefined) return
  await forEachOf([...found], concurrency, async ([id, now]) => {
    const throughGroups = [...(now.groupIds ?? [])].flatMap((groupId) => byGroup?.get(groupId) ?? [])
    const assignments = await roles.ofAccount(id, signal)
    const { own: access, byGroup: groupAccess } = accountAccess(assignments, throughGroups, productOf)
    found.set(id, { ...now, account: { ...now.account, access }, groupAccess })
  })
}

const idOf = ({ id }: OrgGroup) => id
