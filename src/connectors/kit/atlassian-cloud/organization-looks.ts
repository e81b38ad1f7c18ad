import type { AccessRole } from '../../../domain/access.ts'
import type { FenceMark, TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow, AlsoAsked, NotCreatable } from '../../../ports/target.ts'
import { lookAtCustom } from './custom-record.ts'
import { claimOrgFence, orgFence } from './fence.ts'
import { settlingMs } from './limits.ts'
import type { CloudProducts } from './org-products.ts'
import { type CloudLooks, lookAtRoles, OrgReads } from './reads.ts'
import { type CloudSession, theOrganization } from './session.ts'
import type { GroupFacts } from './translate.ts'

/** What a target of the organization tells its looks. */
export interface Opened<Session extends CloudSession> {
  readonly clock: Clock
  readonly instanceId: string
  open(signal: AbortSignal): Promise<Session>
}

/** Which groups administer, and which let people into a product. */
export interface ProductFacts extends GroupFacts {
  readonly products: CloudProducts
}

/**
 * Everything that is asked of a target whose people and groups are the organization's alone. Changes nothing; each method
 * first makes sure who we are.
 */
export class OrganizationLooks<Session extends CloudSession> implements CloudLooks {
  readonly #opened: Opened<Session>
  readonly #askFacts: (session: Session, signal: AbortSignal) => Promise<ProductFacts>
  readonly #org = new OrgReads()
  #facts: Promise<ProductFacts> | undefined
  #fence: { readonly mark: FenceMark | undefined; readonly at: number } | undefined

  constructor(opened: Opened<Session>, askFacts: (session: Session, signal: AbortSignal) => Promise<ProductFacts>) {
    this.#opened = opened
    this.#askFacts = askFacts
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    yield* this.#org.users(await this.#opened.open(signal), signal)
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    const session = await this.#opened.open(signal)
    const facts = await this.facts(signal)
    yield* this.#org.groups(session, facts, (mark) => this.#marked(mark), signal)
  }

  /** What a look, or a list of all groups, showed a moment ago still counts: leavers that are pushed do not wait for it. */
  async fence(signal: AbortSignal): Promise<FenceMark | undefined> {
    const org = theOrganization(await this.#opened.open(signal))
    if (this.#fence !== undefined && this.#opened.clock.now() - this.#fence.at < settlingMs) return this.#fence.mark
    const mark = await orgFence(org, signal)
    this.#marked(mark)
    return mark
  }

  async claimFence(mark: FenceMark, signal: AbortSignal): Promise<void> {
    const org = theOrganization(await this.#opened.open(signal))
    this.#fence = undefined
    await claimOrgFence(org, this.#opened.clock, mark, signal)
    this.#fence = undefined
  }

  async accountsNow(
    ids: readonly string[],
    signal: AbortSignal,
    also: readonly AlsoAsked[] = [],
  ): Promise<ReadonlyMap<string, AccountNow>> {
    const session = await this.#opened.open(signal)
    const found = await this.#org.accountsNow(session, [...new Set(ids)], signal)
    if (also.includes('access')) await lookAtRoles(found, session, (await this.facts(signal)).access, signal)
    if (also.includes('custom')) await lookAtCustom(found, session.properties, this.#opened.instanceId, signal)
    return found
  }

  /** Keys of the answer are folded. */
  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    return this.#org.accountsByEmail(await this.#opened.open(signal), emails, signal)
  }

  /** Accounts that exist, are not in the directory, and that an invitation would not bring there. */
  async notCreatable(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, NotCreatable>> {
    return this.#org.notCreatable(await this.#opened.open(signal), emails, signal)
  }

  /** Keys of the answer are folded. */
  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    return this.#org.groupsByName(await this.#opened.open(signal), names, await this.facts(signal), signal)
  }

  async groupsById(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    return this.#org.groupsById(await this.#opened.open(signal), ids, await this.facts(signal), signal)
  }

  async searchedGroup(name: string, signal: AbortSignal): Promise<string | undefined> {
    for await (const { items } of this.groups(signal)) {
      const match = items.find((group) => foldKey(group.name) === foldKey(name))
      if (match !== undefined) return match.id
    }
    return undefined
  }

  async products(signal: AbortSignal): Promise<CloudProducts> {
    return (await this.facts(signal)).products
  }

  async accessOfGroup(groupId: string, signal: AbortSignal): Promise<readonly AccessRole[]> {
    return this.#org.accessOfGroup(await this.#opened.open(signal), groupId, signal)
  }

  expectAccess(groupId: string): void {
    this.#org.expectAccess(groupId)
  }

  /** The account was taken out of a group: from now on it may be in none. */
  expectFewerGroups(accountId: string): void {
    this.#org.expectFewerGroups(accountId)
  }

  /** Asked once per instance; a failure is not remembered. */
  async facts(signal: AbortSignal): Promise<ProductFacts> {
    const session = await this.#opened.open(signal)
    this.#facts ??= this.#askFacts(session, signal).catch((thrown: unknown) => {
      this.#facts = undefined
      throw thrown
    })
    return this.#facts
  }

  #marked(mark: FenceMark | undefined): void {
    this.#fence = { mark, at: this.#opened.clock.now() }
  }
}
