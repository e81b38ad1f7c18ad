import { z } from 'zod'
import { matchRules } from '../domain/connection.ts'
import { modes } from '../domain/key.ts'
import { retirementActions } from '../domain/retirement.ts'
import { configSummary, endState, savedView, versionList } from './ends.ts'
import { route } from './route.ts'
import { runView } from './runs.ts'
import {
  attributesOfTarget,
  basedOn,
  document,
  key,
  listOf,
  moment,
  named,
  page,
  problem,
  removed,
  time,
} from './shapes.ts'

const connectionSummary = z.object({
  ...configSummary,
  source: key,
  target: key,
  mode: z.enum(modes),
  schedule: z.string().optional().describe('in words: `every 6h`, `0 2 * * * (Europe/Berlin)`; absent = on demand'),
  nextRunAt: time.optional().describe('absent while paused'),
  paused: z.object({ since: time, by: z.string(), why: z.string().optional() }).optional(),
  state: endState,
  lastRun: runView.optional(),
})

const connectionView = named('ConnectionSummary', connectionSummary)
const connectionDetail = named(
  'ConnectionDetail',
  connectionSummary.extend({
    document,
    warnings: z
      .array(problem)
      .describe('rules that are legal and surely not meant, and those that could not be saved today'),
    nextRuns: z.array(time).describe('when the schedule begins a run, at most five times'),
    effective: document.optional().describe('the same with every default filled in; absent while something is wrong'),
  }),
)
export type ConnectionView = z.output<typeof connectionView>
export type ConnectionDetail = z.output<typeof connectionDetail>

const noted = z.object({
  at: z.array(z.union([z.string(), z.number().int()])).describe('the setting, from the top of the document'),
  message: z.string().describe('follows the name of the setting: `must be one of …`'),
  hint: z.string().optional(),
})

const judgement = named(
  'ConnectionJudgement',
  z.object({
    problems: z.array(noted).describe('what keeps it from being saved'),
    warnings: z.array(noted).describe('rules that are legal and surely not meant'),
    schedule: z.string().optional().describe('in words'),
    nextRuns: z.array(time).describe('when the schedule would begin a run, at most five times'),
    source: z
      .object({
        absentMeansEmpty: z.boolean(),
        mapping: z
          .record(z.string(), z.object({ from: z.string().optional(), steps: z.array(z.unknown()) }))
          .describe('target attribute <- rule, where the connection says nothing'),
      })
      .optional()
      .describe('absent while the source is incomplete'),
    target: z
      .object({
        match: z.array(z.enum(matchRules)),
        ...attributesOfTarget,
        groupNameLimit: z.number().int(),
        lacks: z.record(z.string(), z.string()).describe('kinds of change that it cannot make, and why'),
      })
      .optional()
      .describe('absent while the target is incomplete'),
  }),
)
export type ConnectionJudgement = z.output<typeof judgement>

const impact = named(
  'ConnectionImpact',
  z.object({
    counted: z
      .object({
        people: z.number().int().describe('for whom a run would do anything'),
        different: z.number().int().describe('for whom it would do something else than under the saved rules'),
        losing: z.number().int().describe('of these, from whom it would take something that the saved rules leave'),
        examples: z.array(z.object({ label: z.string(), more: z.array(z.string()), fewer: z.array(z.string()) })),
        readAt: time.describe('both sides are read once for several questions'),
      })
      .optional(),
    tooMany: z.number().int().optional().describe('so many people are only counted by a preview'),
  }),
)
export type ConnectionImpact = z.output<typeof impact>

const params = z.object({ key })

