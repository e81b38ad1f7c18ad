import { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import type { ChangesPage } from '../../../ports/source.ts'
import { plainAttributes } from '../../kit/directory/attributes.ts'
import type { DirectoryReading, LookedUp } from '../../kit/directory/reading.ts'
import { okStep } from '../../kit/findings.ts'
import { provenPages } from '../../kit/paging.ts'
import type { EntraGroup, EntraMember, EntraServer, EntraUser } from './server.ts'

const idOf = ({ id }: { readonly id: string }) => id
const guidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Members that are nobody. */
const nobody = new Set(['#microsoft.graph.device', '#microsoft.graph.orgContact', '#microsoft.graph.servicePrincipal'])

/** Where we are in both lists of changes. */
const cursorShape = z.object({ users: z.string(), groups: z.string() })

/** Reads one tenant; one instance serves one read. */
export class EntraReading implements DirectoryReading {
  readonly #server: EntraServer
  /** Groups whose members are shown only with a permission of their own. */
  readonly #hidden = new Set<string>()

  constructor(server: EntraServer) {
    this.#server = server
  }

  async signIn(signal: AbortSignal): Promise<string> {
    const { tenantId, clientId } = this.#server.config
    const permissions = await this.#server.permissions(signal)
    const rights = permissions === undefined || permissions.length === 0 ? '' : ` with ${permissions.join(', ')}`
    if (permissions?.length === 0) {
      throw fail.forbidden(`The app ${clientId} has no application permission in the tenant ${tenantId}.`, {
        hint: 'API permissions > Microsoft Graph > Application permissions: User.Read.All and GroupMember.Read.All, then Grant admin consent. Delegated permissions do not count.',
      })
    }
    return `Signed in to the tenant ${tenantId} as app ${clientId}${rights}.`
  }

  async *people(signal: AbortSignal): AsyncGenerator<Page<SourceUser>> {
    let came = 0
    let withStatus = 0
    for await (const { items } of provenPages('The list of people', idOf, () => this.#server.users(signal))) {
      came += items.length
      const unseen = items.find(({ userPrincipalName }) => typeof userPrincipalName !== 'string')
      if (unseen !== undefined) {
        throw fail.forbidden(`The tenant shows only the id of ${unseen.id}: this app may not see everybody.`, {
          hint: 'Grant the application permission User.Read.All, with admin consent.',
        })
      }
      withStatus += items.filter(({ accountEnabled }) => typeof accountEnabled === 'boolean').length
      const read = items.filter((each) => this.#isRead(each))
      if (read.length > 0) yield { items: read.map((each) => this.#asUser(each)) }
    }
    // A tenant has an administrator, and everybody has a status: without them we see less than there is.
    if ((came === 0 && this.#server.config.userFilter === undefined) || (came > 0 && withStatus === 0)) {
      throw fail.forbidden(
        came === 0 ? 'The tenant shows nobody to this app.' : 'The tenant does not show whether accounts are enabled.',
        { hint: 'Grant the application permission User.Read.All, with admin consent.' },
      )
    }
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<SourceGroup>> {
    for await (const { items } of provenPages('The list of groups', idOf, () => this.#server.groups(signal))) {
      const unseen = items.find(({ displayName }) => typeof displayName !== 'string')
      if (unseen !== undefined) {
        throw fail.forbidden(
          `The tenant shows only the id of the group ${unseen.id}: this app may not see every group.`,
          {
            hint: 'Grant the application permission GroupMember.Read.All, with admin consent.',
          },
        )
      }
      for (const { id, visibility } of items) if (visibility === 'HiddenMembership') this.#hidden.add(id)
      yield { items: items.map(asGroup) }
    }
  }

  async *members({ key, name }: SourceGroup, signal: AbortSignal): AsyncGenerator<Page<MemberRef>> {
    if (this.#hidden.has(key)) {
      const permissions = await this.#server.permissions(signal)
      if (permissions?.includes('Member.Read.Hidden') !== true) {
        throw fail.incompleteRead(`The members of the group ${name} are hidden from this app.`, {
          hint: 'Grant the application permission Member.Read.Hidden; until then nothing follows from this group.',
        })
      }
    }
    const sweep = () => this.#server.members(key, signal)
    for await (const { items } of provenPages(`The list of members of ${name}`, idOf, sweep)) {
      yield { items: items.flatMap(memberRef) }
    }
  }

  async lookUp(login: string, signal: AbortSignal): Promise<readonly LookedUp[]> {
    const text = quoted(login)
    const filter = guidShape.test(login) ? `id eq ${text}` : `userPrincipalName eq ${text} or mail eq ${text}`
    const found = await this.#server.usersWith(filter, signal)
    return found.map((each) => ({
      user: this.#asUser(each),
      name: each.userPrincipalName ?? each.id,
      ...(this.#isRead(each) ? {} : { leftOut: 'guests are left out by the setting guests' }),
    }))
  }

  async isTold(kind: 'user' | 'group', key: string, signal: AbortSignal): Promise<boolean> {
    if (!guidShape.test(key)) return false
    const { userFilter, groupFilter } = this.#server.config
    const filter = (own: string | undefined) => `${own === undefined ? '' : `(${own}) and `}id eq ${quoted(key)}`
    if (kind === 'group') return (await this.#server.groupsWith(filter(groupFilter), signal)).length > 0
    return (await this.#server.usersWith(filter(userFilter), signal)).some((each) => this.#isRead(each))
  }

  /** A secret that looks like an id is most likely the Secret ID. */
  async *findings(): AsyncGenerator<CheckStep> {
    if (guidShape.test(this.#server.config.clientSecret.reveal())) {
      yield {
        name: 'client-secret',
        status: 'warning',
        message: 'The client secret has the form of an id.',
        remedy: 'Enter the Value of the secret, not the Secret ID.',
      }
    } else yield okStep('client-secret', 'The client secret has the form of a value.')
  }

  /** Delta queries; an id that is told may be that of somebody who is gone. A link that is too old begins anew. */
  async *changesSince(cursor: string | undefined, signal: AbortSignal): AsyncGenerator<ChangesPage> {
    const before = cursor === undefined ? undefined : parsedCursor(cursor)
    const latest = (kind: string, select: string) => `/${kind}/delta?$select=${select}&$deltatoken=latest`
    const starts = before ?? {
      users: latest('users', this.#server.select),
      groups: latest('groups', 'displayName,members'),
    }
    const ends: Record<string, string> = {}
    for (const kind of ['users', 'groups'] as const) {
      let link: string | undefined = starts[kind]
      const links = new Set<string>()
      while (link !== undefined) {
        if (links.has(link)) throw fail.incompleteRead('The list of changes names the same next page twice.')
        links.add(link)
        const page = await this.#server.changes(link, signal)
        if (page === undefined) {
          yield* this.#restarted(signal)
          return
        }
        const keys = page.value.map(idOf)
        if (keys.length > 0) yield { users: [], groups: [], [kind]: keys }
        link = page['@odata.nextLink']
        ends[kind] = page['@odata.deltaLink'] ?? ''
        if (link === undefined && ends[kind] === '') {
          throw fail.incompleteRead('The list of changes ended without saying where to go on from.')
        }
      }
    }
    yield {
      users: [],
      groups: [],
      ...(cursor !== undefined && before === undefined ? { isRestart: true } : {}),
      next: JSON.stringify(ends),
    }
  }

  close(): void {
    this.#server.close()
  }

  async *#restarted(signal: AbortSignal): AsyncGenerator<ChangesPage> {
    for await (const page of this.changesSince(undefined, signal)) yield { ...page, isRestart: true }
  }

  #isRead({ userType }: EntraUser): boolean {
    return this.#server.config.guests === 'read' || userType !== 'Guest'
  }

  #asUser(told: EntraUser): SourceUser {
    const email = emailOf(told)
    const attributes = plainAttributes(
      Object.fromEntries(Object.entries(told).filter(([name]) => !name.startsWith('@'))),
    )
    // What we are not shown is no reason to take anything away.
    const active = told.accountEnabled !== false
    return { key: told.id, active, attributes: { ...attributes, ...(email === undefined ? {} : { email }) } }
  }
}

/** The address: mail; a sign-in name that can be one; for guests what they gave. */
function emailOf({ mail, userPrincipalName, otherMails }: EntraUser): string | undefined {
  if (typeof mail === 'string' && mail !== '') return mail
  const isAddress =
    /^[^@#]+@[^@]+$/.test(userPrincipalName ?? '') && !/\.onmicrosoft\.(com|us|cn)$/i.test(userPrincipalName ?? '')
  return isAddress ? (userPrincipalName ?? undefined) : otherMails?.find((each) => each !== '')
}

function asGroup({ id, displayName, description }: EntraGroup): SourceGroup {
  const name = displayName === undefined || displayName === null || displayName === '' ? id : displayName
  return {
    key: id,
    name,
    ...(description === undefined || description === null || description === '' ? {} : { description }),
  }
}

/** Of a kind that is new to us somebody may be: they count if they are among the people. */
function memberRef({ id, '@odata.type': type }: EntraMember): MemberRef[] {
  if (nobody.has(type)) return []
  return [{ kind: type === '#microsoft.graph.group' ? 'group' : 'user', key: id }]
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function parsedCursor(text: string) {
  try {
    return cursorShape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
