import { z } from 'zod'
import {
  type ExceptionDecision,
  type ExceptionKind,
  exceptionDecisions,
  possibleDecisions,
} from '../domain/exception.ts'
import { route } from './route.ts'
import { key, listOf, many, named, page, removed, time } from './shapes.ts'

const exceptionKind = z.enum(Object.keys(possibleDecisions) as [ExceptionKind, ...ExceptionKind[]])
const decision = z.enum(Object.keys(exceptionDecisions) as [ExceptionDecision, ...ExceptionDecision[]])

/** Why, in the words of whoever decides. */
export const comment = z.string().trim().min(1).max(2000).optional().describe('why; stands with the decision')

/** What was decided about something in a list, and still stands. */
export const standingDecision = named(
  'StandingDecision',
  z.object({
    id: z.string().describe('to take it back: `exceptions.revoke`'),
    decision,
    sentence: z.string().describe('what it does'),
    by: z.string(),
    at: time,
    comment: z.string().optional(),
  }),
)

export type StandingDecisionView = z.output<typeof standingDecision>

/** One way to decide about something in a list. */
export const possibleDecision = named(
  'PossibleDecision',
  z.object({ decision, sentence: z.string().describe('what it does') }),
)

/** What deciding answers. */
export const decidedAbout = named(
  'DecidedAbout',
  z.object({
    decided: z.number().int().describe('about how many'),
    decision,
    sentences: z.array(z.string()).describe('what follows, one sentence for each kind of thing'),
  }),
)

const exceptionView = named(
  'Exception',
  z.object({
    id: z.string(),
    connection: key,
    kind: exceptionKind.describe('what it is about'),
    decision,
    sentence: z.string().describe('what it does'),
    label: z.string().describe('whom and what it is about, as it was called then'),
    accountId: z.string().optional(),
    groupId: z.string().optional(),
    attribute: z.string().optional(),
    personKey: z.string().optional().describe('of `person-linked`: key at the source'),
    directoryKey: z.string(),
    decidedAt: time,
    decidedBy: z.string(),
    comment: z.string().optional(),
  }),
)
export type ExceptionView = z.output<typeof exceptionView>

const params = z.object({ key: key.describe('key of the connection') })

export const exceptionRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/connections/{key}/exceptions',
    role: 'viewer',
    about: 'connection',
    summary:
      'What was decided about single memberships, accounts and values beside the rules, and still stands; the newest first.',
    params,
    query: z.object({ ...page, kind: many(exceptionKind) }),
    response: listOf('ExceptionList', exceptionView),
    errors: ['not-found'],
  }),
  revoke: route({
    method: 'DELETE',
    path: '/api/v1/connections/{key}/exceptions/{exception}',
    role: 'approver',
    about: 'connection',
    summary: 'Takes a decision back: from the next plan on the rules alone count again.',
    params: params.extend({ exception: z.string().regex(/^\d{1,9}$/, 'use the number of a decision') }),
    response: removed,
    errors: ['not-found'],
  }),
} as const
