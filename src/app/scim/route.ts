import { type ScimError, scimFault } from '../../scim/error.ts'
import type { JsonObject } from '../../scim/json.ts'
import { listDocument, listQueryFromBody, listQueryFromUrl } from '../../scim/query.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import { resourceTypeDocument, schemaDocument, serviceProviderConfig } from '../../scim/schema/discovery.ts'
import type { ScimAnswer, ScimRequest } from './answer.ts'
import { runBulk } from './bulk.ts'
import { listEverything, listResources } from './lists.ts'
import { createResource, patchResource, readResource, removeResource, replaceResource } from './resources.ts'
import { bodyOf, maxBulkOperations, pageLimits, type ScimScope, typeNamed } from './scope.ts'

type Work = () => Promise<ScimAnswer> | ScimAnswer
type Methods = Readonly<Record<string, Work>>

/** Answers one request of a client that was let in. Throws `ScimError`. */
export async function routeScim(
  scope: ScimScope,
  request: ScimRequest,
  asScimError: (thrown: unknown) => ScimError,
): Promise<ScimAnswer> {
  const methods = methodsAt(scope, request, asScimError)
  if (methods === undefined) throw scimFault.notFound(`There is nothing at /${request.path.join('/').slice(0, 200)}.`)
  const work = methods[request.method]
  if (work !== undefined) return await work()
  const allowed = Object.keys(methods)
  const error = scimFault.methodNotAllowed(`${request.method} is not possible here; ${allowed.join(', ')} is.`)
  throw Object.assign(error, { allow: allowed.join(', ') })
}

function methodsAt(
  scope: ScimScope,
  request: ScimRequest,
  asScimError: (thrown: unknown) => ScimError,
): Methods | undefined {
  const [first = '', second, ...more] = request.path
  if (more.length > 0) return undefined
  const type = typeNamed(scope, first)
  if (type !== undefined)
    return second === undefined ? collection(scope, type, request) : member(scope, type, second, request)
  const name = first.toLowerCase()
  if (name === 'schemas' || name === 'resourcetypes') return { GET: () => described(scope, name, second, request) }
  if (second !== undefined) return undefined
  switch (name) {
    case '':
      return { GET: () => listEverything(scope, listQueryFromUrl(request.query)) }
    case '.search':
      return { POST: () => listEverything(scope, listQueryFromBody(bodyOf(request.body))) }
    case 'bulk':
      return { POST: () => runBulk(scope, bodyOf(request.body), asScimError) }
    case 'me':
      return me
    case 'serviceproviderconfig':
      return {
        GET: () => {
          refuseFilter(request)
          const limits = { ...pageLimits, maxBulkOperations, maxBulkBytes: scope.settings.maxBodyBytes }
          return { status: 200, body: serviceProviderConfig(limits, scope.baseUrl) }
        },
      }
    default:
      return undefined
  }
}

function collection(scope: ScimScope, type: ResourceType, request: ScimRequest): Methods {
  return {
    GET: () => listResources(scope, type, listQueryFromUrl(request.query)),
    POST: () => createResource(scope, type, request),
  }
}

function member(scope: ScimScope, type: ResourceType, id: string, request: ScimRequest): Methods {
  if (id === '.search') return { POST: () => listResources(scope, type, listQueryFromBody(bodyOf(request.body))) }
  return {
    GET: () => readResource(scope, type, id, request),
    PUT: () => replaceResource(scope, type, id, request),
    PATCH: () => patchResource(scope, type, id, request),
    DELETE: () => removeResource(scope, type, id, request),
  }
}

/** The token belongs to a whole source, not to a person (RFC 7644 section 3.11). */
const noPerson: Work = () => {
  throw scimFault.notImplemented('/Me needs a person who signed in; the token of a source stands for none.')
}
const me: Methods = { GET: noPerson, POST: noPerson, PUT: noPerson, PATCH: noPerson, DELETE: noPerson }

function described(
  { registry, baseUrl }: ScimScope,
  name: 'schemas' | 'resourcetypes',
  id: string | undefined,
  request: ScimRequest,
): ScimAnswer {
  refuseFilter(request)
  const documents: readonly JsonObject[] =
    name === 'schemas'
      ? registry.schemas.map((schema) => schemaDocument(schema, baseUrl))
      : registry.types.map((type) => resourceTypeDocument(type, baseUrl))
  if (id === undefined) {
    return { status: 200, body: listDocument({ totalResults: documents.length, resources: documents, startIndex: 1 }) }
  }
  const found = documents.find((document) => String(document.id).toLowerCase() === id.toLowerCase())
  if (found === undefined) throw scimFault.notFound(`There is no such description: ${id.slice(0, 200)}.`)
  return { status: 200, body: found }
}

/** RFC 7644 section 4: a filter there must not be passed over in silence. */
function refuseFilter({ query }: ScimRequest): void {
  if (query.has('filter')) throw scimFault.forbidden('Descriptions of the server cannot be filtered.')
}
