import type { WriteKind } from '../../../domain/change.ts'
import { asProvisioningError, fail, type ProvisioningError } from '../../../domain/errors.ts'
import { firstValue, foldKey } from '../../../domain/identity.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, ApplyContext, Operation, Order } from '../../../ports/target.ts'
import { forEachOf, pause, settled, Turns } from '../../kit/waiting.ts'
import { createByInvitation, createBySite } from './creation.ts'
import type { Reads } from './reads.ts'
import { concurrency, type Session, type Sessions } from './session.ts'
import { ownAccountReason } from './translate.ts'
import { isAboutLicence, quoted, vendorWords } from './vendor-errors.ts'
import { applied, concernsWholeTarget, failed, holds, required } from './verdicts.ts'

/** How long something we made may stay invisible to other calls before "not found" is believed. */
const settlingMs = 60_000

/** Every write. Statuses are judged by what is true afterwards, since one status can mean several things. */
export class Operations {
  readonly #sessions: Sessions
  readonly #reads: Reads
  /** Writes of one group go one after the other: parallel ones are refused at random. */
  readonly #turns = new Turns()
  /** What this instance created, and when; it may not be visible everywhere yet. */
  readonly #created = new Map<string, number>()
  /** Addresses for which an invitation may be under way: never sent again by this instance. */
  readonly #invited = new Set<string>()

  constructor(sessions: Sessions, reads: Reads) {
    this.#sessions = sessions
    this.#reads = reads
  }

