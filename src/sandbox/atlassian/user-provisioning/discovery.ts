import type { Answer, Call } from '../../server/call.ts'
import type { Twin } from '../twin.ts'
import { answered, refuse } from './dialect.ts'
import { requireDirectory } from './requests.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const attributes = (names: readonly string[]) =>
  names.map((name) => ({
    name,
    type: 'string',
    multiValued: false,
    required: name === 'userName' || name === 'displayName',
  }))

const parts = (name: string, multiValued: boolean, names: readonly string[]) => ({
  name,
  type: 'complex',
  multiValued,
  required: false,
  subAttributes: attributes(names),
})

const schemas = [
  {
    id: `${core}:User`,
    name: 'User',
    attributes: [
      ...attributes(['userName', 'displayName', 'nickName', 'title', 'preferredLanguage', 'department']),
      ...attributes(['organization', 'timezone']),
      { name: 'active', type: 'boolean', multiValued: false, required: false },
      parts('name', false, [
        'formatted',
        'familyName',
        'givenName',
        'middleName',
        'honorificPrefix',
        'honorificSuffix',
      ]),
      parts('emails', true, ['value', 'type', 'primary']),
      parts('phoneNumbers', true, ['value', 'type', 'primary']),
    ],
  },
  {
    id: `${core}:Group`,
    name: 'Group',
    attributes: [...attributes(['displayName']), parts('members', true, ['value'])],
  },
  { id: enterprise, name: 'EnterpriseUser', attributes: attributes(['organization', 'department']) },
]

const resourceTypes = [
  {
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    schema: `${core}:User`,
    schemaExtensions: [{ schema: enterprise, required: false }],
  },
  { id: 'Group', name: 'Group', endpoint: '/Groups', schema: `${core}:Group` },
]

export function getConfig(twin: Twin, call: Call): Answer {
  requireDirectory(twin, call)
  return answered(200, {
    schemas: [`${core}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 100 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [{ type: 'oauthbearertoken', name: 'OAuth Bearer Token', description: 'The API key' }],
  })
}

export function getSchemas(twin: Twin, call: Call): Answer {
  requireDirectory(twin, call)
  return answered(200, listed(schemas))
}

export function getResourceTypes(twin: Twin, call: Call): Answer {
  requireDirectory(twin, call)
  return answered(200, listed(resourceTypes))
}

/** One entry by the last part of the path. */
export function getOne(kind: 'Schemas' | 'ResourceTypes') {
  const all: readonly { readonly id: string }[] = kind === 'Schemas' ? schemas : resourceTypes
  return (twin: Twin, call: Call): Answer => {
    requireDirectory(twin, call)
    const id = decodeURIComponent(call.path.slice(call.path.lastIndexOf('/') + 1))
    const found = all.find((each) => each.id === id)
    return found === undefined ? refuse(404, 'Resource not found') : answered(200, found)
  }
}

function listed(resources: readonly unknown[]) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}
