import { type Company, company, type DirectoryDouble } from './directory-double.ts'
import { startTinyServer } from './tiny-server.ts'

export const keycloakSecret = 'keycloak-sesame-4711'

export interface KeycloakOptions {
  /** 16: everything below /auth, and the whole tree of groups at once. */
  readonly release?: 16 | 26
  /** Roles of realm-management in the token; `none` = a lightweight token, which tells none. */
  readonly roles?: readonly string[] | 'none'
  readonly company?: Company
}

/** The admin API of Keycloak as its documents and its upgrade notes describe it, with nested groups as subgroups. */
export async function startKeycloakDouble({
  release = 26,
  roles = ['view-users', 'query-users', 'query-groups'],
  company: told = company(),
}: KeycloakOptions = {}): Promise<DirectoryDouble> {
  const prefix = release === 16 ? '/auth' : ''
  const isChild = (id: string) => told.groups.some(({ groups }) => groups.includes(id))
  const person = (id: string, isBrief: boolean) => {
    const one = told.people.find((each) => each.id === id)
    if (one === undefined) return undefined
    const { login, isActive } = one
    const rest = {
      username: login,
      email: `${login}@acme.example`,
      firstName: 'Pat',
      lastName: login,
      enabled: isActive,
    }
    return { id, ...rest, ...(isBrief ? {} : { attributes: { department: ['Sales'], phones: ['1', '2'] } }) }
  }
  const group = (id: string): Record<string, unknown> | undefined => {
    const one = told.groups.find((each) => each.id === id)
    if (one === undefined) return undefined
    const below = release === 16 ? one.groups.map(group) : []
    return { id, name: one.name, subGroups: below, ...(release === 16 ? {} : { subGroupCount: one.groups.length }) }
  }

  const server = await startTinyServer(({ method, path: asked, query, headers, body }) => {
    if (!asked.startsWith(prefix)) return { status: 404, body: { error: 'Not Found' } }
    const path = asked.slice(prefix.length)
    if (path === '/realms/corp/.well-known/openid-configuration') return { body: { issuer: 'corp' } }
    if (path === '/realms/corp/protocol/openid-connect/token') {
      const form = new URLSearchParams(String(body))
      if (form.get('client_id') !== 'muster' || form.get('client_secret') !== keycloakSecret) {
        return { status: 401, body: { error: 'invalid_client', error_description: 'Invalid client credentials' } }
      }
      return { body: { access_token: tokenWith(roles), expires_in: 60 } }
    }
    if (!path.startsWith('/admin/')) return { status: 404, body: { error: 'Realm does not exist' } }
    if (headers.authorization !== `Bearer ${tokenWith(roles)}` || method !== 'GET') {
      return { status: 401, body: { error: 'HTTP 401 Unauthorized' } }
    }
    // The page size that counts where none is named: 100, of children 10.
    const page = <Item>(items: readonly Item[], standard = 100) => {
      const first = Number(query.get('first') ?? 0)
      return items.slice(first, first + Number(query.get('max') ?? standard))
    }
    const isBrief = query.get('briefRepresentation') !== 'false'
    const parts = path.split('/').slice(4).map(decodeURIComponent)
    if (!path.startsWith('/admin/realms/corp/')) return { status: 404, body: { error: 'Realm not found.' } }
    const [kind, id, sub] = parts
    const people = () => (roles === 'none' || roles.includes('view-users') ? told.people : [])
    if (kind === 'users' && id === undefined) {
      const named = ['username', 'email'].filter((name) => query.has(name))
      const all = people().map((each) => person(each.id, isBrief) as Record<string, unknown>)
      return { body: page(all.filter((each) => named.every((name) => each[name] === query.get(name)))) }
    }
    if (kind === 'users' && id === 'count') return { body: people().length }
    if (kind === 'users') return found(person(id ?? '', false))
    if (kind === 'groups' && id === undefined) {
      return { body: page(told.groups.filter((each) => !isChild(each.id)).map((each) => group(each.id))) }
    }
    if (kind === 'groups' && id === 'count') {
      return { body: { count: told.groups.filter((each) => !isChild(each.id)).length } }
    }
    const one = told.groups.find((each) => each.id === id)
    if (one === undefined) return found(undefined)
    if (sub === 'children' && release !== 16) return { body: page(one.groups.map(group), 10) }
    if (sub === 'members') return { body: page(one.people.map((each) => person(each, isBrief))) }
    return sub === undefined ? found(group(one.id)) : { status: 404, body: { error: 'Not Found' } }
  })
  return { url: server.url, company: told, close: server.close }
}

function found(body: unknown) {
  return body === undefined ? { status: 404, body: { error: 'Could not find it' } } : { body }
}

function tokenWith(roles: KeycloakOptions['roles']): string {
  const payload = roles === 'none' ? {} : { resource_access: { 'realm-management': { roles } } }
  return `${Buffer.from('{}').toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.sig`
}
