import { z } from 'zod'
import { outcomes } from '../domain/change.ts'
import { runStates } from '../domain/run.ts'
import { route } from './route.ts'
import { key, listOf, many, named, page, problem, time } from './shapes.ts'

export const runView = named(
  'Run',
  z.object({
    id: z.string(),
    number: z.number().int(),
    connection: key,
    directoryKey: z.string().optional(),
    kind: z.enum(['full', 'preview', 'incremental', 'undo', 'retire']),
    trigger: z.enum(['cli', 'api', 'schedule', 'push']),
    startedBy: z.string(),
    state: z.enum(runStates),
    startedAt: time,
    endedAt: time.optional(),
    planId: z.string().optional(),
    undoOf: z.number().int().optional().describe('number of the run that this one takes back'),
    undoPart: z
      .object({ changes: z.number().int().optional(), person: z.string().optional() })
      .optional()
      .describe('of an undo: how many chosen changes of that run, or which person, it is about; absent = all'),
    undoSince: z
      .object({
        since: time,
        person: z.string().optional().describe('only what was done to this person'),
        runs: z.array(z.number().int()).describe('numbers of the runs that did something since then, the oldest first'),
        partly: z
          .array(z.number().int())
          .optional()
          .describe('those among them that began before, or whose changes are no longer kept'),
      })
      .optional()
      .describe('of an undo: it takes back everything that the connection did since then'),
    undoneBy: z
      .number()
      .int()
      .optional()
      .describe('number of the newest undo of this whole run that changed something'),
    leftOpen: z
      .boolean()
      .optional()
      .describe('some writes were never answered or never seen; the next run of the connection looks for them'),
    provenLater: z
      .object({
        proven: z.number().int().describe('writes that later runs saw'),
        missing: z.number().int().describe('writes that later runs did not find; they were planned afresh'),
        runs: z.array(z.number().int()).describe('numbers of the runs that looked, the oldest first'),
      })
      .optional()
      .describe('what later runs found of writes that this one did not prove itself; absent = there were none'),
    sharedRead: z
      .object({ since: time, with: z.array(key).describe('the other connections') })
      .optional()
      .describe('the source was read once for several runs, from this time on; absent = for this run alone'),
    progress: z
      .object({
        phase: z.enum(['read-source', 'read-target', 'plan', 'apply', 'verify']),
        done: z.number().int(),
        total: z.number().int().optional(),
      })
      .optional(),
    outcomes: z.partialRecord(z.enum(outcomes), z.number().int()),
    error: z
      .object({
        code: z.string(),
        message: z.string(),
        hint: z.string().optional(),
        problems: z.array(problem).optional(),
      })
      .optional(),
    calls: z.record(z.string(), z.number()).optional().describe('calls sent to the target, by operation'),
    planned: z
      .object({
        create: z.number().int(),
        change: z.number().int(),
        remove: z.number().int(),
        note: z.number().int().describe('what only our ledger learns'),
      })
      .optional()
      .describe('how many changes its plan asked for that no rule forbids; in lists, where it has a plan'),
    read: z
      .record(z.string(), z.number())
      .optional()
      .describe('people, groups and accounts that it read; in lists, where it has a plan'),
  }),
)
export type RunView = z.output<typeof runView>

const params = z.object({ run: z.string().min(1).max(60).describe('number or id of the run') })

export const runRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/runs',
    role: 'viewer',
    about: 'connections',
    summary: 'Runs, the newest first.',
    query: z.object({ ...page, connection: key.optional(), state: many(z.enum(runStates)) }),
    response: listOf('RunList', runView),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/runs/{run}',
    role: 'viewer',
    about: 'run',
    summary: 'One run by its number or id.',
    params,
    response: runView,
    errors: ['not-found'],
  }),
  events: route({
    method: 'GET',
    path: '/api/v1/runs/{run}/events',
    role: 'viewer',
    about: 'run',
    summary: 'The run each time it moves, until it has ended or waits for a person.',
    params,
    response: runView,
    events: true,
    errors: ['not-found'],
  }),
  undo: route({
    method: 'POST',
    path: '/api/v1/runs/{run}/undo',
    role: 'operator',
    about: 'run',
    summary: 'Plans what takes back a run; the answer is the run of the undo, which always waits for approval.',
    params,
    response: runView,
    status: 202,
    errors: ['not-found', 'conflict', 'busy', 'config-invalid'],
  }),
  undoPart: route({
    method: 'POST',
    path: '/api/v1/runs/{run}/undo-part',
    role: 'operator',
    about: 'run',
    summary:
      'Plans what takes back some changes of a run, or what it did to one person; the answer is the run of the undo.',
    params,
    body: named(
      'UndoPart',
      z.union([
        z.strictObject({ changes: z.array(z.number().int().min(1)).nonempty().max(10_000) }),
        z.strictObject({ person: z.string().trim().min(1).max(300).describe('whole key, name, address or id') }),
      ]),
    ),
    response: runView,
    status: 202,
    errors: ['not-found', 'conflict', 'busy', 'config-invalid'],
  }),
  cancel: route({
    method: 'POST',
    path: '/api/v1/runs/{run}/cancel',
    role: 'operator',
    about: 'run',
    summary: 'Asks a run to stop; it stops between two writes. A run that waits or is held ends at once.',
    params,
    response: runView,
    status: 202,
    errors: ['not-found', 'conflict'],
  }),
} as const
