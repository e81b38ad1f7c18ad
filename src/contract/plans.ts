import { z } from 'zod'
import { type ChangeKind, changeKinds, outcomes } from '../domain/change.ts'
import { type HoldReason, holdReasons, type ReasonCode, reasons } from '../domain/reason.ts'
import { route } from './route.ts'
import { runView } from './runs.ts'
import { key, listOf, many, named, page, time } from './shapes.ts'

const kind = z.enum(Object.keys(changeKinds) as [ChangeKind, ...ChangeKind[]])
const itemState = z.enum(['ready', 'held', 'blocked'])
const outcome = z.enum([...outcomes, 'open']).describe('`open`: nothing was done yet')
const holdReason = z.enum(Object.keys(holdReasons) as [HoldReason, ...HoldReason[]])

const reasonCode = z.enum(Object.keys(reasons) as [ReasonCode, ...ReasonCode[]])
const labelText = z.string().max(200).optional().describe('part of the name of an account, group or person')

const guardView = named(
  'Guard',
  z.object({
    guard: holdReason,
    about: z.string().optional(),
    measured: z.number(),
    limit: z.number(),
    tripped: z.boolean(),
    holds: z.enum(['nothing', 'kind', 'removals', 'plan']),
    sentence: z.string(),
    details: z.array(z.string()).optional().describe('what it rests on: settings that changed, steps of versions'),
  }),
)

const verdict = z.object({ by: z.string(), at: time, comment: z.string().optional() })

const tallyRow = z.object({ kind, state: itemState, outcome, count: z.number().int() })

export const planView = named(
  'Plan',
  z.object({
    id: z.string(),
    run: runView,
    connection: key,
    directoryKey: z.string(),
    createdAt: time,
    connectionVersion: z.number().int(),
    semanticsVersion: z.number().int(),
    fingerprint: z.string(),
    guards: z.array(guardView),
    summary: z.object({
      counts: z.partialRecord(kind, z.partialRecord(itemState, z.number().int())),
      total: z.number().int(),
      ready: z.number().int(),
      held: z.number().int(),
      blocked: z.number().int(),
      read: z.record(z.string(), z.number()),
      mails: z.number().int().optional().describe('mails to people when everything goes; absent = none'),
      seats: z
        .record(
          z.string(),
          z.object({
            title: z.string(),
            total: z.number().int().optional(),
            used: z.number().int().optional(),
            taken: z.number().int(),
            freed: z.number().int(),
          }),
        )
        .optional()
        .describe('licence seats by product: as they are, and what the plan takes and makes free'),
      notices: z.array(z.string()),
      rules: z
        .object({ onlyNow: z.number().int(), noLonger: z.number().int() })
        .optional()
        .describe(
          'after a change of the rules: changes they alone ask for, and changes only the former ones asked for',
        ),
    }),
    customNames: z
      .record(z.string(), z.string())
      .describe('what people call the custom attributes today, by the ids in `custom.update` changes'),
    tally: z.array(tallyRow).describe('counts as they are now, also after releases and outcomes'),
    approval: verdict.optional(),
    rejection: verdict.optional().describe('turned down for good by a reviewer'),
    expiresAt: time
      .optional()
      .describe('from then on it is neither approved nor begun; absent once the connection is gone'),
  }),
)
export type PlanView = z.output<typeof planView>

export const planImpact = named(
  'PlanImpact',
  z.object({
    identityChanges: z.number().int().describe('accounts that get another e-mail address or username'),
    groupsEmptied: z.array(z.object({ name: z.string(), members: z.number().int() })),
    groupsEmptiedCount: z.number().int().describe('the list names the first hundred'),
    administrators: z.array(
      z.object({ seq: z.number().int(), kind, label: z.string(), group: z.string().describe('that administers') }),
    ),
    administratorsCount: z.number().int().describe('the list names the first hundred'),
  }),
)
export type PlanImpact = z.output<typeof planImpact>

const attribute = z.union([z.string(), z.array(z.string()), z.null()])
const attributes = z.record(z.string(), attribute)
const ref = z.union([z.object({ id: z.string() }), z.object({ createdBy: z.number().int() })])
const sourceRef = z.object({ key: z.string(), label: z.string() })

