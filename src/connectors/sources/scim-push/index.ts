import { asProvisioningError, fail } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { PageRequest, Slice } from '../../../ports/paging.ts'
import type { PushDirectory, PushResource, PushStatus } from '../../../ports/push-directory.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import type { GroupWithMembers, Source, SourceParts } from '../../../ports/source.ts'
import { own } from '../../../scim/json.ts'
import { foldText } from '../../../scim/text.ts'
import { counted } from '../../kit/counted.ts'
import { firstOf, fullName } from '../../kit/default-rule.ts'
import { defineSource } from '../../kit/define.ts'
import { config, type Settings } from './config.ts'
import { providers } from './providers.ts'
import { asUser } from './translate.ts'

const pageSize = 1_000
const megabyte = 1_048_576

export const scimPush = defineSource({
  type: 'scim-push',
  title: 'SCIM 2.0 (pushed)',
  summary: 'An identity provider sends people and groups to Muster by SCIM 2.0, with a base URL and a token.',
  config,
  providers,
  connect: (_settings, context) => new PushedDirectory(context),
  push: (settings: Settings) => ({
    ...(settings.token === undefined ? {} : { token: settings.token }),
    strict: settings.strict,
    omittedMembers: settings.omittedMembers,
    refusesCycles: settings.cycles === 'refuse',
    userSchemas: Object.entries(settings.schemas ?? {}).map(([urn, attributes]) => ({ urn, attributes })),
    maxMembers: settings.maxMembers,
    maxBodyBytes: settings.maxBodyMegabytes * megabyte,
    requestsPerSecond: settings.requestsPerSecond,
  }),
})

/** What was pushed is all there is: a read of it is complete by definition, and counts as such from the baseline on (D6). */
class PushedDirectory implements Source {
  readonly membershipsComeWith = 'calls'
  readonly readFingerprint = 'scim-push'
  readonly flowsAtOnce = true
  readonly defaultMapping: Source['defaultMapping'] = {
    email: firstOf(['email', 'userName']),
    userName: firstOf(['userName']),
    displayName: fullName(['displayName', 'name.formatted'], ['name.givenName'], ['name.familyName']),
  }
  readonly #key: string
  readonly #directory: PushDirectory
  /** As it was when this read began. */
  #status: PushStatus | undefined

  constructor({ key, pushDirectory }: ConnectorContext) {
    if (pushDirectory === undefined) throw fail.bug('The source scim-push was opened without a store.')
    this.#key = key
    this.#directory = pushDirectory
  }

  async *check(signal: AbortSignal): AsyncIterable<CheckStep> {
    try {
      const status = await this.#directory.status(this.#key)
      if (signal.aborted) throw fail.cancelled('The check was stopped.')
      yield received(status)
      yield this.#baseline(status)
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      if (error.code === 'cancelled' || error.code === 'bug') throw error
      const remedy = error.hint === undefined ? {} : { remedy: error.hint }
      yield { name: 'read', status: 'failed', message: error.message, code: error.code, ...remedy }
    }
  }

  #baseline({ baselineAt, users, groups }: PushStatus): CheckStep {
    if (baselineAt !== undefined)
      return { name: 'baseline', status: 'ok', message: 'The baseline is declared: absence counts.' }
    return {
      name: 'baseline',
      status: 'warning',
      message: `Until its baseline is declared this directory only adds; it holds ${counted(users, 'person', 'people')} and ${counted(groups, 'group')}.`,
      remedy: `When the identity provider has sent everybody: muster sources baseline ${this.#key}`,
    }
  }

  async *users(signal: AbortSignal): AsyncIterable<Page<SourceUser>> {
    this.#status = await this.#ask(signal)
    yield* everyPage((page) => this.#directory.all(this.#key, 'user', page), asUser, signal)
  }

  groups(signal: AbortSignal): AsyncIterable<Page<SourceGroup>> {
    return everyPage((page) => this.#directory.all(this.#key, 'group', page), asGroup, signal)
  }

  members(group: SourceGroup, signal: AbortSignal): AsyncIterable<Page<MemberRef>> {
    return everyPage(
      (page) => this.#directory.membersOf(this.#key, group.key, page),
      ({ kind, sourceKey }) => ({ kind, key: sourceKey }),
      signal,
    )
  }

  readonly parts: SourceParts = {
    people: async (keys, signal) => {
      this.#status = await this.#ask(signal)
      return (await this.#directory.people(this.#key, keys)).map(asUser)
    },
    alike: async (texts) => (await this.#directory.peopleCalled(this.#key, texts.map(foldText))).map(asUser),
    groups: async (keys, signal) => {
      const members = Map.groupBy(await this.#directory.memberships(this.#key, keys), ({ group }) => group)
      const groups: GroupWithMembers[] = []
      for await (const { items } of this.groups(signal)) {
        for (const group of items) {
          groups.push({ ...group, members: (members.get(group.key) ?? []).map(({ kind, key }) => ({ kind, key })) })
        }
      }
      return groups
    },
    peopleIn: async (groupKeys, limit) => await this.#directory.peopleIn(this.#key, groupKeys, limit),
    size: async () => {
      const { users, activeUsers } = this.#status ?? (await this.#directory.status(this.#key))
      return { all: users, active: activeUsers }
    },
  }

  async #ask(signal: AbortSignal): Promise<PushStatus> {
    if (signal.aborted) throw fail.cancelled('Reading the pushed directory was stopped.')
    return await this.#directory.status(this.#key)
  }

  additiveOnly(): string | undefined {
    if (this.#status?.baselineAt !== undefined) return undefined
    return `The baseline of ${this.#key} is not declared: nothing is taken away and nobody is deactivated yet.`
  }

  notices(): readonly string[] {
    return []
  }

  async close(): Promise<void> {}
}

function received({ users, activeUsers, groups, memberships, changedAt }: PushStatus): CheckStep {
  const nothing = users + groups === 0
  return {
    name: 'received',
    status: nothing ? 'warning' : 'ok',
    message: `${counted(users, 'person', 'people')}, ${users - activeUsers} inactive; ${counted(groups, 'group')} with ${counted(memberships, 'membership')}.`,
    ...(nothing || changedAt === undefined
      ? { remedy: 'Enter the base URL and a token at the identity provider, then start its provisioning.' }
      : {}),
  }
}

/** Follows the cursor to its end. Throws `cancelled`, and `incomplete-read` when a cursor comes twice. */
async function* everyPage<From, To>(
  read: (page: PageRequest) => Promise<Slice<From>>,
  translate: (item: From) => To,
  signal: AbortSignal,
): AsyncGenerator<Page<To>> {
  let cursor: string | undefined
  do {
    if (signal.aborted) throw fail.cancelled('Reading the pushed directory was stopped.')
    const slice: Slice<From> = await read({ cursor, limit: pageSize })
    if (slice.items.length > 0) yield { items: slice.items.map(translate) }
    if (slice.next !== undefined && slice.next === cursor) {
      throw fail.incompleteRead('The pushed directory gave the same page twice.', { hint: 'Read again.' })
    }
    cursor = slice.next
  } while (cursor !== undefined)
}

function asGroup({ sourceKey, document }: PushResource): SourceGroup {
  return { key: sourceKey, name: String(own(document, 'displayName') ?? sourceKey) }
}
