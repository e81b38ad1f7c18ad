import type { Answer, Call } from '../../server/call.ts'
import { type Account, isActiveIn } from '../model.ts'
import type { Twin } from '../twin.ts'
import { hasPermission, refuseForgery, type Scopes, type Visit, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { accountIdParam, isKnownAt } from './lookup.ts'

const read: Scopes = { classic: 'read:jira-user', granular: ['read:user.property:jira'] }
const longestKey = 255
const mostBytes = 32_768

/** GET /user/properties: keys only. */
export function listProperties(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, read)
  const account = subject(twin, visitor, call)
  const keys = twin.state.properties.keysOf(visitor.site, account).map((key) => ({
    key,
    self: `${visitor.base}/rest/api/3/user/properties/${encodeURIComponent(key)}?accountId=${account.accountId}`,
  }))
  return { status: 200, json: { keys } }
}

/** GET /user/properties/{propertyKey} */
export function getProperty(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, read)
  const account = subject(twin, visitor, call)
  const key = keyParam(call)
  const text = twin.state.properties.get(visitor.site, account, key)
  if (text === undefined) refuse(404, `The property with key ${key} does not exist.`)
  return { status: 200, json: { key, value: JSON.parse(text) as unknown } }
}

/** PUT /user/properties/{propertyKey}: any JSON value of at most 32768 bytes. */
export function setProperty(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'write:jira-work', granular: ['write:user.property:jira'] })
  refuseForgery(call)
  const account = subject(twin, visitor, call)
  const key = keyParam(call)
  if (!(call.headers['content-type'] ?? '').includes('application/json')) refuse(415, 'Unsupported Media Type')
  if (Buffer.byteLength(call.rawBody) > mostBytes) {
    const status = Number(twin.variants.get('propertyTooLarge'))
    refuse(status, `The property value cannot be larger than ${mostBytes} bytes.`)
  }
  try {
    JSON.parse(call.rawBody)
  } catch {
    refuse(400, 'The property value must be a valid, non-empty JSON value.')
  }
  const isNew = twin.state.properties.set(visitor.site, account, key, call.rawBody)
  return { status: isNew ? 201 : 200 }
}

/** DELETE /user/properties/{propertyKey} */
export function deleteProperty(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'write:jira-work', granular: ['delete:user.property:jira'] })
  refuseForgery(call)
  const account = subject(twin, visitor, call)
  const key = keyParam(call)
  if (!twin.state.properties.delete(visitor.site, account, key)) {
    refuse(404, `The property with key ${key} does not exist.`)
  }
  return { status: 204 }
}

/**
 * Who has `key.path=value`, e.g. `idp.attrs.department=R&D`: the first dot ends the key, a value is compared as text.
 * Throws a 400 for anything else.
 */
export function holdersOf(twin: Twin, visitor: Visit, property: string): Account[] {
  const [, path = '', value = ''] = /^([^=]+)=(.*)$/.exec(property) ?? refuse(400, `The property query is not valid.`)
  const [key = '', ...names] = path.split('.')
  if (key === '' || names.includes('')) refuse(400, 'The property query is not valid.')
  return accountsWith(twin, visitor, key, names, value)
}

/** Everybody whose property holds the value at the path. */
export function accountsWith(
  twin: Twin,
  { site }: Visit,
  key: string,
  path: readonly string[],
  value: string,
): Account[] {
  const found: Account[] = []
  for (const [accountId, text] of twin.state.properties.withKey(site, key)) {
    const held = path.reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
      JSON.parse(text),
    )
    const account = twin.state.account(accountId)
    const fits = held !== undefined && typeof held !== 'object' && String(held) === value
    if (fits && account !== undefined) found.push(account)
  }
  return found.sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
}

/** Whose properties are meant: everybody's for an administrator, one's own for the others. */
function subject(twin: Twin, visitor: Visit, call: Call): Account {
  const account = twin.state.account(accountIdParam(call))
  const isOwn = visitor.account !== undefined && account === visitor.account
  if (!isOwn && !hasPermission(twin, visitor, 'ADMINISTER')) {
    refuse(403, 'You do not have permission to access the properties of this user.')
  }
  const isThere = account !== undefined && isKnownAt(twin, visitor.site, account)
  const isHidden =
    isThere &&
    !isActiveIn(twin.state.visibility.shown(account), visitor.site.directoryId) &&
    twin.variants.is('propertiesOfInactive', '404')
  if (!isThere || isHidden) refuse(404, 'The user does not exist.')
  return account
}

function keyParam(call: Call): string {
  const key = call.param('propertyKey')
  if (key.length > longestKey) refuse(400, `The property key has at most ${longestKey} characters.`)
  return key
}
