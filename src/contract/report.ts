import { z } from 'zod'
import { type ChangeKind, changeKinds, outcomes } from '../domain/change.ts'
import { changeView } from './plans.ts'
import { route } from './route.ts'
import { listOf, many, moment, named, page, time } from './shapes.ts'

/** Reports people ask for by name; each is a choice of kinds. */
export const reportPresets = {
  leavers: ['account.deactivate', 'account.disable', 'account.delete', 'account.release'],
  'new-access': ['account.create', 'account.activate', 'account.enable', 'membership.add', 'access.grant'],
  administrators: ['membership.add', 'membership.remove', 'membership.adopt', 'membership.release'],
  seats: [
    'account.create',
    'account.activate',
    'account.enable',
    'account.deactivate',
    'account.disable',
    'account.delete',
    'access.grant',
    'access.revoke',
  ],
} as const satisfies Readonly<Record<string, readonly ChangeKind[]>>
export type ReportPreset = keyof typeof reportPresets
export const presetNames = Object.keys(reportPresets) as [ReportPreset, ...ReportPreset[]]

export const reportRow = named(
  'ReportRow',
  z.object({
    ...changeView.shape,
    at: time.describe('when it was done; when it was planned, as long as it is open'),
    connection: z.string(),
    run: z.number().int(),
    startedBy: z.string(),
    directoryKey: z.string(),
    fingerprint: z.string().describe('of the plan the change was a part of, as it was reviewed'),
  }),
)
export type ReportRow = z.output<typeof reportRow>

const held = {
  since: time,
  grantedBy: z.string().optional().describe('the connections that vouched; absent for what was not ours'),
}

const memberThen = z.object({ accountId: z.string(), label: z.string(), ...held })

const groupThen = named(
  'GroupThen',
  z.object({
    directoryKey: z.string(),
    id: z.string(),
    name: z.string(),
    knownSince: time.optional().describe('nothing is known of this directory before'),
    members: z.array(memberThen),
    gained: z.array(memberThen).optional().describe('in the group on the second date and not on the first'),
    lost: z.array(memberThen).optional(),
  }),
)

const thing = z.object({ id: z.string(), name: z.string(), administers: z.boolean().optional(), ...held })

const personThen = named(
  'PersonThen',
  z.object({
    directoryKey: z.string(),
    id: z.string(),
    name: z.string(),
    knownSince: time.optional().describe('nothing is known of this directory before'),
    state: z.enum(['active', 'suspended', 'disabled']).optional().describe('absent = there was no such account'),
    stateThen: z.enum(['active', 'suspended', 'disabled']).optional().describe('on the second date'),
    groups: z.array(thing),
    access: z.array(thing).describe('roles in products given to the account itself, by our ledger'),
    gained: z.array(thing).optional().describe('had on the second date and not on the first'),
    lost: z.array(thing).optional(),
  }),
)

const dates = {
  on: moment.optional().describe('an instant, or a date (its first moment, UTC); now when absent'),
  and: moment.optional().describe('a second one: what came and went in between is told too'),
}

const read = { on: time, and: time.optional() }

export const reportRoutes = {
  changes: route({
    method: 'GET',
    path: '/api/v1/report',
    role: 'viewer',
    summary: 'The provisioning report: what was done to whom, when, why and with which outcome, the newest first.',
    query: z.object({
      ...page,
      person: z.string().min(1).max(300).optional().describe('key or id, or part of a name or address'),
      application: z.string().min(1).max(40).optional().describe('name of a connection, a source or a target'),
      from: moment.optional().describe('from this instant or day on'),
      until: moment.optional().describe('before this instant, or to the end of this day (UTC)'),
      kind: many(z.enum(Object.keys(changeKinds) as [ChangeKind, ...ChangeKind[]])),
      outcome: many(z.enum([...outcomes, 'open'])).describe('`open`: planned and not done; left out unless asked for'),
      preset: z.enum(presetNames).optional(),
    }),
    response: listOf('ReportList', reportRow),
  }),
  group: route({
    method: 'GET',
    path: '/api/v1/report/group',
    role: 'viewer',
    summary: 'Who was in a group on a day, and who came and went until another one, as far as our reads know.',
    query: z.object({ group: z.string().min(1).max(300).describe('name or id'), ...dates }),
    response: named('GroupReport', z.object({ ...read, groups: z.array(groupThen) })),
    errors: ['not-found'],
  }),
  person: route({
    method: 'GET',
    path: '/api/v1/report/person',
    role: 'viewer',
    summary: 'What somebody had on a day, and what came and went until another one, as far as our reads know.',
    query: z.object({ person: z.string().min(1).max(300).describe('key, id, name or address'), ...dates }),
    response: named('PersonReport', z.object({ ...read, accounts: z.array(personThen) })),
    errors: ['not-found'],
  }),
} as const
