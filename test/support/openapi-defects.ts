/** One mistake of a vendor's document, and what it is read as. The mistake must still stand there (a test looks). */
export interface Defect {
  readonly document: string
  /** JSON pointer (RFC 6901) to what is wrong. */
  readonly pointer: string
  /** What stands there; undefined = nothing. */
  readonly was: unknown
  /** What it is read as; undefined = it is taken away. */
  readonly now: unknown
  readonly why: string
}

const admin = 'atlassian-admin-organizations.json'
const users = 'atlassian-admin-user-management.json'
const jira = 'jira-cloud-platform-v3.json'
const scim = 'atlassian-user-provisioning-scim.json'

const roleCalls = ['role-assignments/assign', 'role-assignments/revoke', 'roles/assign', 'roles/revoke']
const profileBody = '/paths/~1users~1{account_id}~1manage~1profile/patch/requestBody/content/application~1json/schema'

/** Pages by which the directory describes itself: the document has a text where an object comes (RFC 7643 section 5). */
const discovery = [
  'ServiceProviderConfig',
  'Schemas',
  'Schemas~1urn:ietf:params:scim:schemas:core:2.0:User',
  'Schemas~1urn:ietf:params:scim:schemas:core:2.0:Group',
  'Schemas~1urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  'ResourceTypes',
  'ResourceTypes~1User',
  'ResourceTypes~1Group',
]
/** Marked as read-only although the texts say that they are sent. */
const sent = [
  'ScimUser/properties/schemas',
  'ScimUser/properties/externalId',
  'ScimGroup/properties/schemas',
  'ScimGroup/properties/externalId',
  'ScimGroup/properties/members',
  'ScimGroupMember/properties/value',
]
const patchOperations = {
  type: 'array',
  description: 'SCIM patch operations.',
  items: { $ref: '#/components/schemas/OperationForAScimPatch' },
}

/** Known defects of the documents. The check stays on for everything else. */
const defects: readonly Defect[] = [
  ...roleCalls.map(
    (call): Defect => ({
      document: admin,
      pointer: `/paths/~1v1~1orgs~1{orgId}~1users~1{userId}~1${call.replace('/', '~1')}/post/parameters/1/schema/format`,
      was: 'uuid',
      now: undefined,
      why: 'Account ids are not always UUIDs: 5b10a2844c20165700ede21g, 557058:….',
    }),
  ),
  {
    document: admin,
    pointer: '/paths/~1v2~1orgs~1{orgId}~1directories~1{directoryId}~1users~1{userId}/get/parameters/2/$ref',
    was: '#/components/parameters/accountIdParam',
    now: '#/components/parameters/userIdParam',
    why: 'The path says {userId}, the parameter is called accountId.',
  },
  {
    document: admin,
    pointer: '/components/parameters/userIdParam',
    was: undefined,
    now: { in: 'path', name: 'userId', required: true, schema: { type: 'string' } },
    why: 'The parameter the line above lacks.',
  },
  {
    document: admin,
    pointer: '/components/schemas/MultidirectoryInviteApiRequest/properties/emails/maximum',
    was: 25,
    now: undefined,
    why: 'maxItems is meant: a list has no maximum.',
  },
  {
    document: admin,
    pointer: '/components/schemas/MultidirectoryInviteApiRequest/properties/emails/minimum',
    was: 1,
    now: undefined,
    why: 'minItems is meant.',
  },
  {
    document: admin,
    pointer: '/components/schemas/MultidirectoryInviteApiRequest/properties/emails/maxItems',
    was: undefined,
    now: 25,
    why: 'As above.',
  },
  {
    document: admin,
    pointer: '/components/schemas/MultidirectoryInviteApiRequest/properties/emails/minItems',
    was: undefined,
    now: 1,
    why: 'As above.',
  },
  {
    document: admin,
    pointer: '/components/schemas/MultiDirectoryGroupDetails/properties/data/properties/counts/type',
    was: 'GroupCounts',
    now: undefined,
    why: 'The name of a schema is no type.',
  },
  {
    document: jira,
    pointer: '/paths/~1rest~1api~13~1project~1search/get/parameters/1/schema/maximum',
    was: 100,
    now: undefined,
    why: 'The text takes more and lowers it: "If a value greater than 100 is provided, maxResults will default to 100".',
  },
  {
    document: users,
    pointer: '/components/schemas/AccountId/pattern',
    was: '[a-zA-Z0-9_|:-]{1,128}\n',
    now: '^[a-zA-Z0-9_|:-]{1,128}$',
    why: 'The line break at the end comes from the way the text was written down; no id has one.',
  },
  {
    document: users,
    pointer: profileBody,
    was: { $ref: '#/components/schemas/AtlassianAccountUser' },
    now: {
      type: 'object',
      properties: {
        name: { $ref: '#/components/schemas/Name' },
        nickname: { $ref: '#/components/schemas/Nickname' },
        zoneinfo: { $ref: '#/components/schemas/ZoneInfo' },
        locale: { $ref: '#/components/schemas/Locale' },
        extended_profile: { $ref: '#/components/schemas/ExtendedProfile' },
      },
    },
    why: 'The text says "a subset of the mutable fields", the schema requires the whole account with read-only fields.',
  },
  ...discovery.map(
    (page): Defect => ({
      document: scim,
      pointer: `/paths/~1scim~1directory~1{directoryId}~1${page}/get/responses/200/content/application~1json/schema`,
      was: { type: 'string' },
      now: {},
      why: 'An object comes; the document says that it is a text.',
    }),
  ),
  ...sent.map(
    (place): Defect => ({
      document: scim,
      pointer: `/components/schemas/${place}/readOnly`,
      was: true,
      now: undefined,
      why: 'It is sent with every creation; specs/README.md has it among the errors of this document.',
    }),
  ),
  {
    document: scim,
    pointer: '/components/schemas/RequestPayloadToPatch/properties/operations',
    was: patchOperations,
    now: undefined,
    why: 'The example and RFC 7644 spell it Operations.',
  },
  {
    document: scim,
    pointer: '/components/schemas/RequestPayloadToPatch/properties/Operations',
    was: undefined,
    now: patchOperations,
    why: 'As above.',
  },
  {
    document: scim,
    pointer: '/components/schemas/OperationForAScimPatch/properties/value/$ref',
    was: '#/components/schemas/JsonNode',
    now: undefined,
    why: 'Any JSON may stand there; the schema describes a class of the server instead.',
  },
]

/** A copy of a document with its defects mended. Throws when a defect is no longer there. */
export function mended(document: string, content: unknown): unknown {
  const copy = structuredClone(content)
  for (const defect of defects.filter((each) => each.document === document)) mend(copy, defect)
  return copy
}

function mend(root: unknown, { document, pointer, was, now }: Defect): void {
  const names = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = names.pop() ?? ''
  let place = root as Record<string, unknown>
  for (const name of names) {
    const next = place[name]
    if (typeof next !== 'object' || next === null) throw new Error(`${document} has no ${pointer}`)
    place = next as Record<string, unknown>
  }
  if (JSON.stringify(place[last]) !== JSON.stringify(was)) {
    throw new Error(`${document} ${pointer}: the defect is gone or another; it reads ${JSON.stringify(place[last])}`)
  }
  if (now === undefined) delete place[last]
  else place[last] = now
}
