import { z } from 'zod'
import { field } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'
import { jsonPath } from './path.ts'

const name = z.string().min(1).max(200)
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'enter the name of a header, such as X-API-Key')
const urlPath = z
  .string()
  .max(1000)
  .regex(/^\/(?!\/)[^\s#]*$/, 'enter a path below the base URL that begins with one /')
const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

/** Where tokens come from: an address, or a path at the base URL's own host. */
const tokenUrl = z.union([webAddress, urlPath])

/** How we sign in. The secret of each kind is the setting `secret`. */
export const auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer') }),
  z.strictObject({ type: z.literal('basic'), username: name }),
  z.strictObject({
    type: z.literal('apiKey'),
    in: z.enum(['header', 'query']).default('header'),
    name: headerName,
    prefix: z.string().max(50).optional(),
  }),
  z.strictObject({
    type: z.literal('oauth2ClientCredentials'),
    tokenUrl: tokenUrl.optional(),
    clientId: name,
    scope: name.optional(),
    audience: name.optional(),
    style: z.enum(['basic', 'body']).default('body'),
    extra: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    type: z.literal('login'),
    path: urlPath,
    /** Sent as JSON; {secret} in a value stands for the secret. */
    body: z.record(z.string(), z.string()),
    tokenPath: jsonPath,
    name: headerName.default('Authorization'),
    prefix: z.string().max(50).default('Bearer '),
  }),
  z.strictObject({ type: z.literal('miniorangeHash'), customerKey: name }),
])
export type Auth = z.output<typeof auth>

const sizing = { sizeParam: name.optional(), size: z.number().int().min(1).max(10_000).optional() }
const where = z.enum(['query', 'body']).default('query')

/** How a list goes on, and what ends it. */
export const page = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('offset'),
    param: name,
    start: z.union([z.literal(0), z.literal(1)]).default(0),
    in: where,
    totalPath: jsonPath.optional(),
    ...sizing,
  }),
  z.strictObject({
    type: z.literal('pageNumber'),
    param: name,
    start: z.union([z.literal(0), z.literal(1)]).default(1),
    in: where,
    totalPath: jsonPath.optional(),
    ...sizing,
  }),
  z.strictObject({
    type: z.literal('cursor'),
    param: name,
    in: where,
    nextPath: jsonPath.optional(),
    nextHeader: headerName.optional(),
    hasMorePath: jsonPath.optional(),
    totalPath: jsonPath.optional(),
    ...sizing,
  }),
  z.strictObject({ type: z.literal('nextUrl'), path: jsonPath, totalPath: jsonPath.optional(), ...sizing }),
  z.strictObject({
    type: z.literal('linkHeader'),
    rel: z.string().default('next'),
    /** Where a server that counts by offset behind its links says how many there are, so that a shifted list is noticed. */
    totalHeader: headerName.optional(),
    ...sizing,
  }),
])
export type PageRule = z.output<typeof page>

const body = z.record(z.string(), z.json())

/** A list that is read to its end. */
const list = {
  path: urlPath,
  method: z.enum(['GET', 'POST']).default('GET'),
  query: texts.default({}),
  body: body.optional(),
  items: jsonPath.default('$'),
  page: page.default({ type: 'none' }),
}
const listOf = z.strictObject(list)
export type ListRule = z.output<typeof listOf>

/** The settings of a list as a form shows them; `what` is people or groups. */
function listFields(what: string, group: string) {
  return {
    path: field(list.path, { label: 'Path', help: `Where the list of ${what} is, below the base URL: /users.`, group }),
    method: field(list.method, { label: 'Method', help: 'POST only where a search is asked for with a body.', group }),
    query: field(list.query, { label: 'Query', help: 'Sent with every page, for example status: all.', group }),
    body: field(list.body, { label: 'Body', help: 'Of a POST, as JSON.', group }),
    items: field(list.items, {
      label: 'Path of the entries',
      help: `Where the ${what} stand in an answer: $.data; $ if the answer is the list itself.`,
      group,
    }),
    page: field(list.page, {
      label: 'Paging',
      help: 'How the list goes on: none, offset, pageNumber, cursor, nextUrl or linkHeader. A page that is short or empty is not taken for the end where more is promised.',
      group,
    }),
    one: field(urlPath.regex(/\{id\}/, 'the path must contain {id}').optional(), {
      label: 'Path of one entry',
      help: `With {id} in it: /users/{id}. Whoever is missing from a list is then asked for before anything follows from it.`,
      group,
    }),
    oneItem: field(jsonPath.default('$'), {
      label: 'Path inside the answer of one entry',
      help: 'Where the entry stands in that answer.',
      group,
    }),
  }
}

const people = 'People'
const values = z
  .array(z.union([z.string(), z.number(), z.boolean()]))
  .min(1)
  .optional()

