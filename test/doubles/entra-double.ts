import { type Company, company, type DirectoryDouble } from './directory-double.ts'
import { startTinyServer } from './tiny-server.ts'

export const entraSecret = 'entra~sesame.4711'
export const tenant = '11111111-2222-3333-4444-555555555555'
export const app = '99999999-2222-3333-4444-555555555555'

/** The ids of a company as Entra has them. */
export const guid = (id: string) => `${id.padStart(8, '0').replaceAll(/[^0-9a-f]/g, 'a')}-0000-0000-0000-000000000000`

export interface EntraOptions {
  readonly company?: Company
  /** Application permissions in the token. */
  readonly permissions?: readonly string[]
  readonly guests?: readonly string[]
  /** Groups whose members only Member.Read.Hidden shows. */
  readonly hidden?: readonly string[]
  /** What delta queries tell after the first look; `lost` = the link is too old. */
  readonly changes?: { readonly users: readonly string[]; readonly groups: readonly string[] } | 'lost'
  /** Entries of a page. @default 10 */
  readonly pageSize?: number
}

/** A company whose keys are GUIDs. */
export function guidCompany(size = 25): Company {
  return withGuids(company(size))
}

/** The same company as Entra has it. */
export function withGuids({ people, groups }: Company): Company {
  return {
    people: people.map((each) => ({ ...each, id: guid(each.id) })),
    groups: groups.map((each) => ({
      ...each,
      id: guid(each.id),
      people: each.people.map(guid),
      groups: each.groups.map(guid),
    })),
  }
}

/**
 * Microsoft Graph as its documents describe it: pages of 10 with nextLinks (an empty page before the end among them), only
 * the properties that are selected, members of every kind by their type.
 */
export async function startEntraDouble({
  company: told = guidCompany(),
  permissions = ['User.Read.All', 'GroupMember.Read.All'],
  guests = [],
  hidden = [],
  changes = { users: [], groups: [] },
  pageSize = 10,
}: EntraOptions = {}): Promise<DirectoryDouble> {
  const token = `x.${Buffer.from(JSON.stringify({ roles: permissions })).toString('base64url')}.x`
  const user = ({ id, login, isActive }: Company['people'][number]) => ({
    id,
    userPrincipalName: guests.includes(id)
      ? `${login}_other.example#EXT#@acme.onmicrosoft.com`
      : `${login}@acme.example`,
    mail: Number(login.replace('person', '')) % 2 === 0 ? `${login}@acme.example` : null,
    otherMails: guests.includes(id) ? [`${login}@other.example`] : [],
    displayName: `Pat ${login}`,
    givenName: 'Pat',
    surname: login,
    accountEnabled: isActive,
    userType: guests.includes(id) ? 'Guest' : 'Member',
    department: 'Sales',
  })
  const group = ({ id, name }: Company['groups'][number]) => ({
    id,
    displayName: name,
    description: null,
    visibility: hidden.includes(id) ? 'HiddenMembership' : null,
  })
  const server = await startTinyServer(({ path: asked, query, headers, body }) => {
    if (asked === `/${tenant}/oauth2/v2.0/token`) {
      const form = new URLSearchParams(String(body))
      const isRight =
        form.get('client_secret') === entraSecret && form.get('scope') === 'https://graph.microsoft.com/.default'
      return isRight
        ? { body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } }
        : {
            status: 401,
            body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.' },
          }
    }
    const path = asked.replace(/^\/v1\.0/, '')
    if (headers.authorization !== `Bearer ${token}`) {
      return { status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: 'Access token is empty.' } } }
    }
    const here = `http://${headers.host}/v1.0${path}`
    const selected = (one: object) => {
      const names = query.get('$select')?.split(',') ?? ['id', 'displayName']
      return Object.fromEntries(Object.entries(one).filter(([name]) => names.includes(name) || name.startsWith('@')))
    }
    // One empty page after the first: Graph gives them, and only a missing nextLink is the end.
    const page = (items: readonly object[]) => {
      const step = Number(query.get('$skiptoken') ?? 0)
      const from = step === 0 ? 0 : (step - 1) * pageSize
      const part = step === 1 ? [] : items.slice(from, from + pageSize)
      const isMore = step <= 1 ? items.length > pageSize : from + pageSize < items.length
      const next = new URLSearchParams({ ...Object.fromEntries(query), $skiptoken: String(step + 1) })
      return { body: { value: part.map(selected), ...(isMore ? { '@odata.nextLink': `${here}?${next}` } : {}) } }
    }
    const delta = (kind: 'users' | 'groups') => {
      const link = { '@odata.deltaLink': `${here}?$deltatoken=later` }
      if (query.get('$deltatoken') === 'latest') return { body: { value: [], ...link } }
      if (changes === 'lost') return { status: 400, body: { error: { code: 'syncStateNotFound', message: 'too old' } } }
      return { body: { value: changes[kind].map((id) => ({ id, '@removed': { reason: 'changed' } })), ...link } }
    }
    const [, kind, id, sub] = path.split('/').map(decodeURIComponent)
    if ((kind === 'users' || kind === 'groups') && id === 'delta') return delta(kind)
    const matching = <One extends { readonly id: string }>(all: readonly One[]) => {
      const filter = query.get('$filter')
      if (filter === null) return all
      const wanted = [...filter.matchAll(/(\w+) eq '((?:[^']|'')*)'/g)]
      return all.filter((one) =>
        wanted.some(([, name = '', value = '']) => String(Reflect.get(one, name)) === value.replaceAll("''", "'")),
      )
    }
    if (kind === 'users' && id === undefined) return page(matching(told.people.map(user)))
    if (kind === 'groups' && id === undefined) return page(matching(told.groups.map(group)))
    const one = told.groups.find((each) => each.id === id)
    if (one === undefined || sub !== 'members')
      return { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'no' } } }
    if (hidden.includes(one.id) && !permissions.includes('Member.Read.Hidden')) return page([])
    return page([
      ...one.people.map((each) => ({ '@odata.type': '#microsoft.graph.user', id: each })),
      ...one.groups.map((each) => ({ '@odata.type': '#microsoft.graph.group', id: each })),
      { '@odata.type': '#microsoft.graph.device', id: guid('d1') },
    ])
  })
  return { url: server.url, company: told, close: server.close }
}
