import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { type Company, company, type DirectoryDouble } from './directory-double.ts'
import { startTinyServer } from './tiny-server.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
/** The file that Google makes for a service account. */
export const googleKey = JSON.stringify({
  type: 'service_account',
  client_email: 'reader@project.iam.gserviceaccount.com',
  private_key_id: 'kid-1',
  private_key: pem,
})
export const googleAdmin = 'admin@acme.example'

export interface GoogleOptions {
  readonly company?: Company
  /** Groups whose member is the whole organization. */
  readonly forAll?: readonly string[]
  readonly archived?: readonly string[]
  /** Most entries of a page, whatever is asked for. @default 10 */
  readonly largestPage?: number
}

/**
 * The Directory API as its documents describe it: page tokens, lists left out when they are empty, 403 for "slow down" and
 * for "you may not", members of three kinds.
 */
export async function startGoogleDouble({
  company: told = company(),
  forAll = [],
  archived = [],
  largestPage = 10,
}: GoogleOptions = {}): Promise<DirectoryDouble> {
  const user = ({ id, login, isActive }: Company['people'][number]) => ({
    kind: 'admin#directory#user',
    id,
    primaryEmail: `${login}@acme.example`,
    name: { givenName: 'Pat', familyName: login, fullName: `Pat ${login}` },
    suspended: !isActive,
    archived: archived.includes(id),
    orgUnitPath: '/Staff',
    organizations: [{ department: 'Sales', title: 'Clerk', primary: true }],
    customSchemas: { HR: { costCenter: '4711', badges: [{ value: 'a' }, { value: 'b' }] } },
  })
  const group = ({ id, name }: Company['groups'][number]) => ({
    kind: 'admin#directory#group',
    id,
    email: `${name.replaceAll(' ', '-')}@acme.example`,
    name,
    description: '',
  })
  const server = await startTinyServer(({ path: asked, query, headers, body }) => {
    if (asked === '/token') {
      const refusal = assertionFault(new URLSearchParams(String(body)))
      return refusal === undefined
        ? { body: { access_token: 'google-token', expires_in: 3599 } }
        : {
            status: refusal === 'unauthorized_client' ? 401 : 400,
            body: { error: refusal, error_description: `It is ${refusal}.` },
          }
    }
    if (headers.authorization !== 'Bearer google-token') return failure(401, 'authError', 'Invalid Credentials')
    const path = asked.replace('/admin/directory/v1', '')
    const page = (kind: string, items: readonly object[], most: number) => {
      const from = Number(query.get('pageToken') ?? 0)
      const size = Math.min(Number(query.get('maxResults') ?? 100), most, largestPage)
      const part = items.slice(from, from + size)
      const next = from + size < items.length ? { nextPageToken: String(from + size) } : {}
      return { body: { kind: `admin#directory#${kind}`, ...(part.length === 0 ? {} : { [kind]: part }), ...next } }
    }
    const [, kind, id, sub] = path.split('/').map(decodeURIComponent)
    if (kind === 'users' && id === undefined) {
      if (query.get('customer') !== 'my_customer') return failure(404, 'domainNotFound', 'Domain not found')
      const email = /email=(\S+)/.exec(query.get('query') ?? '')?.[1]
      return page(
        'users',
        told.people.map(user).filter(({ primaryEmail }) => email === undefined || primaryEmail === email),
        500,
      )
    }
    if (kind === 'users') {
      const one = told.people.map(user).find((each) => each.id === id || each.primaryEmail === id)
      return one === undefined ? failure(404, 'notFound', 'Resource Not Found: userKey') : { body: one }
    }
    if (kind === 'groups' && id === undefined) return page('groups', told.groups.map(group), 200)
    const one = told.groups.find((each) => each.id === id)
    if (one === undefined) return failure(404, 'notFound', 'Resource Not Found: groupKey')
    if (sub !== 'members') return { body: group(one) }
    const members = [
      ...one.people.map((each) => ({ id: each, type: 'USER', role: 'MEMBER' })),
      ...one.groups.map((each) => ({ id: each, type: 'GROUP', role: 'MEMBER' })),
      ...(forAll.includes(one.id) ? [{ id: 'C0123', type: 'CUSTOMER', role: 'MEMBER' }] : []),
    ]
    return page('members', members, 200)
  })
  return { url: server.url, company: told, close: server.close }
}

function failure(status: number, reason: string, message: string) {
  return { status, body: { error: { code: status, message, errors: [{ reason, message, domain: 'global' }] } } }
}

function assertionFault(form: URLSearchParams): string | undefined {
  const [head = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  const key = createPublicKey(pair.privateKey)
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url')))
    return 'invalid_grant'
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'unsupported_grant_type'
  const isDelegated = claims.sub === googleAdmin && String(claims.scope).includes('admin.directory.user.readonly')
  return isDelegated ? undefined : 'unauthorized_client'
}