  /** The kinds these credentials can carry out. */
  offered(session: Session): Readonly<Partial<Record<WriteKind, Operation>>> {
    const single = (apply: (order: Order, context: ApplyContext, session: Session) => Promise<Applied>): Operation => ({
      batchSize: 1,
      apply: (orders, context) => this.#each(orders, context, session, apply),
    })
    return {
      'account.create': this.#creation(session),
      'group.create': single((order, context) => this.#createGroup(order, context, session)),
      'membership.add': single((order, context) => this.#member(order, context, session, 'add')),
      'membership.remove': single((order, context) => this.#member(order, context, session, 'remove')),
      ...(session.org === undefined
        ? {}
        : {
            'account.deactivate': single((order, context) => this.#setActive(order, context, session, false)),
            'account.activate': single((order, context) => this.#setActive(order, context, session, true)),
          }),
    }
  }

  async #each(
    orders: readonly Order[],
    context: ApplyContext,
    session: Session,
    apply: (order: Order, context: ApplyContext, session: Session) => Promise<Applied>,
  ): Promise<readonly Applied[]> {
    return forEachOf(orders, concurrency, async (order) => {
      try {
        return await apply(order, context, session)
      } catch (thrown) {
        const error = asProvisioningError(thrown)
        if (concernsWholeTarget(error)) throw error
        return failed(order, error)
      }
    })
  }

  #creation(session: Session): Operation {
    const { org, site } = session
    const memory = { created: (id: string) => this.#remember(id), invited: this.#invited }
    const tools = { reads: this.#reads, clock: this.#sessions.clock, memory }
    if (org !== undefined) {
      return { batchSize: 25, apply: (orders, context) => createByInvitation(orders, context, org, tools) }
    }
    return {
      batchSize: 1,
      apply: (orders, context) =>
        this.#each(orders, context, session, async (order) => {
          if (site === undefined) throw fail.bug('No way to create an account.')
          return createBySite(order, context, site, tools)
        }),
    }
  }

  // --- account state ----------------------------------------------------------------------------------------------------

  async #setActive(order: Order, { signal }: ApplyContext, session: Session, active: boolean): Promise<Applied> {
    const id = required(order.accountId, 'account', order)
    const { org } = session
    if (org === undefined) throw fail.bug('Deactivation was offered without an organization key.')
    if (!active && id === session.identity.ownAccountId) throw ownAccount()
    const answer = active ? await org.restore(id, signal) : await org.suspend(id, signal)
    if (isSuccess(answer)) return applied(order)
    const act = active ? 'Reactivating the account' : 'Deactivating the account'
    if (answer.status === 403) throw await this.#explained(answer, act, session, signal)
    const now = (await this.#reads.accountsNow([id], signal)).get(id)
    if (now === undefined)
      throw fail.gone(`The account ${id} is no longer in the directory.`, { cause: causeOf(answer) })
    if ((now.account.state === 'active') === active) return holds(order, answer)
    if (active && now.account.state === 'disabled') {
      throw fail.rejected(
        'The whole Atlassian account is deactivated, not only suspended here; it must be reactivated in Atlassian Administration.',
        { cause: causeOf(answer) },
      )
    }
    throw asObjectError(org.api.refusal(answer, act))
  }

  // --- groups -----------------------------------------------------------------------------------------------------------

  async #createGroup(order: Order, { signal }: ApplyContext, session: Session): Promise<Applied> {
    const name = required(firstValue(order.after?.name), 'group name', order)
    const description = firstValue(order.after?.description)
    const { org, site } = session
    const act = `Creating the group ${name}`
    const answer = org ? await org.createGroup(name, description, signal) : await site?.createGroup(name, signal)
    if (answer === undefined) throw fail.bug('No way to create a group.')
    if (isSuccess(answer)) {
      const told = idInBody(answer)
      // The organization answers without a body: the id is found by name, as soon as the group can be seen.
      const id = told ?? (await settled(this.#sessions.clock, signal, () => this.#groupId(name, signal)))
      if (id === undefined) {
        throw fail.unreachable(`The group ${name} was created but cannot be seen yet.`, {
          mayHaveApplied: true,
          hint: 'Atlassian shows new groups with a delay. The next run finds it.',
        })
      }
      this.#remember(id)
      return applied(order, id)
    }
    if (answer.status === 403) throw await this.#explained(answer, act, session, signal)
    const existing = (await this.#groupId(name, signal)) ?? (await this.#reads.searchedGroup(name, signal))
    if (existing !== undefined) return holds(order, answer, existing)
    throw asObjectError((org ?? site)?.api.refusal(answer, act) ?? fail.bug('No door.'))
  }

  async #groupId(name: string, signal: AbortSignal): Promise<string | undefined> {
    return (await this.#reads.groupsByName([name], signal)).get(foldKey(name))?.id
  }

  // --- memberships ------------------------------------------------------------------------------------------------------

  async #member(order: Order, context: ApplyContext, session: Session, how: 'add' | 'remove'): Promise<Applied> {
    const accountId = required(order.accountId, 'account', order)
    const groupId = required(order.groupId, 'group', order)
    if (how === 'remove' && accountId === session.identity.ownAccountId) throw ownAccount()
    return this.#turns.take(groupId, () => this.#writeMember(order, { accountId, groupId }, context, session, how))
  }

  async #writeMember(
    order: Order,
    { accountId, groupId }: { readonly accountId: string; readonly groupId: string },
    { signal }: ApplyContext,
    session: Session,
    how: 'add' | 'remove',
  ): Promise<Applied> {
    const client = session.org ?? session.site
    if (client === undefined) throw fail.bug('No way to write a membership.')
    const act = how === 'add' ? 'Adding the account to the group' : 'Removing the account from the group'
    const until = this.#sessions.clock.now() + settlingMs
    for (let pauseMs = 1_000; ; pauseMs = Math.min(pauseMs * 2, 15_000)) {
      const answer = await (how === 'add'
        ? client.addMember(groupId, accountId, signal)
        : client.removeMember(groupId, accountId, signal))
      if (isSuccess(answer)) return applied(order)
      const now = (await this.#reads.accountsNow([accountId], signal)).get(accountId)
      const isMember = now?.groupIds?.has(groupId)
      if (isMember === (how === 'add')) return holds(order, answer)
      const error = await this.#whyNot(
        answer,
        act,
        { accountId, groupId, accountThere: now !== undefined },
        session,
        signal,
      )
      // "Not found" may mean "not yet": what we made a moment ago, or what a look shows to be there after all.
      const notYet =
        answer.status === 404 && (error.code !== 'gone' || this.#isFresh(accountId) || this.#isFresh(groupId))
      if (!notYet || this.#sessions.clock.now() + pauseMs > until) throw error
      await pause(this.#sessions.clock, pauseMs, signal)
    }
  }

  async #whyNot(
    answer: HttpAnswer,
    act: string,
    subject: { readonly accountId: string; readonly groupId: string; readonly accountThere: boolean },
    session: Session,
    signal: AbortSignal,
  ): Promise<ProvisioningError> {
    const cause = causeOf(answer)
    if (!subject.accountThere) return fail.gone(`The account ${subject.accountId} is not in the directory.`, { cause })
    const group = (await this.#reads.groupsById([subject.groupId], signal)).get(subject.groupId)
    if (group === undefined) return fail.gone(`The group ${subject.groupId} no longer exists.`, { cause })
    const words = vendorWords(answer)
    if (group.readOnlyBecause !== undefined || /synced? from|identity provider/i.test(words.text)) {
      const why = group.readOnlyBecause ?? quoted(words)
      return fail.notWritable(`${act} ${group.name} is not possible: ${why}.`, { cause })
    }
    if (answer.status === 403) return this.#explained(answer, `${act} ${group.name}`, session, signal)
    // The organization documents two meanings of 409: already a member, which was looked up, or no seat left.
    if (isAboutLicence(words) || (answer.status === 409 && session.org !== undefined)) {
      return fail.quotaExhausted(`${act} ${group.name} would exceed the user limit of a product: ${quoted(words)}.`, {
        cause,
        hint: 'Free seats or raise the user limit in Atlassian Administration.',
      })
    }
    const refusal = (session.org ?? session.site)?.api.refusal(answer, `${act} ${group.name}`)
    // Both are there: whatever was not found is not the reason to forget either.
    return refusal?.code === 'gone' || refusal === undefined
      ? fail.rejected(`${act} ${group.name} was refused: ${quoted(words)}.`, { cause })
      : asObjectError(refusal)
  }

  /**
   * A 403 may be about one object or about us: only if a harmless probe is refused too, the credential lacks the right for
   * everything.
   */
  async #explained(
    answer: HttpAnswer,
    act: string,
    { org, site }: Session,
    signal: AbortSignal,
  ): Promise<ProvisioningError> {
    const client = org ?? site
    if (client === undefined) return fail.bug('No door.')
    const refusal = client.api.refusal(answer, act)
    if (org !== undefined) {
      // Throws `forbidden` or `auth-failed` when the key is refused altogether.
      await org.probe(signal)
    } else if (site !== undefined && !(await site.may(['ADMINISTER'], signal)).has('ADMINISTER')) {
      return refusal
    }
    return fail.notWritable(`${refusal.message}`, {
      cause: refusal.cause,
      ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
    })
  }

  #remember(id: string): void {
    this.#created.set(id, this.#sessions.clock.now())
  }

  #isFresh(id: string): boolean {
    const at = this.#created.get(id)
    return at !== undefined && this.#sessions.clock.now() - at < 2 * settlingMs
  }
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300
}

/** Jira tells the id of a created group, the organization does not promise to. */
function idInBody({ json }: HttpAnswer): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const { groupId, id } = json as { groupId?: unknown; id?: unknown }
  const told = groupId ?? id
  return typeof told === 'string' && told !== '' ? told : undefined
}

/** A refusal that concerns one object must not end the run. */
function asObjectError(error: ProvisioningError): ProvisioningError {
  return concernsWholeTarget(error) ? fail.rejected(error.message, { cause: error.cause }) : error
}

function causeOf(answer: HttpAnswer): Error {
  return new Error(quoted(vendorWords(answer)))
}

function ownAccount(): ProvisioningError {
  return fail.notWritable(`Refused: ${ownAccountReason}.`)
}
