import { type Call, Refusal } from '../../server/call.ts'
import { type Account, type Group, membershipIn, membershipsIn, type Organization } from '../model.ts'
import type { Twin } from '../twin.ts'
import { adminDialect, forbiddenDomains, refuse } from './dialect.ts'

/**
 * Lets a key through, or refuses; answers the organizations it may manage. A key with scopes needs `scope`; those of
 * writes are not in the documents (`write:…` is our reading), the `read:…` ones are.
 */
export function requireKey(twin: Twin, call: Call, scope: string): readonly Organization[] {
  const presented = twin.credentials.presentedBy(call)
  const isKey = presented.kind === 'known' && presented.credential.kind === 'org-key' && presented.scheme === 'bearer'
  if (!isKey) throw new Refusal(adminDialect(twin.variants).unauthorized(call))
  const { scopes, organizations = [] } = presented.credential
  if (scopes !== undefined && scope !== '' && !scopes.has(scope)) {
    if (scope === 'read:domains:admin') throw new Refusal(forbiddenDomains(call))
    refuse('ADMIN-403-3', `The API key has no scope ${scope}`)
  }
  return organizations
}

/** The organization of the path, if the key may manage it. */
export function requireOrganization(twin: Twin, call: Call, scope: string): Organization {
  const found = requireKey(twin, call, scope).find(({ orgId }) => orgId === call.params.orgId)
  if (found !== undefined) return found
  refuse(twin.variants.is('foreignOrganization', '403') ? 'ADMIN-403-3' : 'ADMIN-404-2')
}

/** Directory of a read; undefined = `-`, all of them. */
export function directoryToRead(call: Call, { directories }: Organization): string | undefined {
  const id = call.param('directoryId')
  if (id === '-') return undefined
  if (!directories.some((each) => each.directoryId === id)) refuse('ADMIN-404-1', 'Directory not found')
  return id
}

/** Directory of a write. Whether `-` is taken there is a variant; then it means the one the subject is in. */
export function directoryToWrite(
  twin: Twin,
  call: Call,
  organization: Organization,
  subject?: Account | Group,
): string {
  if (call.param('directoryId') !== '-') return directoryToRead(call, organization) as string
  if (twin.variants.is('directoryDashOnWrite', '400')) refuse('ADMIN-400-24', 'A directory ID is required')
  const own =
    subject === undefined
      ? undefined
      : 'members' in subject
        ? subject.directoryId
        : membershipsIn(subject, organization)[0]?.directoryId
  return own ?? organization.directories[0]?.directoryId ?? refuse('ADMIN-404-1', 'Directory not found')
}

/** The account a path names, as far as it can be seen. */
export function pathAccount(twin: Twin, call: Call, name = 'accountId'): Account {
  const account = twin.state.account(call.param(name))
  if (account === undefined || account.accountType !== 'atlassian' || !twin.state.visibility.seen(account)) {
    refuse('ADMIN-404-8')
  }
  return account
}

export function pathGroup(
  twin: Twin,
  call: Call,
  { directories }: Organization,
  directoryId: string | undefined,
): Group {
  const group = twin.state.group(call.param('groupId'))
  const isHere =
    group !== undefined &&
    (directoryId === undefined
      ? directories.some((each) => each.directoryId === group.directoryId)
      : group.directoryId === directoryId)
  if (!isHere || !twin.state.visibility.seen(group)) refuse('ADMIN-404-10')
  return group
}

/** In the directory, or a managed account of the organization when all directories are asked. */
export function belongsTo(
  twin: Twin,
  account: Account,
  organization: Organization,
  directoryId: string | undefined,
): boolean {
  if (account.accountType !== 'atlassian' || !twin.state.visibility.seen(account)) return false
  const shown = twin.state.visibility.shown(account)
  if (directoryId !== undefined) return membershipIn(shown, directoryId) !== undefined
  return membershipsIn(shown, organization).length > 0 || twin.state.organizations.isManagedBy(shown, organization)
}

/** The JSON object in the body. Without one, or without its content type: 415, unless the body is `optional`. */
export function bodyObject(call: Call, optional = false): Record<string, unknown> {
  if (call.rawBody === '' && optional) return {}
  if (call.rawBody === '' || !(call.headers['content-type'] ?? '').includes('application/json')) {
    refuse('ADMIN-UAM-415-1', 'Content-Type must be application/json')
  }
  let body: unknown
  try {
    body = JSON.parse(call.rawBody)
  } catch {
    refuse('ADMIN-400-24', 'The body is not JSON')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    refuse('ADMIN-400-24', 'The body is not an object')
  return body as Record<string, unknown>
}

/** A list of texts in a body, within the documented bounds. */
export function textList(body: Readonly<Record<string, unknown>>, name: string, most: number): string[] | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string'))
    refuse('ADMIN-400-24', `${name} must be a list of texts`)
  if (value.length < 1 || value.length > most) refuse('ADMIN-400-24', `${name} must have 1 to ${most} entries`)
  return value as string[]
}

export function text(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string') refuse('ADMIN-400-24', `${name} must be a text`)
  return value
}
