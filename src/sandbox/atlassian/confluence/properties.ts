import type { Answer, Call } from '../../server/call.ts'
import type { Account, Site } from '../model.ts'
import { isSiteAdmin, type Twin } from '../twin.ts'
import { visit } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { accountNamed } from './users.ts'
import { pageOf } from './views.ts'

const longestKey = 255
const mostBytes = 32_768

/** GET /user/{userId}/property: keys only, five at a time, 25 at most. */
export function listProperties(twin: Twin, call: Call): Answer {
  const { site, account } = subject(twin, call)
  const keys = twin.state.confluenceProperties.keysOf(site, account)
  return pageOf(twin, call, keys, (key) => ({ key }), { usual: 5, largest: 25 })
}

/** GET /user/{userId}/property/{key} */
export function getProperty(twin: Twin, call: Call): Answer {
  const { site, account, key } = subject(twin, call)
  const text = twin.state.confluenceProperties.get(site, account, key)
  if (text === undefined) return refuse(twin, call, 404, `There is no user property ${key}`)
  const at = new Date(call.at).toISOString()
  const value: unknown = JSON.parse(text)
  return { status: 200, json: { key, value, id: `${account.accountId}:${key}`, lastModifiedDate: at, createdDate: at } }
}

/** POST /user/{userId}/property/{key}: only a new one. */
export function createProperty(twin: Twin, call: Call): Answer {
  const { site, account, key } = subject(twin, call)
  const text = textOfValue(twin, call)
  if (twin.state.confluenceProperties.get(site, account, key) !== undefined) {
    refuse(twin, call, 409, `The user property ${key} already exists`)
  }
  twin.state.confluenceProperties.set(site, account, key, text)
  return { status: 201 }
}

/** PUT /user/{userId}/property/{key}: only one that is there. */
export function updateProperty(twin: Twin, call: Call): Answer {
  const { site, account, key } = subject(twin, call)
  const text = textOfValue(twin, call)
  if (twin.state.confluenceProperties.get(site, account, key) === undefined) {
    refuse(twin, call, 404, `There is no user property ${key}`)
  }
  twin.state.confluenceProperties.set(site, account, key, text)
  return { status: 204 }
}

/** DELETE /user/{userId}/property/{key} */
export function deleteProperty(twin: Twin, call: Call): Answer {
  const { site, account, key } = subject(twin, call)
  if (!twin.state.confluenceProperties.delete(site, account, key)) {
    refuse(twin, call, 404, `There is no user property ${key}`)
  }
  return { status: 204 }
}

/** Whose property is meant: everybody's for an administrator of the site, one's own for the others. */
function subject(twin: Twin, call: Call): { readonly site: Site; readonly account: Account; readonly key: string } {
  const visited = visit(twin, call)
  const account = accountNamed(twin, call, visited.site, call.param('userId'))
  if (account !== visited.account && !isSiteAdmin(twin, visited.account, visited.site)) {
    refuse(twin, call, 403, 'You may not see the properties of this user')
  }
  const key = call.params.key ?? ''
  if (key.length > longestKey) refuse(twin, call, 400, `A key has at most ${longestKey} characters`)
  if (!/^[-_a-zA-Z0-9]*$/.test(key)) refuse(twin, call, 400, 'A key has letters, digits, - and _ only')
  return { site: visited.site, account, key }
}

/** The value of `{ value: {…} }` as text. */
function textOfValue(twin: Twin, call: Call): string {
  const { value } = bodyObject(twin, call)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(twin, call, 400, 'The value is empty or no object')
  }
  const text = JSON.stringify(value)
  if (Buffer.byteLength(text) > mostBytes) refuse(twin, call, 400, 'The value is too long')
  return text
}
