import { z } from 'zod'
import { reportRow } from './report.ts'
import { route } from './route.ts'
import { key, listOf, named, page } from './shapes.ts'
import { recollection } from './why.ts'

const { link, state, departure, standstill, memberships, workItems } = recollection.shape

const personThere = named(
  'PersonThere',
  z.object({
    connection: key,
    source: key,
    target: key,
    directoryKey: z.string().describe('targets with the same one are doors to one directory'),
    label: z.string(),
    sourceKey: z.string().optional().describe('absent = no record of this source is linked to the account'),
    accountId: z.string().optional().describe('absent = no account is linked'),
    link,
    state,
    departure,
    standstill,
    memberships,
    pending: z.array(reportRow).describe('what the last plan wants and has not done: ready, held or blocked'),
    lastChange: reportRow.optional().describe('the newest that was done'),
    workItems,
    run: z.number().int().optional().describe('number of the last run that read both sides'),
  }),
)
export type PersonThere = z.output<typeof personThere>

const person = named(
  'Person',
  z.object({
    label: z.string(),
    records: z
      .array(z.object({ source: key, key: z.string() }))
      .describe('at the sources; several are one person (D2)'),
    accounts: z.array(z.object({ directoryKey: z.string(), id: z.string() })),
    connections: z.array(personThere),
  }),
)
export type PersonView = z.output<typeof person>

export const peopleRoutes = {
  find: route({
    method: 'GET',
    path: '/api/v1/people',
    role: 'viewer',
    summary:
      'Everything that is remembered about whoever is called this, over all sources and targets; records and accounts that are linked to one another are one person. Reads nothing anew.',
    query: z.object({
      ...page,
      person: z.string().min(1).max(300).describe('key, address, login or name at a source, or of an account'),
    }),
    response: listOf('PersonList', person),
    errors: ['not-found'],
  }),
} as const
