import { type Call, Refusal } from '../../server/call.ts'
import { type Account, type Group, membershipIn } from '../model.ts'
import type { Twin } from '../twin.ts'
import { adminDialect, forbiddenDomains, refuse } from './dialect.ts'

/**
 * Lets a key of this organization through, or refuses. A key with scopes needs `scope`; those of writes are not in the
 * documents (`write:…` is our reading), the `read:…` ones are.
 */
export function requireKey(twin: Twin, call: Call, scope: string): void {
  const presented = twin.credentials.presentedBy(call)
  const isKey = presented.kind === 'known' && presented.credential.kind === 'org-key' && presented.scheme === 'bearer'
  if (!isKey) throw new Refusal(adminDialect(twin.variants).unauthorized(call))
  const { scopes } = presented.credential
  if (scopes !== undefined && scope !== '' && !scopes.has(scope)) {
    if (scope === 'read:domains:admin') throw new Refusal(forbiddenDomains(call))
    refuse('ADMIN-403-3', `The API key has no scope ${scope}`)
  }
  const { orgId } = call.params
  if (orgId !== undefined && orgId !== twin.state.orgId) refuse('ADMIN-404-2')
}

/** Directory of a read; undefined = `-`, all of them. */
export function directoryToRead(twin: Twin, call: Call): string | undefined {
  const id = call.param('directoryId')
  if (id === '-') return undefined
  if (!twin.state.directories.some((each) => each.directoryId === id)) refuse('ADMIN-404-1', 'Directory not found')
  return id
}

/** Directory of a write. Whether `-` is taken there is a variant; then it means the one the subject is in. */
export function directoryToWrite(twin: Twin, call: Call, subject?: Account | Group): string {
  if (call.param('directoryId') !== '-') return directoryToRead(twin, call) as string
  if (twin.variants.is('directoryDashOnWrite', '400')) refuse('ADMIN-400-24', 'A directory ID is required')
  const own =
    subject === undefined ? undefined : 'members' in subject ? subject.directoryId : subject.directories[0]?.directoryId
  return own ?? twin.state.directories[0]?.directoryId ?? refuse('ADMIN-404-1', 'Directory not found')
}

/** The account a path names, as far as it can be seen. */
export function pathAccount(twin: Twin, call: Call, name = 'accountId'): Account {
  const account = twin.state.account(call.param(name))
  if (account === undefined || account.accountType !== 'atlassian' || !twin.state.visibility.seen(account)) {
    refuse('ADMIN-404-8')
  }
  return account
}

export function pathGroup(twin: Twin, call: Call, directoryId: string | undefined): Group {
  const group = twin.state.group(call.param('groupId'))
  const isHere = directoryId === undefined || group?.directoryId === directoryId
  if (group === undefined || !isHere || !twin.state.visibility.seen(group)) refuse('ADMIN-404-10')
  return group
}

/** In the directory, or a managed account of the organization when all directories are asked. */
export function belongsTo(twin: Twin, account: Account, directoryId: string | undefined): boolean {
  if (account.accountType !== 'atlassian' || !twin.state.visibility.seen(account)) return false
  if (directoryId !== undefined) return membershipIn(account, directoryId) !== undefined
  return account.directories.length > 0 || twin.state.isManaged(account)
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
