import { z } from 'zod'
import { route } from './route.ts'
import { key, listOf, named, page, removed, role, time } from './shapes.ts'
import { displayName, password, userName } from './sign-in.ts'

const grant = named('Grant', z.strictObject({ role, connection: key.optional().describe('absent = everywhere') }))
const grants = z.array(grant).max(1000)

export const userView = named(
  'User',
  z.object({
    id: z.string(),
    userName: z.string(),
    displayName: z.string().optional(),
    kind: z
      .enum(['local', 'oidc'])
      .describe('`oidc`: roles come from the groups of the identity provider at every sign-in'),
    grants: z.array(grant),
    hasPassword: z.boolean(),
    mustChangePassword: z.boolean(),
    createdAt: time,
    disabledAt: time.optional(),
    lastSignedInAt: time.optional(),
  }),
)
export type UserView = z.output<typeof userView>

const oneTimePassword = z
  .string()
  .optional()
  .describe('made when none was given: in this answer and nowhere else, to be changed at the first sign-in')
const params = z.object({ id: z.string().min(1).max(60) })

const samePerson = named(
  'SamePerson',
  z.object({
    id: z.string(),
    one: z.string(),
    other: z.string(),
    linkedAt: time,
    linkedBy: z.string(),
  }),
)
export type SamePersonView = z.output<typeof samePerson>

const personsName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe('a name as it is typed to sign in, or as the operating system or an identity provider knows it')

export const userRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/users',
    role: 'admin',
    summary: 'People who may sign in, by name.',
    query: z.object(page),
    response: listOf('UserList', userView),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/users/{id}',
    role: 'admin',
    summary: 'One of them.',
    params,
    response: userView,
    errors: ['not-found'],
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/users',
    role: 'admin',
    summary: 'Makes a local user, who has to choose an own password at the first sign-in.',
    body: named(
      'CreateUser',
      z.strictObject({ userName, displayName: displayName.optional(), grants, password: password.optional() }),
    ),
    response: named('CreatedUser', z.object({ user: userView, password: oneTimePassword })),
    status: 201,
    errors: ['config-invalid', 'conflict', 'not-found'],
  }),
  update: route({
    method: 'PUT',
    path: '/api/v1/users/{id}',
    role: 'admin',
    summary: 'Changes what is named. Other roles, and being disabled, end the sessions of the user.',
    params,
    body: named(
      'UpdateUser',
      z.strictObject({
        displayName: displayName.optional(),
        grants: grants.optional(),
        disabled: z.boolean().optional(),
      }),
    ),
    response: userView,
    errors: ['not-found', 'not-writable', 'conflict'],
  }),
  resetPassword: route({
    method: 'POST',
    path: '/api/v1/users/{id}/password',
    role: 'admin',
    summary: 'Sets a password that has to be changed at the next sign-in, and ends the sessions of the user.',
    params,
    body: named('ResetPassword', z.strictObject({ password: password.optional() })),
    response: named('PasswordReset', z.object({ password: oneTimePassword })),
    errors: ['not-found', 'not-writable', 'config-invalid'],
  }),
  identities: route({
    method: 'GET',
    path: '/api/v1/identities',
    role: 'admin',
    summary: 'Names that are one person, beside equal ones; where two people are asked for, they count as one.',
    query: z.object(page),
    response: listOf('SamePersonList', samePerson),
  }),
  link: route({
    method: 'POST',
    path: '/api/v1/identities',
    role: 'admin',
    summary: 'Says that two names are one person: neither approves what the other started or wrote.',
    body: named('LinkIdentities', z.strictObject({ one: personsName, other: personsName })),
    response: samePerson,
    status: 201,
    errors: ['conflict'],
  }),
  unlink: route({
    method: 'DELETE',
    path: '/api/v1/identities/{id}',
    role: 'admin',
    summary: 'Two names are two people again, for rules and runs from now on.',
    params,
    response: removed,
    errors: ['not-found'],
  }),
  endSessions: route({
    method: 'DELETE',
    path: '/api/v1/users/{id}/sessions',
    role: 'admin',
    summary: 'Ends all sessions of a user at once.',
    params,
    response: named('SessionsEnded', z.object({ ended: z.number().int() })),
    errors: ['not-found'],
  }),
} as const
