import { z } from 'zod'
import { modes } from '../domain/key.ts'
import { configSummary, endState, savedView, versionList } from './ends.ts'
import { route } from './route.ts'
import { runView } from './runs.ts'
import { document, key, listOf, named, page, problem, removed, time } from './shapes.ts'

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
    body: named('PutConnection', z.object({ document })),
    response: savedView,
    errors: ['config-invalid', 'not-writable'],
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
