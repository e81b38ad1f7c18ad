import { z } from 'zod'
import { route } from './route.ts'
import { done, key, listOf, named, page, removed } from './shapes.ts'

/** Keys of people and groups come from elsewhere, so nearly anything is one. */
const objectKey = z.string().min(1).max(200)

const attribute = z.union([z.string().max(10_000), z.array(z.string().max(10_000)).max(1000), z.null()])

const localPerson = named(
  'LocalPerson',
  z.object({
    key: objectKey,
    userName: z.string().min(1).max(255),
    active: z.boolean(),
    attributes: z.record(z.string(), attribute),
    protected: z.boolean().optional().describe('true = no connection that fills the directory changes this person'),
    kept: z
      .array(z.string())
      .optional()
      .describe('attributes that connections keep here; others are entered by people'),
    origin: z.string().optional().describe('key at the source of the connection that made the person'),
  }),
)
const localGroup = named(
  'LocalGroup',
  z.object({
    key: objectKey,
    name: z.string().min(1).max(255),
    description: z.string().max(2000).optional(),
    protected: z.boolean().optional().describe('true = no connection that fills the directory changes its members'),
    connections: z.array(key).max(100).optional().describe('the connections that take this group; absent = any'),
  }),
)
const memberRef = named('LocalMemberRef', z.object({ kind: z.enum(['user', 'group']), key: objectKey }))
const localMember = named(
  'LocalMember',
  memberRef.extend({ name: z.string().describe('username of a person, name of a group') }),
)

const text = z.string().max(200).optional()
const source = z.object({ source: key })
const one = source.extend({ key: objectKey })
const base = '/api/v1/local/{source}'
const errors = ['not-found', 'config-invalid'] as const

export const localRoutes = {
  people: route({
    method: 'GET',
    path: `${base}/people`,
    role: 'viewer',
    summary: 'People of a built-in directory, by key.',
    params: source,
    query: z.object({ ...page, text: text.describe('part of a username, an address or a display name') }),
    response: listOf('LocalPersonList', localPerson),
    errors,
  }),
  person: route({
    method: 'GET',
    path: `${base}/people/{key}`,
    role: 'viewer',
    summary: 'One person of a built-in directory.',
    params: one,
    response: localPerson,
    errors,
  }),
  putPerson: route({
    method: 'PUT',
    path: `${base}/people/{key}`,
    role: 'admin',
    summary: 'Creates or replaces a person; the key stays.',
    params: one,
    body: named(
      'PutLocalPerson',
      z.strictObject({
        userName: z.string().min(1).max(255),
        active: z.boolean().optional().describe('true when absent'),
        attributes: z.record(z.string(), attribute).optional(),
        protected: z.boolean().optional().describe('as it was when absent'),
      }),
    ),
    response: localPerson,
    errors,
  }),
  removePerson: route({
    method: 'DELETE',
    path: `${base}/people/{key}`,
    role: 'admin',
    summary: 'Takes a person out of a built-in directory.',
    params: one,
    response: removed,
    errors,
  }),
  groups: route({
    method: 'GET',
    path: `${base}/groups`,
    role: 'viewer',
    summary: 'Groups of a built-in directory, by key.',
    params: source,
    query: z.object({ ...page, text: text.describe('part of a name') }),
    response: listOf('LocalGroupList', localGroup),
    errors,
  }),
  putGroup: route({
    method: 'PUT',
    path: `${base}/groups/{key}`,
    role: 'admin',
    summary: 'Creates or replaces a group; the key and the members stay.',
    params: one,
    body: named(
      'PutLocalGroup',
      z.strictObject({
        name: z.string().min(1).max(255),
        description: z.string().max(2000).optional(),
        protected: z.boolean().optional().describe('as it was when absent'),
        connections: z
          .array(key)
          .max(100)
          .nullable()
          .optional()
          .describe('the connections that take this group; null = any, as it was when absent'),
      }),
    ),
    response: localGroup,
    errors,
  }),
  removeGroup: route({
    method: 'DELETE',
    path: `${base}/groups/{key}`,
    role: 'admin',
    summary: 'Takes a group out of a built-in directory.',
    params: one,
    response: removed,
    errors,
  }),
  members: route({
    method: 'GET',
    path: `${base}/groups/{key}/members`,
    role: 'viewer',
    summary: 'Direct members of a group.',
    params: one,
    query: z.object(page),
    response: listOf('LocalMemberList', localMember),
    errors,
  }),
  addMember: route({
    method: 'POST',
    path: `${base}/groups/{key}/members`,
    role: 'admin',
    summary: 'Puts a person or group into a group; already so is fine.',
    params: one,
    body: memberRef,
    response: done,
    errors,
  }),
  removeMember: route({
    method: 'DELETE',
    path: `${base}/groups/{key}/members/{kind}/{member}`,
    role: 'admin',
    summary: 'Takes a person or group out of a group.',
    params: one.extend({ kind: z.enum(['user', 'group']), member: objectKey }),
    response: removed,
    errors,
  }),
} as const