export const changeView = named(
  'Change',
  z.object({
    seq: z.number().int(),
    kind,
    sign: z.enum(['=', '+', '-', '~']),
    account: ref.optional(),
    accountLabel: z.string().optional(),
    group: ref.optional(),
    groupLabel: z.string().optional(),
    person: sourceRef.optional(),
    sourceGroup: sourceRef.optional(),
    access: z
      .object({ product: z.string(), role: z.string() })
      .optional()
      .describe('the role in a product that the account, or else the group, is given or loses'),
    lead: z
      .object({
        kind: z.enum(['project', 'component']),
        id: z.string(),
        name: z.string(),
        project: z.string(),
        to: z.object({ id: z.string(), label: z.string() }),
      })
      .optional()
      .describe('what is led, and by whom from then on'),
    before: attributes.optional(),
    after: attributes.optional(),
    reason: reasonCode,
    sentence: z.string().describe('the reason in words'),
    rule: z.string(),
    cause: z
      .enum(['rules'])
      .optional()
      .describe('`rules`: only the changed rules ask for it; the source does not differ'),
    state: itemState,
    stateReasons: z.array(z.object({ reason: holdReason, sentence: z.string() })),
    needs: z.array(z.number().int()),
    outcome,
    sentAt: time.optional(),
    finishedAt: time.optional(),
    verifiedAt: time.optional(),
    skipReason: z.enum(['conflict', 'prerequisite', 'cancelled', 'stale']).optional(),
    message: z.string().optional(),
    errorCode: z.string().optional(),
    createdId: z.string().optional(),
  }),
)
export type ChangeView = z.output<typeof changeView>

const comment = z.string().trim().min(1).max(2_000)
const params = z.object({ plan: z.string().min(1).max(60) })

export const planRoutes = {
  get: route({
    method: 'GET',
    path: '/api/v1/plans/{plan}',
    role: 'viewer',
    about: 'plan',
    summary: 'A plan without its changes: what it rests on, counts, guards, approval.',
    params,
    response: planView,
    errors: ['not-found'],
  }),
  changes: route({
    method: 'GET',
    path: '/api/v1/plans/{plan}/changes',
    role: 'viewer',
    about: 'plan',
    summary: 'The changes of a plan in order of execution, each with its reason and what became of it.',
    params,
    query: z.object({
      ...page,
      kind: many(kind),
      state: many(itemState),
      outcome: many(outcome),
      reason: many(reasonCode),
      hold: many(holdReason).describe('held or blocked by one of these'),
      text: labelText,
    }),
    response: listOf('ChangeList', changeView),
    errors: ['not-found'],
  }),
  facets: route({
    method: 'GET',
    path: '/api/v1/plans/{plan}/facets',
    role: 'viewer',
    summary: 'How many changes of a plan have which kind, state, outcome and reasons: one row for each combination.',
    params,
    query: z.object({ text: labelText }),
    response: named(
      'Facets',
      z.object({
        items: z.array(
          z.object({
            kind,
            state: itemState,
            outcome,
            reason: reasonCode,
            holds: z.array(holdReason),
            count: z.number().int(),
          }),
        ),
      }),
    ),
    errors: ['not-found'],
  }),
  approve: route({
    method: 'POST',
    path: '/api/v1/plans/{plan}/approve',
    role: 'approver',
    about: 'plan',
    summary: 'Approves the plan as it was reviewed and, where asked, releases what guards hold.',
    params,
    body: named(
      'Approve',
      z.object({
        fingerprint: z.string().describe('of the plan that was reviewed'),
        release: z
          .union([
            z.strictObject({ all: z.literal(true) }),
            z.strictObject({ guards: z.array(holdReason).nonempty() }),
            z.strictObject({ seqs: z.array(z.number().int().min(1)).nonempty().max(10_000) }),
          ])
          .optional()
          .describe('everything held, what these guards hold, or these changes'),
        comment: comment.optional().describe('kept with the approval and in the audit log'),
      }),
    ),
    response: named('Approved', z.object({ released: z.number().int(), plan: planView })),
    errors: ['not-found', 'stale-plan'],
  }),
  reject: route({
    method: 'POST',
    path: '/api/v1/plans/{plan}/reject',
    role: 'approver',
    about: 'plan',
    summary: 'Turns a plan down for good, with the reason; its run ends as cancelled.',
    params,
    body: named('Reject', z.object({ fingerprint: z.string().describe('of the plan that was reviewed'), comment })),
    response: planView,
    errors: ['not-found', 'stale-plan', 'conflict'],
  }),
  impact: route({
    method: 'GET',
    path: '/api/v1/plans/{plan}/impact',
    role: 'viewer',
    about: 'plan',
    summary: 'What a reviewer should look at twice: administrators concerned, groups emptied, changed addresses.',
    params,
    response: planImpact,
    errors: ['not-found'],
  }),
  apply: route({
    method: 'POST',
    path: '/api/v1/plans/{plan}/apply',
    role: 'operator',
    about: 'plan',
    summary: 'Carries out a plan, or goes on where it stopped.',
    params,
    response: runView,
    status: 202,
    errors: ['not-found', 'stale-plan', 'guard-tripped', 'config-invalid', 'busy'],
  }),
} as const
