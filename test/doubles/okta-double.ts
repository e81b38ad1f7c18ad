import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { type Company, company, type DirectoryDouble } from './directory-double.ts'
import { startTinyServer } from './tiny-server.ts'

export const oktaToken = 'okta-sesame-4711'
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
/** Of the service app, as people download it. */
export const oktaKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

export interface OktaOptions {
  readonly company?: Company
  /** Statuses beside ACTIVE, by id; u9 is DEPROVISIONED. */
  readonly statuses?: Readonly<Record<string, string>>
  /** When a group's own record and its members last changed. */
  readonly changed?: Readonly<Record<string, { readonly record: string; readonly members: string }>>
  /** Most entries of a page, whatever is asked for. @default 10 */
  readonly largestPage?: number
}

/**
 * Okta as its documents describe it: pages by `after` in Link headers, errors with codes, deprovisioned people only where
 * they are asked for, groups without groups in them.
 */
export async function startOktaDouble({
  company: told = company(25, false),
  statuses = {},
  changed = {},
  largestPage = 10,
}: OktaOptions = {}): Promise<DirectoryDouble> {
  const statusOf = ({ id, isActive }: Company['people'][number]) =>
    statuses[id] ?? (isActive ? 'ACTIVE' : 'DEPROVISIONED')
  const person = (one: Company['people'][number]) => ({
    id: one.id,
    status: statusOf(one),
    lastUpdated: one.id === 'u5' ? '2026-11-21T09:59:00.000Z' : '2026-01-01T00:00:00.000Z',
    profile: {
      login: `${one.login}@acme.example`,
      email: `${one.login}@acme.example`,
      firstName: 'Pat',
      lastName: one.login,
      department: 'Sales',
      secondEmail: null,
    },
    credentials: { password: {}, provider: { type: 'OKTA' } },
  })
  const groups = () => [
    ...told.groups.map(({ id, name }) => ({ id, type: 'OKTA_GROUP', profile: { name, description: null } })),
    { id: 'everyone', type: 'BUILT_IN', profile: { name: 'Everyone' } },
  ]
  const server = await startTinyServer(({ path, query, headers, body }) => {
    if (path === '/oauth2/v1/token') {
      const isGood = isAssertion(new URLSearchParams(String(body)), `http://${headers.host}${path}`)
      return isGood
        ? { body: { access_token: 'token-of-app', expires_in: 3600, token_type: 'Bearer' } }
        : {
            status: 401,
            body: { error: 'invalid_client', error_description: 'The client_assertion signature is invalid.' },
          }
    }
    if (headers.authorization !== `SSWS ${oktaToken}` && headers.authorization !== 'Bearer token-of-app') {
      return { status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided' } }
    }
    const page = (items: readonly { readonly id: string }[], most: number) => {
      const limit = Math.min(Number(query.get('limit') ?? most), most, largestPage)
      const from = query.has('after') ? items.findIndex(({ id }) => id === query.get('after')) + 1 : 0
      const part = items.slice(from, from + limit)
      const next = new URLSearchParams(query)
      next.set('after', part.at(-1)?.id ?? '')
      const self = `<http://${headers.host}${path}?${query}>; rel="self"`
      const isMore = from + limit < items.length
      const link = isMore ? `${self}, <http://${headers.host}${path}?${next}>; rel="next"` : self
      return { body: part, headers: { link, 'x-rate-limit-limit': '600', 'x-rate-limit-remaining': '599' } }
    }
    const [, , , kind, id, sub] = path.split('/').map(decodeURIComponent)
    const filter = query.get('filter')
    if (kind === 'users' && id === undefined) {
      const all = told.people.map(person)
      if (filter === null)
        return page(
          all.filter(({ status }) => status !== 'DEPROVISIONED'),
          200,
        )
      const found = /^(status|profile\.login|profile\.email|lastUpdated) (eq|gt) "([^"]*)"$/.exec(filter)
      if (found === null)
        return { status: 400, body: { errorCode: 'E0000031', errorSummary: 'Invalid search criteria.' } }
      const [, name = '', , value = ''] = found
      const of = (one: ReturnType<typeof person>) =>
        name.startsWith('profile.') ? Reflect.get(one.profile, name.slice(8)) : Reflect.get(one, name)
      return page(
        all.filter((one) => (name === 'lastUpdated' ? of(one) > value : of(one) === value)),
        200,
      )
    }
    if (kind === 'users') return found(told.people.map(person).find((one) => one.id === id || one.profile.login === id))
    if (kind === 'groups' && id === undefined) {
      const since = /lastUpdated gt "([^"]+)" or lastMembershipUpdated gt "([^"]+)"/.exec(filter ?? '')
      if (since === null) return page(groups(), 200)
      const isNew = (each: { id: string }) => Object.values(changed[each.id] ?? {}).some((at) => at > (since[1] ?? ''))
      return page(groups().filter(isNew), 200)
    }
    const one = told.groups.find((each) => each.id === id)
    if (sub === 'users' && one !== undefined) {
      return page(told.people.filter((each) => one.people.includes(each.id)).map(person), 1000)
    }
    return found(groups().find((each) => each.id === id))
  })
  return { url: server.url, company: told, close: server.close }
}

function found(body: unknown) {
  return body === undefined ? { status: 404, body: { errorCode: 'E0000007', errorSummary: 'Not found' } } : { body }
}

function isAssertion(form: URLSearchParams, audience: string): boolean {
  const [head = '', payload = '', signature = ''] = (form.get('client_assertion') ?? '').split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as Record<string, unknown>
  const header = JSON.parse(Buffer.from(head, 'base64url').toString() || '{}') as Record<string, unknown>
  const key = createPublicKey(pair.privateKey)
  return (
    header.kid === 'kid-1' &&
    claims.iss === 'app-1' &&
    claims.sub === 'app-1' &&
    claims.aud === audience &&
    form.get('scope') === 'okta.users.read okta.groups.read' &&
    verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))
  )
}
