import type { Company } from './directory-double.ts'
import { app, entraSecret, startEntraDouble, tenant, withGuids } from './entra-double.ts'
import { googleAdmin, googleKey, startGoogleDouble } from './google-double.ts'
import { keycloakSecret, startKeycloakDouble } from './keycloak-double.ts'
import { miniorangeKeys, startMiniorangeDouble } from './miniorange-double.ts'
import { oktaToken, startOktaDouble } from './okta-double.ts'
import { oracleSecret, startOracleDouble } from './oracle-double.ts'
import { restSecret, startRestDouble } from './rest-double.ts'
import { startScimmy } from './scimmy-server.ts'

/** A source that is read over HTTP, with the double it is tried on: the same company at each of them. */
export interface HttpSource {
  readonly type: string
  /** Groups can be in groups there. */
  readonly nests: boolean
  /** A group inside another one is called by both. */
  readonly namesByPath?: boolean
  start(company: Company, pageSize: number): Promise<{ readonly url: string; close(): Promise<void> }>
  /** Everything but the type and the secrets. */
  settings(url: string, pageSize: number): Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

/** By a name of its own, for tests and figures. */
export const httpSources: Readonly<Record<string, HttpSource>> = {
  okta: {
    type: 'okta',
    nests: false,
    start: (company, largestPage) => startOktaDouble({ company, largestPage }),
    settings: (domain) => ({ domain }),
    secrets: { apiToken: oktaToken },
  },
  entra: {
    type: 'entra',
    nests: true,
    start: (company, pageSize) => startEntraDouble({ company: withGuids(company), pageSize }),
    settings: (url) => ({ tenantId: tenant, clientId: app, graphUrl: url, loginUrl: url }),
    secrets: { clientSecret: entraSecret },
  },
  google: {
    type: 'google',
    nests: true,
    start: (company, largestPage) => startGoogleDouble({ company, largestPage }),
    settings: (url) => ({ adminEmail: googleAdmin, baseUrl: url, tokenUrl: `${url}/token` }),
    secrets: { serviceAccountKey: googleKey },
  },
  keycloak: {
    type: 'keycloak',
    nests: true,
    namesByPath: true,
    start: (company) => startKeycloakDouble({ company }),
    settings: (baseUrl, pageSize) => ({ baseUrl, realm: 'corp', clientId: 'muster', pageSize }),
    secrets: { clientSecret: keycloakSecret },
  },
  oracle: {
    type: 'oracle',
    nests: false,
    start: (company) => startOracleDouble(company),
    settings: (domainUrl, pageSize) => ({ domainUrl, clientId: 'client', pageSize }),
    secrets: { clientSecret: oracleSecret },
  },
  'scim-pull': {
    type: 'scim-pull',
    nests: true,
    start: (company) => startScimmyWith(company),
    settings: (baseUrl, pageSize) => ({ baseUrl, pageSize }),
    secrets: { token: 'scimmy-sesame-4711' },
  },
  miniorange: {
    type: 'miniorange',
    nests: false,
    start: (company) => startMiniorangeDouble(company),
    settings: (baseUrl, size) => ({ baseUrl, ...ofMiniorange(size) }),
    secrets: { apiKey: miniorangeKeys.apiKey },
  },
  rest: {
    type: 'rest',
    nests: true,
    start: (company) => startRestDouble({ company }),
    settings: (baseUrl, size) => ({ baseUrl, ...ofRest(size) }),
    secrets: { secret: restSecret },
  },
}

function ofMiniorange(size: number) {
  const { customerKey } = miniorangeKeys
  const page = { type: 'offset', param: 'from', in: 'body', sizeParam: 'size', size, totalPath: '$.total' }
  const list = (path: string) => ({ path, method: 'POST', body: { customerKey }, items: '$.list', page })
  const active = { path: '$.status', falseWhen: ['DISABLED'] }
  return {
    customerKey,
    users: { ...list('/operator/people'), map: { id: '$.id', userName: '$.username', email: '$.email', active } },
    groups: { ...list('/operator/groups'), map: { id: '$.id', name: '$.name' } },
    memberships: { ...list('/operator/groups/{id}'), type: 'perGroup' },
  }
}

function ofRest(size: number) {
  const page = { type: 'linkHeader', sizeParam: 'limit', size, totalHeader: 'X-Total' }
  const active = { path: '$.status', trueWhen: ['ACTIVE'] }
  const kind = { path: '$.type', groupWhen: ['group'] }
  const list = (path: string) => ({ path, items: '$.data', page })
  const one = (path: string) => ({ one: `${path}/{id}`, oneItem: '$.data' })
  return {
    auth: { type: 'bearer' },
    users: {
      ...list('/link/users'),
      ...one('/link/users'),
      map: { id: '$.id', userName: '$.login', email: '$.mail', active },
    },
    groups: { ...list('/link/groups'), ...one('/link/groups'), map: { id: '$.id', name: '$.name' } },
    memberships: { ...list('/link/groups/{id}/members'), type: 'perGroup', idPath: '$.value', kind },
  }
}

async function startScimmyWith({ people, groups }: Company) {
  const { stored, baseUrl, close } = await startScimmy()
  const core = 'urn:ietf:params:scim:schemas:core:2.0'
  for (const { id, login, isActive } of people) {
    const emails = [{ value: `${login}@acme.example`, type: 'work', primary: true }]
    stored.users.set(id, { id, schemas: [`${core}:User`], userName: login, active: isActive, emails })
  }
  for (const group of groups) {
    const members = [...group.people, ...group.groups].map((value) => ({ value }))
    stored.groups.set(group.id, { id: group.id, schemas: [`${core}:Group`], displayName: group.name, members })
  }
  return { url: baseUrl, close }
}
