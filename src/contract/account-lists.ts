import { z } from 'zod'
import { comment, decidedAbout, possibleDecision, standingDecision } from './exceptions.ts'
import { route } from './route.ts'
import { key, listOf, many, named, page, time } from './shapes.ts'

const params = z.object({
  key: key.describe('key of the connection'),
  list: z
    .enum(['unmanaged', 'orphaned'])
    .describe('`unmanaged`: no record is linked; `orphaned`: linked to a record that is gone, or whose source is'),
})

const listedAccount = named(
  'ListedAccount',
  z.object({
    accountId: z.string(),
    label: z.string(),
    state: z.enum(['active', 'suspended', 'disabled']),
    stateSince: time.describe('since when a run has seen this state'),
    groups: z.number().int().describe('groups it is in, as the last read saw it'),
    source: key.optional().describe('of `orphaned`: the source of the record'),
    sourceKey: z.string().optional(),
    why: z
      .enum(['record-gone', 'source-unused'])
      .optional()
      .describe('`source-unused`: no connection into this directory reads that source any more'),
    goneSince: time.optional().describe('when the record was first proven gone'),
    decided: standingDecision.optional(),
    possible: z.array(possibleDecision),
  }),
)
export type ListedAccountView = z.output<typeof listedAccount>

export const accountListRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/connections/{key}/accounts/{list}',
    role: 'viewer',
    about: 'connection',
    summary:
      'Accounts of the target behind which no record of a source stands, as the last runs read them. Nothing is read anew.',
    params,
    query: z.object({
      ...page,
      state: many(z.enum(['active', 'suspended', 'disabled'])),
      text: z.string().max(200).optional().describe('part of a name, or an id'),
      decided: z.enum(['yes', 'no']).optional().describe('only those somebody decided about, or only the others'),
    }),
    response: listOf('ListedAccountList', listedAccount),
    errors: ['not-found'],
  }),
  decide: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/accounts/{list}/decide',
    role: 'approver',
    about: 'connection',
    summary:
      'Decides about accounts of the list: `keep` leaves them as they are, `deactivate` lets the next plan deactivate them. Nothing is sent before.',
    params,
    body: named(
      'DecideAccounts',
      z.strictObject({
        decision: z.enum(['keep', 'deactivate']),
        accounts: z.array(z.string().min(1).max(500)).min(1).max(1000).describe('ids of accounts'),
        comment,
      }),
    ),
    response: decidedAbout,
    errors: ['not-found', 'conflict'],
  }),
  link: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/links',
    role: 'approver',
    about: 'connection',
    summary:
      'Says that an account is a person of the source, also where another one is linked. The next plan holds this until somebody releases it; nothing else happens to either account before.',
    params: params.pick({ key: true }),
    body: named(
      'LinkAccount',
      z.strictObject({
        person: z.string().min(1).max(500).describe('key, login or address at the source'),
        account: z.string().min(1).max(500).describe('id, address or login of the account in the target'),
        comment,
      }),
    ),
    response: named(
      'LinkDecided',
      z.object({
        person: z.string().describe('key at the source'),
        account: z.string().describe('id of the account'),
        before: z.string().optional().describe('id of the account that is linked now'),
        sentence: z.string(),
      }),
    ),
    errors: ['not-found', 'conflict', 'unreachable', 'auth-failed', 'forbidden', 'incomplete-read'],
  }),
} as const
