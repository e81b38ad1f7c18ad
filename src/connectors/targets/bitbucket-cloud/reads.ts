import type { AccessRole, Seats } from '../../../domain/access.ts'
import type { FenceMark, TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow, AlsoAsked, NotCreatable } from '../../../ports/target.ts'
import { orgFence } from '../../kit/atlassian-cloud/fence.ts'
import { settlingMs } from '../../kit/atlassian-cloud/limits.ts'
import { type CloudProducts, commonRoles, orgProducts } from '../../kit/atlassian-cloud/org-products.ts'
import { type CloudLooks, lookAtRoles, OrgReads } from '../../kit/atlassian-cloud/reads.ts'
import { type GroupFacts, groupIdOf } from '../../kit/atlassian-cloud/translate.ts'
import type { Session, Sessions } from './session.ts'
import { productId } from './workspace.ts'

interface Facts extends GroupFacts {
  readonly products: CloudProducts
}

/** Everything that is asked and nothing that is changed. Each method first makes sure who we are. */
export class Reads implements CloudLooks {
  readonly #sessions: Sessions
  readonly #org = new OrgReads()
  #facts: Promise<Facts> | undefined
  #fence: { readonly mark: FenceMark | undefined; readonly at: number } | undefined

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    yield* this.#org.users(await this.#sessions.open(signal), signal)
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    const session = await this.#sessions.open(signal)
    const facts = await this.#groupFacts(session, signal)
    yield* this.#org.groups(session, facts, (mark) => this.#marked(mark), signal)
  }

  async accountsNow(
    ids: readonly string[],
    signal: AbortSignal,
    also: readonly AlsoAsked[] = [],
  ): Promise<ReadonlyMap<string, AccountNow>> {
    const session = await this.#sessions.open(signal)
    const found = await this.#org.accountsNow(session, [...new Set(ids)], signal)
    if (also.includes('access')) {
      await lookAtRoles(found, session, (await this.#groupFacts(session, signal)).access, signal)
    }
    return found
  }

  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    return this.#org.accountsByEmail(await this.#sessions.open(signal), emails, signal)
  }

  async notCreatable(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, NotCreatable>> {
    return this.#org.notCreatable(await this.#sessions.open(signal), emails, signal)
  }

  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const session = await this.#sessions.open(signal)
    return this.#org.groupsByName(session, names, await this.#groupFacts(session, signal), signal)
  }

  async groupsById(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const session = await this.#sessions.open(signal)
    return this.#org.groupsById(session, ids, await this.#groupFacts(session, signal), signal)
  }

  async searchedGroup(name: string, signal: AbortSignal): Promise<string | undefined> {
    for await (const { items } of this.groups(signal)) {
      const match = items.find((group) => foldKey(group.name) === foldKey(name))
      if (match !== undefined) return match.id
    }
    return undefined
  }

  async products(signal: AbortSignal): Promise<CloudProducts> {
    return (await this.#groupFacts(await this.#sessions.open(signal), signal)).products
  }

  async accessOfGroup(groupId: string, signal: AbortSignal): Promise<readonly AccessRole[]> {
    return this.#org.accessOfGroup(await this.#sessions.open(signal), groupId, signal)
  }

  expectAccess(groupId: string): void {
    this.#org.expectAccess(groupId)
  }

  /** The account was taken out of a group: from now on it may be in none. */
  expectFewerGroups(accountId: string): void {
    this.#org.expectFewerGroups(accountId)
  }

  /** What a look, or a list of all groups, showed a moment ago still counts: leavers that are pushed do not wait for it. */
  async fence(signal: AbortSignal): Promise<FenceMark | undefined> {
    const { org } = await this.#sessions.open(signal)
    if (this.#fence !== undefined && this.#sessions.clock.now() - this.#fence.at < settlingMs) return this.#fence.mark
    const mark = await orgFence(org, signal)
    this.#marked(mark)
    return mark
  }

  /** The mark was written by ourselves. */
  forgetFence(): void {
    this.#fence = undefined
  }

  #marked(mark: FenceMark | undefined): void {
    this.#fence = { mark, at: this.#sessions.clock.now() }
  }

  /** Which groups administer and which let people into the workspace, asked once per instance. */
  #groupFacts(session: Session, signal: AbortSignal): Promise<Facts> {
    this.#facts ??= askFacts(session, signal).catch((thrown: unknown) => {
      this.#facts = undefined
      throw thrown
    })
    return this.#facts
  }
}

async function askFacts(session: Session, signal: AbortSignal): Promise<Facts> {
  const { org, workspace } = session
  const admins = new Set((await org.adminGroups(signal)).map(({ id }) => groupIdOf(id)))
  const told =
    workspace === undefined
      ? []
      : [
          {
            id: productId(workspace.id),
            key: 'bitbucket',
            title: workspace.name,
            seats: seatsOf(session),
            roles: commonRoles,
            resource: workspace.id,
          },
        ]
  const products = await orgProducts(org, told, admins, signal)
  return { adminGroupIds: admins, access: products.byGroup, products }
}

/** The organization tells how many seats there are, Bitbucket how many people are in. */
function seatsOf({ workspace, bitbucket }: Session): Seats {
  if (workspace?.capacity === undefined || workspace.capacity === 0 || bitbucket === undefined) return 'unknown'
  const used = bitbucket.glance?.members
  return used === undefined ? 'unknown' : { total: workspace.capacity, used }
}
