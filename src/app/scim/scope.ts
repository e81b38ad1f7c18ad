import type { PushDirectory, PushLists, PushSettings } from '../../ports/push-directory.ts'
import { scimFault } from '../../scim/error.ts'
import type { Json } from '../../scim/json.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import type { Registry } from '../../scim/schema/registry.ts'

/** One push source as its requests are served: its own directory, schemas, limits and address. */
export interface ScimScope {
  readonly source: string
  readonly settings: PushSettings
  readonly registry: Registry
  readonly directory: PushDirectory
  /** The directory too, or one moment of it. */
  readonly lists: PushLists
  /** `https://muster.example/scim/entra/v2`; built from the settings of the server, never from the request (D22). */
  readonly baseUrl: string
}

export const pageLimits = { defaultPageSize: 100, maxPageSize: 1_000 }
export const maxBulkOperations = 1_000

export function locationOf({ baseUrl }: ScimScope, type: Pick<ResourceType, 'endpoint'>, id: string): string {
  return `${baseUrl}${type.endpoint}/${encodeURIComponent(id)}`
}

/** Throws 400 when there is no body. */
export function bodyOf(body: Json | undefined): Json {
  if (body === undefined) throw scimFault.invalidSyntax('The request needs a JSON body.')
  return body
}

export function typeNamed({ registry }: ScimScope, segment: string): ResourceType | undefined {
  const wanted = `/${segment}`.toLowerCase()
  return registry.types.find(({ endpoint }) => endpoint.toLowerCase() === wanted)
}
