import { fail } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import { plainAttributes } from '../../kit/directory/attributes.ts'
import type { DirectoryReading, LookedUp } from '../../kit/directory/reading.ts'
import { inPages } from '../../kit/pages.ts'
import { provenPages } from '../../kit/paging.ts'
import type { GoogleGroup, GoogleServer, GoogleUser } from './server.ts'

const idOf = ({ id }: { readonly id: string }) => id

/** Reads one organization; one instance serves one read. */
export class GoogleReading implements DirectoryReading {
  readonly #server: GoogleServer
  /** Everybody, once they were all read: members of groups for the whole organization. */
  #everybody: readonly string[] | undefined

  constructor(server: GoogleServer) {
    this.#server = server
  }

  async signIn(signal: AbortSignal): Promise<string> {
    await this.#server.knock(signal)
    const { adminEmail, customer } = this.#server.config
    const forWhom = adminEmail === undefined ? 'with its own admin role' : `for ${adminEmail}`
    return `Signed in at ${this.#server.host} as the service account, ${forWhom}; reading the customer ${customer}.`
  }

  async *people(signal: AbortSignal): AsyncGenerator<Page<SourceUser>> {
    const everybody: string[] = []
    for await (const { items } of provenPages('The list of people', idOf, () => this.#server.users(signal))) {
      everybody.push(...items.map(idOf))
      yield { items: items.map(asUser) }
    }
    if (everybody.length === 0 && this.#server.config.userQuery === undefined) {
      throw fail.forbidden('The organization shows nobody to this service account.', {
        hint: 'Check customer and adminEmail: there is always at least one administrator.',
      })
    }
    this.#everybody = everybody
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<SourceGroup>> {
    for await (const { items } of provenPages('The list of groups', idOf, () => this.#server.groups(signal))) {
      yield { items: items.map((each) => this.#asGroup(each)) }
    }
  }

  async *members({ key, name }: SourceGroup, signal: AbortSignal): AsyncGenerator<Page<MemberRef>> {
    let isForAll = false
    const sweep = () => this.#server.members(key, signal)
    for await (const { items } of provenPages(`The list of members of ${name}`, idOf, sweep)) {
      isForAll ||= items.some(({ type }) => type === 'CUSTOMER')
      yield {
        // Of a kind that is new to us somebody may be: they count if they are among the people.
        items: items.flatMap(({ id, type }): MemberRef[] =>
          type === 'CUSTOMER' ? [] : [{ kind: type === 'GROUP' ? 'group' : 'user', key: id }],
        ),
      }
    }
    if (!isForAll) return
    if (this.#everybody === undefined) for await (const _ of this.people(signal));
    yield* inPages(
      (this.#everybody ?? []).map((each): MemberRef => ({ kind: 'user', key: each })),
      signal,
    )
  }

  async lookUp(login: string, signal: AbortSignal): Promise<readonly LookedUp[]> {
    const found = await this.#server.oneUser(login, signal)
    if (found === undefined) return []
    const isRead = await this.#isRead(found, signal)
    return [
      {
        user: asUser(found),
        name: found.primaryEmail ?? found.id,
        ...(isRead ? {} : { leftOut: 'the query for people does not find them' }),
      },
    ]
  }

  async isTold(kind: 'user' | 'group', key: string, signal: AbortSignal): Promise<boolean> {
    if (kind === 'group') return (await this.#server.oneGroup(key, signal))?.id === key
    const found = await this.#server.oneUser(key, signal)
    return found?.id === key && (await this.#isRead(found, signal))
  }

  close(): void {
    this.#server.close()
  }

  async #isRead({ id, primaryEmail }: GoogleUser, signal: AbortSignal): Promise<boolean> {
    if (this.#server.config.userQuery === undefined) return true
    return typeof primaryEmail === 'string' && this.#server.matches(id, primaryEmail, signal)
  }

  #asGroup({ id, email, name, description }: GoogleGroup): SourceGroup {
    const { groupNames } = this.#server.config
    const local = email.replace(/@.*$/, '')
    const shown = groupNames === 'email' ? email : groupNames === 'local-part' ? local : name || email
    return {
      key: id,
      name: shown,
      ...(description === undefined || description === null || description === '' ? {} : { description }),
    }
  }
}

function asUser({ id, primaryEmail, name, suspended, archived, customSchemas, ...more }: GoogleUser): SourceUser {
  const custom = Object.entries(customSchemas ?? {}).flatMap(([schema, fields]) =>
    Object.entries(fields).map(([field, value]) => [`${schema}.${field}`, valuesOf(value)] as const),
  )
  const [organization] = listIn(more.organizations)
  return {
    key: id,
    // Only what is said counts.
    active: suspended !== true && archived !== true,
    attributes: {
      ...plainAttributes(Object.fromEntries(custom)),
      ...plainAttributes({
        id,
        primaryEmail,
        givenName: name?.givenName,
        familyName: name?.familyName,
        fullName: name?.fullName,
        aliases: more.aliases,
        orgUnitPath: more.orgUnitPath,
        department: organization?.department,
        title: organization?.title,
        phones: listIn(more.phones).map(({ value }) => value),
        externalIds: listIn(more.externalIds).map(({ value }) => value),
      }),
    },
  }
}

/** Custom fields with several values come as `[{ value }]`. */
function valuesOf(value: unknown): unknown {
  return Array.isArray(value) ? listIn(value).map(({ value: each }) => each) : value
}

function listIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : []
}
