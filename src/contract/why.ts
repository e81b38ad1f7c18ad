import { z } from 'zod'
import {
  type HoldReason,
  holdReasons,
  type ReasonCode,
  reasons,
  type StandReason,
  standReasons,
} from '../domain/reason.ts'
import { changeView } from './plans.ts'
import { reportRow } from './report.ts'
import { route } from './route.ts'
import { key, named, problem, time } from './shapes.ts'

type AnyReason = ReasonCode | StandReason
const anyReason = z.enum([...Object.keys(reasons), ...Object.keys(standReasons)] as [AnyReason, ...AnyReason[]])
const holdReason = z.enum(Object.keys(holdReasons) as [HoldReason, ...HoldReason[]])
const standReason = z.enum(Object.keys(standReasons) as [StandReason, ...StandReason[]])

const attributeAnswer = z.object({
  name: z.string(),
  wanted: z.string().nullable().optional().describe('null = empty at the source; absent = unknown'),
  actual: z.string().nullable().optional().describe('absent = the target does not show it'),
  reason: anyReason,
  sentence: z.string(),
})

const membershipAnswer = named(
  'MembershipAnswer',
  z.object({
    group: z.object({ id: z.string().optional(), name: z.string() }),
    isMember: z.boolean(),
    verdict: z.enum(['add', 'remove', 'adopt', 'release', 'stays']),
    reason: anyReason,
    sentence: z.string(),
    rule: z.string().optional(),
    path: z
      .array(z.string())
      .optional()
      .describe('names from the source group that lists the person to the one that fills this group'),
    filledBy: z.array(z.object({ name: z.string(), rule: z.string() })),
    grants: z.array(z.object({ connection: z.string(), rule: z.string() })).describe('who vouches, by the ledger'),
    stateReasons: z.array(holdReason),
  }),
)

const answer = named(
  'WhyAnswer',
  z.object({
    label: z.string(),
    sourceKey: z.string().optional(),
    steps: z.array(z.object({ step: z.string(), text: z.string() })).describe('the whole chain in plain words'),
    record: z.object({ active: z.boolean() }).optional().describe('absent = not in the source'),
    scope: z.object({ is: z.enum(['in', 'out', 'unknown']), rule: z.string().optional() }).optional(),
    match: z.object({ found: z.string(), because: z.string().optional() }).optional(),
    accounts: z.array(z.object({ id: z.string(), label: z.string(), state: z.string() })),
    standstill: z
      .object({ reason: standReason, sentence: z.string(), rule: z.string().optional(), dueAt: time.optional() })
      .optional(),
    departure: z.object({ signal: z.string(), provenSince: time }).optional(),
    attributes: z.array(attributeAnswer),
    memberships: z.array(membershipAnswer),
    changes: z.array(changeView).describe('what a run would do now; what limits hold is judged over a whole plan'),
    workItems: z.array(z.object({ reason: holdReason, message: z.string() })),
    unproven: z.array(z.string()),
    difference: z
      .object({ more: z.array(z.string()), fewer: z.array(z.string()) })
      .optional()
      .describe('of a supposition: changes that are planned only then, and those that are not planned then'),
  }),
)
export type WhyAnswer = z.output<typeof answer>

export const recollection = named(
  'Recollection',
  z.object({
    label: z.string(),
    sourceKey: z.string().optional(),
    accountId: z.string().optional(),
    steps: z.array(z.object({ step: z.string(), text: z.string() })).describe('the whole answer in plain words'),
    link: z.object({ how: z.string(), since: time }).optional(),
    state: z.object({ is: z.enum(['active', 'suspended', 'disabled']), since: time }).optional(),
    departure: z.object({ signal: z.string(), provenSince: time }).optional(),
    standstill: z
      .object({
        run: z.number().int(),
        reason: standReason,
        sentence: z.string(),
        rule: z.string().optional(),
        dueAt: time.optional(),
      })
      .optional()
      .describe('why the last whole plan left the person as they are'),
    memberships: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        since: time,
        run: z.number().int().describe('the run that wrote it, or saw it first'),
        grants: z
          .array(z.object({ connection: z.string(), rule: z.string(), adopted: z.boolean(), run: z.number().int() }))
          .describe('who vouches for it, by the ledger'),
      }),
    ),
    history: z.array(reportRow).describe('what was planned and done, the newest first'),
    workItems: z.array(z.object({ number: z.number().int(), reason: holdReason, message: z.string() })),
  }),
)
export type RecollectionView = z.output<typeof recollection>

const connectionAnswers = z.object({
  connection: key,
  source: key,
  target: key,
  mode: z.enum(['preview', 'review', 'automatic']).optional(),
  facts: z
    .object({ sourceAt: time, targetAt: time, run: z.number().int().optional() })
    .optional()
    .describe('when both sides were read, and by which run'),
  people: z.array(answer).describe('what the planner says of a fresh read'),
  remembered: z.array(recollection).describe('what is known without reading anything again'),
  error: problem.optional().describe('why nothing can be said'),
})

const whyReport = named(
  'WhyReport',
  z.object({ person: z.string(), group: z.string().optional(), connections: z.array(connectionAnswers) }),
)
export type WhyReport = z.output<typeof whyReport>

const errors = ['not-found', 'config-invalid', 'auth-failed', 'forbidden', 'unreachable', 'incomplete-read'] as const

export const whyRoutes = {
  ask: route({
    method: 'GET',
    path: '/api/v1/why',
    role: 'viewer',
    summary:
      'Why somebody has, or has not, an account, its values and its groups, from the record to what is done, for each connection. Changes nothing.',
    query: z.object({
      person: z.string().min(1).max(300).describe('key, address, login or name at the source, or of the account'),
      group: z.string().min(1).max(300).optional().describe('name or id of a group of the target'),
      connection: key.optional().describe('only this connection'),
      fresh: z
        .enum(['true', 'false'])
        .default('false')
        .describe('read both sides and ask the planner, for which an operator is needed; else only what is remembered'),
      at: z.coerce.number().int().min(1).optional().describe('as it was after this run'),
    }),
    response: whyReport,
    errors,
  }),
  suppose: route({
    method: 'POST',
    path: '/api/v1/why/what-if',
    role: 'operator',
    summary:
      'What would be with other rules or another record of the source: the answer then, and what differs from now. Reads both sides; saves and sends nothing.',
    body: named(
      'Supposition',
      z.strictObject({
        person: z.string().min(1).max(300),
        group: z.string().min(1).max(300).optional(),
        connection: key.optional(),
        yaml: z
          .string()
          .max(5_000_000)
          .describe(
            '`connections` as in a configuration file, and `people: { <key>: { active, attributes, groups } }`',
          ),
        file: z.string().max(500).optional().describe('name of the file, for messages'),
      }),
    ),
    response: whyReport,
    errors,
  }),
} as const
