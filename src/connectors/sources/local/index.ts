import { z } from 'zod'
import { asProvisioningError, fail } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { LocalGroup, LocalPerson } from '../../../domain/local.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { LocalDirectory } from '../../../ports/local-directory.ts'
import type { PageRequest, Slice } from '../../../ports/paging.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import type { Source } from '../../../ports/source.ts'
import { counted } from '../../kit/counted.ts'
import { firstOf, fullName } from '../../kit/default-rule.ts'
import { defineSource } from '../../kit/define.ts'

const pageSize = 500

/** The built-in directory has nothing to set: its people and groups are kept in the store under the key of the source. */
const config = z.strictObject({})

export const local = defineSource({
  type: 'local',
  title: 'Built-in directory',
  summary: 'People and groups kept in Muster itself, for those whom no other source knows.',
  config,
  connect: (_settings, context) => new LocalSource(context),
})

class LocalSource implements Source {
  readonly membershipsComeWith = 'calls'
  readonly readFingerprint = 'local'
  readonly defaultMapping: Source['defaultMapping'] = {
    email: firstOf(['mail', 'email']),
    userName: firstOf(['userName']),
    displayName: fullName(['displayName', 'name', 'cn'], ['givenName'], ['familyName', 'surname', 'sn']),
  }
  readonly #key: string
  readonly #directory: LocalDirectory
  /** What the directory said of itself when the read began. */
  #before: string | undefined

  constructor(context: ConnectorContext) {
    this.#key = context.key
    this.#directory = context.localDirectory
  }

  async *check(signal: AbortSignal): AsyncIterable<CheckStep> {
    try {
      let [people, inactive, groups, memberships] = [0, 0, 0, 0]
      for await (const page of this.users(signal)) {
        people += page.items.length
        inactive += page.items.filter((user) => !user.active).length
      }
      yield {
        name: 'read-users',
        status: 'ok',
        message: `${counted(people, 'person', 'people')}, ${inactive} inactive.`,
      }
      for await (const page of this.groups(signal)) {
        groups += page.items.length
        for (const group of page.items) {
          for await (const members of this.members(group, signal)) memberships += members.items.length
        }
      }
      const message = `${counted(groups, 'group')} with ${counted(memberships, 'membership')}.`
      yield { name: 'read-groups', status: 'ok', message }
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      if (error.code === 'cancelled' || error.code === 'bug') throw error
      const remedy = error.hint === undefined ? {} : { remedy: error.hint }
      yield { name: 'read', status: 'failed', message: error.message, code: error.code, ...remedy }
    }
  }

  async *users(signal: AbortSignal): AsyncIterable<Page<SourceUser>> {
    this.#before = await this.#directory.changes(this.#key)
    yield* everyPage((page) => this.#directory.people(this.#key, page), asUser, signal)
    await this.#isOfOneMoment()
  }

  async *groups(signal: AbortSignal): AsyncIterable<Page<SourceGroup>> {
    yield* everyPage((page) => this.#directory.groups(this.#key, page), asGroup, signal)
    await this.#isOfOneMoment()
  }

  async *members(group: SourceGroup, signal: AbortSignal): AsyncIterable<Page<MemberRef>> {
    yield* everyPage(
      (page) => this.#directory.members(this.#key, group.key, page),
      (member) => member,
      signal,
    )
    await this.#isOfOneMoment()
  }

  /** Somebody moved from a group that was not read yet to one that was would be in neither. Throws `incomplete-read`. */
  async #isOfOneMoment(): Promise<void> {
    const now = await this.#directory.changes(this.#key)
    this.#before ??= now
    if (this.#before === now) return
    throw fail.incompleteRead(`The built-in directory "${this.#key}" was changed while it was being read.`, {
      hint: 'Nothing was decided from it. The next run reads again; muster plan reads now.',
    })
  }

  notices(): readonly string[] {
    return []
  }

  async close(): Promise<void> {}
}

/** Follows the cursor to its end. Throws `cancelled`, and `incomplete-read` when a cursor comes twice. */
async function* everyPage<From, To>(
  read: (page: PageRequest) => Promise<Slice<From>>,
  translate: (item: From) => To,
  signal: AbortSignal,
): AsyncGenerator<Page<To>> {
  const cursors = new Set<string>()
  let cursor: string | undefined
  do {
    if (signal.aborted) throw fail.cancelled('Reading the built-in directory was stopped.')
    const slice = await read({ cursor, limit: pageSize })
    if (slice.items.length > 0) yield { items: slice.items.map(translate) }
    cursor = slice.next
    if (cursor !== undefined && cursors.has(cursor)) {
      throw fail.incompleteRead('The built-in directory gave the same page twice.', { hint: 'Read again.' })
    }
    if (cursor !== undefined) cursors.add(cursor)
  } while (cursor !== undefined)
}

/** The login stands among the attributes too, so that mappings and scopes can use it. */
function asUser({ key, userName, active, attributes }: LocalPerson): SourceUser {
  return { key, active, attributes: { ...attributes, userName } }
}

function asGroup({ key, name, description, connections }: LocalGroup): SourceGroup {
  return {
    ...{ key, name, ...(description === undefined ? {} : { description }) },
    ...(connections === undefined || connections === null ? {} : { onlyFor: connections }),
  }
}
