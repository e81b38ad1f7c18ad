import { z } from 'zod'
import { type HoldReason, holdReasons } from '../domain/reason.ts'
import { endRoutes } from './ends.ts'
import { changeView } from './plans.ts'
import { route } from './route.ts'
import { document, key, named, problem, time } from './shapes.ts'

const foundRecord = named(
  'FoundRecord',
  z.object({
    key: z.string().optional().describe('under which a read tells this person; absent when the read leaves them out'),
    name: z.string().describe('what the source calls the record, e.g. a distinguished name'),
    attributes: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
    notes: z.array(z.string()),
  }),
)

const mapped = z
  .record(z.string(), z.string().nullable())
  .describe('target attribute to value; null = empty at the source; unknown ones are left out')

const outlook = named(
  'Outlook',
  z.object({
    scope: z.enum(['in', 'out', 'unknown']),
    found: z
      .enum(['linked', 'matched', 'none', 'gone', 'unseen', 'undecided'])
      .describe('`gone`: linked to an account that is no more; `unseen`: the target was not read completely'),
    accounts: z.array(z.string()).describe('the account, or those a person would have to choose from'),
    because: z.string().optional(),
    mapped,
    custom: z
      .array(z.object({ id: z.string(), name: z.string(), value: z.string().nullable() }))
      .describe('custom attributes as they are mapped; null = empty at the source; unknown ones are left out'),
    changes: z.array(changeView),
    workItems: z.array(
      z.object({
        reason: z.enum(Object.keys(holdReasons) as [HoldReason, ...HoldReason[]]),
        message: z.string(),
        candidates: z.array(z.string()).optional(),
      }),
    ),
    departure: z.object({ signal: z.string(), provenSince: time }).optional(),
    unproven: z.array(z.string()),
  }),
)

const connectionOutlook = z.object({
  connection: key,
  target: key,
  mode: z.enum(['preview', 'review', 'automatic']).optional(),
  outlook: outlook.optional(),
  error: problem.optional().describe('why nothing can be said, e.g. the target cannot be reached'),
})

const foundPerson = named(
  'FoundPerson',
  z.object({
    key: z.string(),
    active: z.boolean(),
    attributes: z
      .record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]))
      .describe('as rules read them: null = empty at the source; unknown ones are left out'),
    mapped,
    groups: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        path: z.array(z.string()).describe('names from the group that lists the person to this one'),
        complete: z.boolean().describe('false: its members were not proven'),
      }),
    ),
    connections: z.array(connectionOutlook),
  }),
)

const findReport = named(
  'FindReport',
  z.object({
    source: key,
    login: z.string(),
    records: z.array(foundRecord).describe('as the source itself shows them, without secrets'),
    people: z.array(foundPerson).describe('those of them that a read tells'),
    read: z
      .object({ people: z.number().int(), groups: z.number().int(), unproven: z.array(z.string()) })
      .optional()
      .describe('the read that groups and connections rest on'),
  }),
)

const described = named(
  'SourceAttribute',
  z.object({
    name: z.string(),
    type: z.enum(['text', 'number', 'time', 'boolean', 'name', 'bytes']),
    filled: z.number().int(),
    isList: z.boolean(),
    samples: z.array(z.string()).describe('only the beginnings of words are shown'),
  }),
)

const attributesReport = named(
  'AttributesReport',
  z.object({
    source: key,
    people: z.number().int().describe('how many people were looked at'),
    isEverybody: z.boolean(),
    attributes: z.array(described),
  }),
)

const sourceGroups = named(
  'SourceGroups',
  z.object({
    source: key,
    total: z.number().int(),
    groups: z.array(z.object({ key: z.string(), name: z.string() })).describe('by name; the first 2,000'),
  }),
)

const values = z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]))

const trialReport = named(
  'SourceTrial',
  z.object({
    source: key,
    answer: z
      .object({ from: z.string(), text: z.string() })
      .optional()
      .describe('the first answer, shortened and without secrets; absent where the kind of source has none to show'),
    people: z.array(z.object({ key: z.string(), active: z.boolean(), attributes: values, mapped })),
    group: z
      .object({
        key: z.string(),
        name: z.string(),
        members: z.array(z.object({ kind: z.enum(['user', 'group']), key: z.string() })),
      })
      .optional(),
    notes: z.array(z.string()).describe('what was seen beside it; nothing of it proves that a list is complete'),
    problems: z.array(problem).describe('what of the settings leads nowhere'),
  }),
)

export type SourceTrialView = z.output<typeof trialReport>
export type FindReport = z.output<typeof findReport>
export type FoundPerson = z.output<typeof foundPerson>

const params = z.object({ key })

export const sourceRoutes = {
  ...endRoutes('sources'),
  find: route({
    method: 'GET',
    path: '/api/v1/sources/{key}/find',
    role: 'operator',
    summary:
      '"Search user": one person as the source shows them, mapped, with their groups, and what each connection would do with them. Reads both sides; changes nothing.',
    params,
    query: z.object({
      login: z.string().min(1).max(300).describe('login or e-mail address'),
      connection: key.optional().describe('only this connection'),
      depth: z
        .enum(['record', 'groups', 'plan'])
        .default('plan')
        .describe('`record` asks only the source for the record; `groups` reads the source; `plan` also each target'),
    }),
    response: findReport,
    errors: ['not-found', 'config-invalid', 'auth-failed', 'forbidden', 'unreachable', 'incomplete-read'],
  }),
  tryOut: route({
    method: 'POST',
    path: '/api/v1/sources/{key}/try',
    role: 'admin',
    summary:
      '"Try it": the first answer, five people and the members of one group, as the given settings would read them, or those that are saved. Saves nothing; secrets are given as for saving.',
    params,
    body: named('TrySource', z.strictObject({ document: document.optional() })),
    response: trialReport,
    errors: ['not-found', 'config-invalid', 'auth-failed', 'forbidden', 'unreachable', 'incomplete-read'],
  }),
  groups: route({
    method: 'GET',
    path: '/api/v1/sources/{key}/groups',
    role: 'operator',
    summary: 'Names of the groups at the source, for trying rules on them. Reads the source; changes nothing.',
    params,
    response: sourceGroups,
    errors: ['not-found', 'config-invalid', 'auth-failed', 'forbidden', 'unreachable', 'incomplete-read'],
  }),
  attributes: route({
    method: 'GET',
    path: '/api/v1/sources/{key}/attributes',
    role: 'operator',
    summary:
      'Which attributes people have at the source: type, how many have a value, masked samples. Changes nothing.',
    params,
    response: attributesReport,
    errors: ['not-found', 'config-invalid', 'auth-failed', 'forbidden', 'unreachable', 'incomplete-read'],
  }),
} as const