export const connectionRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/connections',
    role: 'viewer',
    about: 'connections',
    summary: 'Connections with their state and last run.',
    query: z.object(page),
    response: listOf('ConnectionList', connectionView),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/connections/{key}',
    role: 'viewer',
    about: 'connection',
    summary: 'One connection as it was written.',
    params,
    response: connectionDetail,
    errors: ['not-found'],
  }),
  put: route({
    method: 'PUT',
    path: '/api/v1/connections/{key}',
    role: 'admin',
    about: 'connection',
    summary: 'Creates or replaces a connection. Changed rules make the next run a preview.',
    params,
    body: named('PutConnection', z.object({ document, basedOn })),
    response: savedView,
    errors: ['config-invalid', 'not-writable', 'conflict'],
  }),
  checkRules: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/check-rules',
    role: 'viewer',
    about: 'connection',
    summary:
      'Says what is wrong or odd in a connection as it might be saved, and what its two ends offer to its rules. Saves nothing and asks neither end.',
    params,
    body: named('CheckConnectionRules', z.object({ document })),
    response: judgement,
  }),
  impact: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/impact',
    role: 'operator',
    about: 'connection',
    summary:
      'Counts for whom a run would do something, and something else than now, under rules that are not saved. Reads both sides, changes nothing.',
    params,
    body: named('CountImpact', z.object({ document })),
    response: impact,
    errors: ['not-found', 'config-invalid', 'auth-failed', 'forbidden', 'unreachable', 'incomplete-read'],
  }),
  delete: route({
    method: 'DELETE',
    path: '/api/v1/connections/{key}',
    role: 'admin',
    summary: 'Takes a connection out of use. Nothing is removed from the target.',
    params,
    response: removed,
    errors: ['not-found', 'not-writable'],
  }),
  history: route({
    method: 'GET',
    path: '/api/v1/connections/{key}/versions',
    role: 'viewer',
    about: 'connection',
    summary: 'Every saved version, the newest first.',
    params,
    query: z.object(page),
    response: versionList,
    errors: ['not-found'],
  }),
  pause: route({
    method: 'PUT',
    path: '/api/v1/connections/{key}/pause',
    role: 'operator',
    about: 'connection',
    summary:
      'Begins nothing of this connection any more until it is resumed; a run under way goes on. Previews stay possible.',
    params,
    body: named('PauseConnection', z.object({ why: z.string().trim().min(1).max(500).optional() })),
    response: connectionView,
    errors: ['not-found'],
  }),
  resume: route({
    method: 'DELETE',
    path: '/api/v1/connections/{key}/pause',
    role: 'operator',
    about: 'connection',
    summary: 'Ends a pause. What the schedule missed meanwhile runs once.',
    params,
    response: connectionView,
    errors: ['not-found'],
  }),
  retire: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/retirement',
    role: 'admin',
    about: 'connection',
    summary:
      'Pauses a connection and plans what takes away what it alone granted. The plan waits for a person, and the connection for its removal.',
    params,
    body: named(
      'RetireConnection',
      z.object({
        accounts: z
          .enum(retirementActions)
          .default('nothing')
          .describe('what happens to accounts that it made and nobody else vouches for'),
        adopted: z.boolean().default(false).describe('also take away what was there before it and was only adopted'),
      }),
    ),
    response: runView,
    status: 202,
    errors: ['not-found', 'config-invalid', 'busy', 'conflict'],
  }),
  undoSince: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/undo',
    role: 'operator',
    about: 'connection',
    summary:
      'Plans what takes back everything that a connection did since a time, or did to one person; several runs become one plan, which always waits for approval.',
    params,
    body: named(
      'UndoSince',
      z.strictObject({
        since: moment,
        person: z.string().trim().min(1).max(300).optional().describe('whole key, name, address or id'),
      }),
    ),
    response: runView,
    status: 202,
    errors: ['not-found', 'conflict', 'busy', 'config-invalid'],
  }),
  run: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/runs',
    role: 'operator',
    about: 'connection',
    summary:
      'Starts a run: `preview` ends with a plan, `full` goes on as the mode of the connection says, `incremental` does so for one `person`, by key, login or address.',
    params,
    body: named(
      'StartRun',
      z.object({
        kind: z.enum(['full', 'preview', 'incremental']),
        person: z.string().trim().min(1).max(1_000).optional(),
      }),
    ),
    response: runView,
    status: 202,
    errors: ['not-found', 'config-invalid', 'busy', 'conflict'],
  }),
} as const
