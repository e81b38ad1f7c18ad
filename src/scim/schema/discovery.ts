import type { Json, JsonObject } from '../json.ts'
import type { Attribute, ResourceType, Schema } from './attribute.ts'

/** The documents a client reads first (RFC 7643 sections 5 to 7, RFC 7644 section 4, RFC 9865 section 4). */

interface ServerLimits {
  readonly maxBulkOperations: number
  readonly maxBulkBytes: number
  readonly defaultPageSize: number
  readonly maxPageSize: number
}

export function serviceProviderConfig(limits: ServerLimits, baseUrl: string): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: limits.maxBulkOperations, maxPayloadSize: limits.maxBulkBytes },
    filter: { supported: true, maxResults: limits.maxPageSize },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: limits.defaultPageSize,
      maxPageSize: limits.maxPageSize,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'The token of this source, sent as Authorization: Bearer',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  }
}

export function schemaDocument({ id, name, description, attributes }: Schema, baseUrl: string): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    description,
    attributes: attributes.flatMap(attributeDocument),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
  }
}

function attributeDocument(attribute: Attribute): readonly JsonObject[] {
  const { subAttributes, canonicalValues, referenceTypes } = attribute
  if (attribute.undisclosed === true || attribute.type === 'any') return []
  const document: Record<string, Json> = {
    name: attribute.name,
    type: attribute.type,
    multiValued: attribute.multiValued,
    description: attribute.description,
    required: attribute.required,
    mutability: attribute.mutability,
    returned: attribute.returned,
    uniqueness: attribute.uniqueness,
  }
  if (attribute.type !== 'complex' && attribute.type !== 'boolean') document.caseExact = attribute.caseExact
  if (canonicalValues !== undefined) document.canonicalValues = canonicalValues
  if (referenceTypes !== undefined) document.referenceTypes = referenceTypes
  if (subAttributes !== undefined) document.subAttributes = subAttributes.flatMap(attributeDocument)
  return [document]
}

export function resourceTypeDocument(type: ResourceType, baseUrl: string): JsonObject {
  const extensions = type.extensions.map(({ id }) => ({ schema: id, required: false }))
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    ...(extensions.length === 0 ? {} : { schemaExtensions: extensions }),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${type.name}` },
  }
}
