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
const jiraDc = 'jira-data-center-10.3.json'
const confluenceDc = 'confluence-data-center-10.0.json'
const confluenceCloud = 'confluence-cloud-v1-users-groups.json'
const bitbucketDc = 'bitbucket-data-center-9.2.json'
const bitbucketCloud = 'bitbucket-cloud-workspaces.json'
const crowd = 'crowd-usermanagement-3.5-community.json'

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

/** Lists of Bitbucket Data Center, in pages. */
const bitbucketDcPages = [
  'admin~1groups',
  'admin~1groups~1more-members',
  'admin~1groups~1more-non-members',
  'admin~1permissions~1groups',
  'admin~1permissions~1groups~1none',
  'admin~1permissions~1users',
  'admin~1permissions~1users~1none',
  'admin~1users',
  'admin~1users~1more-members',
  'admin~1users~1more-non-members',
  'groups',
]
const bitbucketDcAnswer = (path: string) =>
  `/paths/~1api~1latest~1${path}/get/responses/200/content/application~1json/schema`
/** Lists of Bitbucket Cloud: the path, and how many parameters all its operations share. */
const bitbucketLists = [
  ['user~1workspaces', 0],
  ['workspaces~1{workspace}~1members', 1],
  ['workspaces~1{workspace}~1permissions', 1],
  ['workspaces~1{workspace}~1projects', 1],
  ['workspaces~1{workspace}~1projects~1{project_key}~1permissions-config~1groups', 2],
  ['workspaces~1{workspace}~1projects~1{project_key}~1permissions-config~1users', 2],
  ['repositories~1{workspace}~1{repo_slug}~1permissions-config~1groups', 2],
  ['repositories~1{workspace}~1{repo_slug}~1permissions-config~1users', 2],
] as const
/** Answers that are a person although the schema is that of any account. */
const bitbucketPeople = [
  '/paths/~1user/get/responses/200/content/application~1json/schema/$ref',
  '/paths/~1users~1{selected_user}/get/responses/200/content/application~1json/schema/$ref',
  '/components/schemas/workspace_membership/allOf/1/properties/user/$ref',
]
const text = { type: 'string' }
const queryParameter = (name: string, schema: object = text) => ({ in: 'query', name, required: false, schema })
/** Lists of Crowd: the path, and how many parameters are written down. */
const crowdLists = [
  ['search', 2],
  ['group~1user~1nested', 1],
  ['user~1group~1nested', 1],
] as const
/** The text promises something, the schema nothing. */
const jiraDcSilent = [
  ['user~1properties/get/responses/200', 'the keys of all properties'],
  ['user~1properties~1{propertyKey}/get/responses/200', 'the value of the property'],
  ['user~1anonymization/get/responses/200', 'a validation of the anonymization'],
  ['user~1anonymization/post/responses/202', 'a process that was scheduled'],
  ['user~1anonymization~1progress/get/responses/200', 'a representation of the progress'],
] as const
/** The item stands where the server answers a list of them. */
const jiraDcLists = [
  ['applicationrole', 'ApplicationRoleBean'],
  ['project', 'ProjectBean'],
  ['project~1{projectIdOrKey}~1components', 'ComponentBean'],
  ['user~1search', 'UserBean'],
] as const
/** An answer is described by a class that has nothing to do with it. */
const jiraDcStrangers = [
  ['user~1duplicated~1count', 'UserBean'],
  ['user~1duplicated~1list', 'AvatarBean'],
] as const

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
  ...jiraDcLists.map(
    ([path, item]): Defect => ({
      document: jiraDc,
      pointer: `/paths/~1api~12~1${path}/get/responses/200/content/application~1json/schema`,
      was: { $ref: `#/components/schemas/${item}` },
      now: { type: 'array', items: { $ref: `#/components/schemas/${item}` } },
      why: 'A list is answered; the document has its item. specs/README.md has it among the errors of this document.',
    }),
  ),
  ...jiraDcSilent.map(
    ([place, promise]): Defect => ({
      document: jiraDc,
      pointer: `/paths/~1api~12~1${place}/content`,
      was: undefined,
      now: { 'application/json': { schema: { type: 'object' } } },
      why: `The text says that ${promise} is answered; no body is described.`,
    }),
  ),
  {
    document: jiraDc,
    pointer: '/paths/~1api~12~1user/get/parameters/3',
    was: undefined,
    now: { in: 'query', name: 'expand', schema: { type: 'string' } },
    why: 'The answer has an "expand" that names what may be expanded; the parameter is not listed.',
  },
  ...jiraDcStrangers.map(
    ([path, item]): Defect => ({
      document: jiraDc,
      pointer: `/paths/~1api~12~1${path}/get/responses/200/content/application~1json/schema`,
      was: { $ref: `#/components/schemas/${item}` },
      now: { type: 'object' },
      why: 'The text speaks of a count and of a map of names to directories; the schema is that of another call.',
    }),
  ),
  {
    document: jiraDc,
    pointer: '/paths/~1api~12~1group~1member/get/parameters/2/in',
    was: 'path',
    now: 'query',
    why: 'The path has no such part: it is a parameter of the query.',
  },
  {
    document: jiraDc,
    pointer: '/paths/~1api~12~1group~1member/get/responses/200/content/application~1json/schema/$ref',
    was: '#/components/schemas/UserJsonBean',
    now: '#/components/schemas/PageBean',
    why: 'The text says "a paginated list of users"; the schema is that of one user.',
  },
  ...['lead', 'assigneeType', 'projectTypeKey'].map(
    (field): Defect => ({
      document: jiraDc,
      pointer: `/components/schemas/ProjectBean/properties/${field}`,
      was: undefined,
      now: field === 'lead' ? { $ref: '#/components/schemas/UserJsonBean' } : { type: 'string' },
      why: 'The server answers it; the schema lacks it.',
    }),
  ),
  {
    document: jiraDc,
    pointer: '/components/schemas/PermissionJsonBean/properties/havePermission',
    was: undefined,
    now: { type: 'boolean' },
    why: 'The schema lacks what its own example shows, and what mypermissions is asked for: whether one has it.',
  },
  ...['Group', 'ApplicationRole'].map(
    (kind): Defect => ({
      document: jiraDc,
      pointer: `/components/schemas/SimpleListWrapper${kind === 'Group' ? 'GroupJsonBean' : 'ApplicationRoleBean'}/properties/items`,
      was: undefined,
      now: { type: 'array', items: { type: 'object' } },
      why: 'A list without its items: the wrapper lacks the one field it is for.',
    }),
  ),
  {
    document: jiraDc,
    pointer: '/components/schemas/UserWriteBean/properties/notification/type',
    was: 'string',
    now: undefined,
    why: 'The text speaks of yes or no; a boolean is taken as well.',
  },
  {
    document: jiraDc,
    pointer: '/paths/~1api~12~1user~1properties~1{propertyKey}/put/requestBody/content/application~1json/schema/type',
    was: 'string',
    now: undefined,
    why: 'The text says "a valid, non-empty JSON"; the schema takes texts only.',
  },
  ...crowdLists.flatMap(([path, count]) =>
    ['start-index', 'max-results', 'expand'].map(
      (name, at): Defect => ({
        document: crowd,
        pointer: `/paths/~1${path}/get/parameters/${count + at}`,
        was: undefined,
        now: { in: 'query', name, schema: { type: name === 'expand' ? 'string' : 'integer' } },
        why: "Written down by hand: the vendor's pages have paging and expansion for every list.",
      }),
    ),
  ),
  {
    document: confluenceDc,
    pointer: '/components/schemas/ValidationResult/properties/errors/type',
    was: 'object',
    now: undefined,
    why: 'The server answers a list of errors; the schema has an object.',
  },
  ...bitbucketDcPages.map(
    (path): Defect => ({
      document: bitbucketDc,
      pointer: `${bitbucketDcAnswer(path)}/properties/nextPageStart/nullable`,
      was: undefined,
      now: true,
      why: 'On the last page it is null; the schema has a number only.',
    }),
  ),
  {
    document: bitbucketDc,
    pointer: '/components/schemas/RestErrorMessage/properties/context/nullable',
    was: undefined,
    now: true,
    why: 'An error that is about no field has null there; the schema has a text only.',
  },
  {
    document: bitbucketDc,
    pointer: `${bitbucketDcAnswer('admin~1users~1more-members')}/properties/values/items/$ref`,
    was: '#/components/schemas/RestDetailedUser',
    now: '#/components/schemas/RestDetailedGroup',
    why: 'The call is named findGroupsForUser and answers groups; text and schema are those of another call.',
  },
  {
    document: bitbucketDc,
    pointer: bitbucketDcAnswer('admin~1user-directories'),
    was: { $ref: '#/components/schemas/RestUserDirectory' },
    now: { type: 'array', items: { $ref: '#/components/schemas/RestUserDirectory' } },
    why: 'The text says "a list of directories"; the schema is that of one.',
  },
  {
    document: bitbucketDc,
    pointer: bitbucketDcAnswer('users'),
    was: { $ref: '#/components/schemas/RestApplicationUser' },
    now: { type: 'object' },
    why: 'The text says "a page of users"; the schema is that of one.',
  },
  {
    document: confluenceCloud,
    pointer: '/paths/~1wiki~1rest~1api~1user~1bulk/get/parameters/0/schema',
    was: { type: 'string' },
    now: { type: 'array', items: { type: 'string' } },
    why: 'The text says "a list of accountId\'s": the parameter comes once for each.',
  },
  ...bitbucketLists.flatMap(([path, shared]): Defect[] => [
    {
      document: bitbucketCloud,
      pointer: `/paths/~1${path}/parameters/${shared}`,
      was: undefined,
      now: queryParameter('pagelen', { type: 'integer' }),
      why: 'Lists come in pages; the introduction names pagelen and page, the calls do not.',
    },
    {
      document: bitbucketCloud,
      pointer: `/paths/~1${path}/parameters/${shared + 1}`,
      was: undefined,
      now: queryParameter('page'),
      why: 'As above; it stands in next.',
    },
  ]),
  {
    document: bitbucketCloud,
    pointer: '/paths/~1workspaces~1{workspace}~1members/parameters/3',
    was: undefined,
    now: queryParameter('q'),
    why: 'The text tells of a filter by address.',
  },
  {
    document: bitbucketCloud,
    pointer: '/paths/~1workspaces~1{workspace}~1members/parameters/4',
    was: undefined,
    now: queryParameter('fields'),
    why: 'The text tells of the fields that bring the addresses.',
  },
  ...bitbucketPeople.map(
    (pointer): Defect => ({
      document: bitbucketCloud,
      pointer,
      was: '#/components/schemas/account',
      now: '#/components/schemas/user',
      why: 'It is a person, with account id and nickname, as the examples show.',
    }),
  ),
  ...['permission', 'added_on', 'last_accessed'].map(
    (name): Defect => ({
      document: bitbucketCloud,
      pointer: `/components/schemas/workspace_membership/allOf/1/properties/${name}`,
      was: undefined,
      now: text,
      why: 'The text and the example of the permissions tell of it.',
    }),
  ),
  {
    document: bitbucketCloud,
    pointer: '/components/schemas/user/allOf/1/properties/email',
    was: undefined,
    now: text,
    why: 'The text of the members tells how the address is asked for.',
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
