import { type Company, company, type DirectoryDouble } from './directory-double.ts'
import { type SeenRequest, startTinyServer, type TinyAnswer } from './tiny-server.ts'

export const oracleSecret = 'oracle-sesame-4711'

/**
 * An OCI IAM identity domain as its documents say: a token by client credentials with the scope of one's own roles, SCIM below
 * /admin/v1, members only when they are named, lists that must be sorted to be paged, groups that do not nest. Oracle refuses to
 * list the members of groups larger than 10,000; a double of a small company draws the line earlier.
 */
export async function startOracleDouble(told: Company = company(25, false), mostMembers = 2): Promise<DirectoryDouble> {
  const groupsOf = (id: string) => told.groups.filter(({ people }) => people.includes(id))
  const person = ({ id, login, isActive }: Company['people'][number]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id,
    ocid: `ocid1.user.oc1..${id}`,
    userName: login,
    active: isActive,
    name: { givenName: 'Pat', familyName: login, formatted: `Pat ${login}` },
    emails: [{ value: `${login}@acme.example`, type: 'work', primary: true }],
    'urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User': { locked: { on: id === 'u4' } },
  })
  const group = ({ id, name, people }: Company['groups'][number], isNamed: boolean) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    id,
    displayName: name,
    ...(isNamed && people.length > 0 ? { members: people.map((value) => ({ value, type: 'User' })) } : {}),
  })
  const isLarge = ({ people }: Company['groups'][number]) => people.length > mostMembers

  const server = await startTinyServer((request) => {
    const { path, query } = request
    if (path === '/oauth2/v1/token') return token(request)
    if (request.headers.authorization !== 'Bearer oracle-token-1') return refusal(401, 'not signed in')
    const isNamed = query.get('attributes')?.includes('members') === true
    if (path === '/admin/v1/Users') return listed(query, told.people.filter(chosen(query, groupsOf)).map(person))
    if (path === '/admin/v1/Groups') {
      // In a list a large group comes without its members.
      return listed(
        query,
        told.groups.map((each) => group(each, isNamed && !isLarge(each))),
      )
    }
    const [, , , kind, id] = path.split('/').map(decodeURIComponent)
    const one = kind === 'Groups' ? told.groups.find((each) => each.id === id) : undefined
    if (one !== undefined) {
      return isNamed && isLarge(one) ? refusal(400, 'more than the members allowed') : { body: group(one, isNamed) }
    }
    const user = kind === 'Users' ? told.people.find((each) => each.id === id) : undefined
    return user === undefined ? refusal(404, 'no such resource') : { body: person(user) }
  })
  return { url: server.url, company: told, close: server.close }
}

function token({ headers, body }: SeenRequest): TinyAnswer {
  const isRight = headers.authorization === `Basic ${Buffer.from(`client:${oracleSecret}`).toString('base64')}`
  const form = new URLSearchParams(String(body))
  const isAsked = form.get('grant_type') === 'client_credentials' && form.get('scope') === 'urn:opc:idm:__myscopes__'
  if (isRight && isAsked) return { body: { access_token: 'oracle-token-1', token_type: 'Bearer', expires_in: 3600 } }
  return { status: 401, body: { error: 'invalid_client', error_description: 'Client authentication failed.' } }
}

/** The filters that are used here; Oracle has many more. */
function chosen(query: URLSearchParams, groupsOf: (id: string) => readonly { readonly id: string }[]) {
  const [, attribute, value] = /^([\w.]+) eq "([^"]*)"$/.exec(query.get('filter') ?? '') ?? []
  return ({ id, login }: Company['people'][number]) => {
    switch (attribute) {
      case undefined:
        return true
      case 'groups.value':
        return groupsOf(id).some((each) => each.id === value)
      case 'userName':
        return login === value
      case 'emails.value':
        return `${login}@acme.example` === value
      default:
        return id === value
    }
  }
}

function listed(query: URLSearchParams, all: readonly { readonly id: string }[]): TinyAnswer {
  const startIndex = Number(query.get('startIndex') ?? 1)
  const count = Math.min(Number(query.get('count') ?? 50), 1000)
  const isSorted = query.get('sortBy') === 'id'
  // Without an order the pages overlap.
  const from = isSorted || startIndex === 1 ? startIndex - 1 : Math.max(0, startIndex - 3)
  const Resources = all.slice(from, from + count)
  return { body: { totalResults: all.length, startIndex, itemsPerPage: Resources.length, Resources } }
}

function refusal(status: number, detail: string): TinyAnswer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  return { status, body: { schemas, status: String(status), detail } }
}