const activeRule = z
  .strictObject({
    path: field(jsonPath, { label: 'Path', help: 'Where the status of a person stands.', group: people }),
    trueWhen: field(values, {
      label: 'Active',
      help: 'The values of people who are active; with any other value they are not.',
      group: people,
    }),
    falseWhen: field(values, { label: 'Inactive', help: 'The values of people who are not active.', group: people }),
  })
  .refine(({ trueWhen, falseWhen }) => trueWhen !== undefined || falseWhen !== undefined, {
    error: 'say trueWhen or falseWhen',
  })
export type ActiveRule = z.output<typeof activeRule>

const peopleMap = z.strictObject({
  id: field(jsonPath, { label: 'Id', help: 'Never changes for a person: $.id.', group: people }),
  userName: field(jsonPath.optional(), { label: 'User name', help: 'The login.', group: people }),
  email: field(jsonPath.optional(), { label: 'E-mail', help: 'The address.', group: people }),
  displayName: field(jsonPath.optional(), { label: 'Display name', help: 'The full name.', group: people }),
  givenName: field(jsonPath.optional(), { label: 'Given name', help: 'The first name.', group: people }),
  familyName: field(jsonPath.optional(), { label: 'Family name', help: 'The surname.', group: people }),
  active: field(activeRule.optional(), {
    label: 'Who is active',
    help: '{ path: $.status, trueWhen: [ACTIVE] }. A value that is not there never makes anybody inactive.',
    group: people,
  }),
  attributes: field(z.union([z.literal('*'), z.record(z.string().min(1).max(200), jsonPath)]).default({}), {
    label: 'Further attributes',
    help: 'department: $.dept.name; or "*" for every text, number and truth value on the first level.',
    group: people,
  }),
})
export type PeopleMap = z.output<typeof peopleMap>

export const users = z.strictObject({
  ...listFields('people', people),
  map: field(peopleMap, { label: 'What is what', help: 'Paths inside one entry.', group: people }),
})

const groupsGroup = 'Groups'
const groupMap = z.strictObject({
  id: field(jsonPath, { label: 'Id', help: 'Never changes for a group.', group: groupsGroup }),
  name: field(jsonPath, { label: 'Name', help: 'What the group is called.', group: groupsGroup }),
  description: field(jsonPath.optional(), { label: 'Description', help: 'If there is one.', group: groupsGroup }),
})

export const groups = z.strictObject({
  ...listFields('groups', groupsGroup),
  map: field(groupMap, { label: 'What is what', help: 'Paths inside one entry.', group: groupsGroup }),
})

/** Which members are groups: where the value at `path` is one of `groupWhen`. */
const memberType = z.strictObject({ path: jsonPath, groupWhen: z.array(z.string()).min(1) })
const memberPath = urlPath.regex(/\{id\}/, 'the path must contain {id}')

/** How it is known who is in which group. */
export const memberships = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('fromUser'),
    path: jsonPath,
    idPath: jsonPath.default('$'),
    refersTo: z.enum(['id', 'name']).default('id'),
    /** What a person without the list has. */
    absent: z.enum(['unknown', 'none']).default('unknown'),
  }),
  z.strictObject({
    type: z.literal('fromGroup'),
    path: jsonPath,
    idPath: jsonPath.default('$'),
    kind: memberType.optional(),
    absent: z.enum(['unknown', 'none']).default('unknown'),
  }),
  z.strictObject({
    ...list,
    type: z.literal('perGroup'),
    path: memberPath,
    idPath: jsonPath.default('$.id'),
    kind: memberType.optional(),
  }),
  z.strictObject({ ...list, type: z.literal('perUser'), path: memberPath, idPath: jsonPath.default('$.id') }),
  z.strictObject({
    ...list,
    type: z.literal('list'),
    userIdPath: jsonPath,
    groupIdPath: jsonPath,
  }),
])
export type Memberships = z.output<typeof memberships>

/** What a preset or a company's own settings say about an API, complete. */
export interface Recipe {
  readonly auth: Auth
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | number | boolean>>
  readonly success: { readonly path: string; readonly equals: string | number | boolean } | undefined
  readonly users: z.output<typeof users>
  readonly groups: z.output<typeof groups> | undefined
  readonly memberships: Memberships | undefined
}

/** A preset as it is written; how its product is set up: `presets/set-ups.ts`. */
export interface Preset {
  readonly auth: z.input<typeof auth> | { readonly type: 'oauth2ClientCredentials'; readonly [name: string]: unknown }
  readonly headers?: Readonly<Record<string, string>>
  readonly users: z.input<typeof users>
  readonly groups?: z.input<typeof groups>
  readonly memberships?: z.input<typeof memberships>
}
