import { z } from 'zod'
import { route } from './route.ts'
import { key, named, role, time } from './shapes.ts'

const providerSetUp = named(
  'ProviderSetUp',
  z.object({
    key: z.string(),
    title: z.string(),
    steps: z.array(
      z.object({
        text: z.string(),
        fields: z
          .array(
            z.object({ field: z.string(), value: z.string().describe('with {baseUrl} and {token} of the source') }),
          )
          .optional(),
      }),
    ),
    rights: z.array(z.string()).optional().describe('which reading needs, as the provider calls them'),
    fields: z
      .array(z.object({ field: z.string(), setting: z.string() }))
      .optional()
      .describe('which setting takes what of the provider'),
    begin: z.record(z.string(), z.string()).optional().describe('settings a source for this provider begins with'),
    notes: z.array(z.string()),
    compareWith: z.array(z.string()).describe('public pages to compare the words with; not proof of them'),
    unverified: z.array(z.string()).describe('what was not held against a page of the provider or its console'),
  }),
)
export type ProviderSetUpView = z.output<typeof providerSetUp>

export const kindView = named(
  'ConnectorKind',
  z.object({
    type: z.string(),
    title: z.string(),
    summary: z.string(),
    fields: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        help: z.string(),
        group: z.string(),
        required: z.boolean(),
        secret: z.boolean(),
        unit: z.string().optional(),
        suggested: z.union([z.string(), z.number(), z.boolean()]).optional(),
        aliases: z.array(z.string()).optional(),
        schema: z.record(z.string(), z.unknown()).describe('JSON Schema of the value'),
      }),
    ),
    way: z.enum(['pull', 'push']).optional().describe('of a source: is it read, or sent to?'),
    providers: z.array(providerSetUp).optional().describe('identity providers it is for, and how each is set up'),
  }),
)
export type KindView = z.output<typeof kindView>

export const me = named(
  'Me',
  z.object({
    name: z.string().describe('the actor in the audit log: `user:anna`, `sso:anna`, `token:ci`'),
    displayName: z.string().optional(),
    roles: z.array(role).describe('held everywhere'),
    onConnections: z.record(z.string(), z.array(role)).optional().describe('held on single connections, by their keys'),
    user: z.string().optional().describe('id of the user who signed in; absent for a token of its own'),
    session: z
      .object({
        id: z.string(),
        csrfToken: z.string().describe('to be sent as `x-muster-csrf` with everything but GET'),
        expiresAt: time,
        mustChangePassword: z.boolean(),
      })
      .optional()
      .describe('of the browser that is signed in'),
    version: z.string(),
    instanceId: z.string(),
  }),
)
export type MeView = z.output<typeof me>

const found = named(
  'Found',
  z.object({
    is: z.enum(['person', 'account', 'group']).describe('`account`: one that no person of a source is linked to'),
    label: z.string(),
    id: z.string().describe('key at the source, or id in the target'),
    source: key.optional().describe('of a person'),
    target: key.optional().describe('of an account or a group; absent when no target leads to its directory any more'),
  }),
)

const searchAnswer = named('SearchAnswer', z.object({ items: z.array(found) }))
export type SearchAnswer = z.output<typeof searchAnswer>

export const systemRoutes = {
  me: route({
    method: 'GET',
    path: '/api/v1/me',
    role: 'signed-in',
    summary: 'Who is calling and what they may do, and which installation answers.',
    response: me,
  }),
  search: route({
    method: 'GET',
    path: '/api/v1/search',
    role: 'viewer',
    summary: 'People, accounts and groups with this text in their name or address, the nearest first, a few of each.',
    query: z.object({ text: z.string().trim().min(1).max(200) }),
    response: searchAnswer,
  }),
  catalog: route({
    method: 'GET',
    path: '/api/v1/catalog',
    role: 'signed-in',
    summary: 'Kinds of sources and targets with their settings.',
    response: named('Catalog', z.object({ sources: z.array(kindView), targets: z.array(kindView) })),
  }),
} as const
