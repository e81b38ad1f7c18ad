import { z } from 'zod'
import { type ErrorCode, errorCodes } from '../domain/errors.ts'
import { route } from './route.ts'
import { basedOn, document, key, listOf, named, page, problem, removed, time } from './shapes.ts'

/**
 * `ready`; `incomplete` = a setting or secret is missing or wrong; `needs-attention` = the last check or run was refused
 * (D26).
 */
export const endState = named(
  'EndState',
  z.object({
    state: z.enum(['ready', 'incomplete', 'needs-attention']),
    problems: z.array(problem),
    checkedAt: time.optional(),
  }),
)

const summary = {
  key,
  owner: z.enum(['file', 'store']).describe('`file`: kept in the configuration file and read-only here'),
  version: z.number().int(),
  savedAt: time,
  savedBy: z.string(),
  displayName: z.string().optional(),
}

const endSummary = z.object({ ...summary, type: z.string(), title: z.string(), state: endState })

export const secretState = z.object({
  field: z.string(),
  from: z.enum(['env', 'file', 'sealed', 'none']),
  name: z.string().optional().describe('the variable or file that holds it'),
  set: z.boolean(),
  expires: time.optional(),
})

const endDetail = endSummary.extend({
  document: document.describe('as written; a sealed secret reads { "set": true }'),
  secrets: z.array(secretState),
})

const versionView = named(
  'Version',
  z.object({ version: z.number().int(), savedAt: time, savedBy: z.string(), document }),
)

export const savedView = named(
  'Saved',
  z.object({
    key,
    version: z.number().int(),
    changed: z.boolean(),
    warnings: z.array(problem).optional().describe('rules that are legal and surely not meant'),
  }),
)

/** What saving settings of the installation itself did, or would do. */
export const settingSaved = named(
  'SettingSaved',
  z.object({
    saved: z.boolean().describe('false for a dry run'),
    version: z.number().int().optional().describe('as it is saved now; absent for a dry run'),
    isNew: z.boolean(),
    changes: z.array(z.string()).describe('one sentence for each setting; values of secrets are never shown'),
    warnings: z.array(problem).describe('legal, and perhaps not meant'),
  }),
)
export type SettingSaved = z.output<typeof settingSaved>

const checkTable = named('CheckTable', z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string())) }))

const checkStep = named(
  'CheckStep',
  z.object({
    name: z.string(),
    status: z.enum(['ok', 'warning', 'failed', 'skipped']),
    message: z.string(),
    remedy: z.string().optional(),
    code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]).optional(),
    table: checkTable.optional(),
  }),
)

const checkReport = named('CheckReport', z.object({ ok: z.boolean(), steps: z.array(checkStep), checkedAt: time }))

export { summary as configSummary }

const endView = named('EndSummary', endSummary)
const endDetailView = named('EndDetail', endDetail)
const endList = listOf('EndList', endView)
const versionList = listOf('VersionList', versionView)

export type EndSummary = z.output<typeof endView>
export type EndDetail = z.output<typeof endDetailView>
export type EndState = z.output<typeof endState>
export type CheckReport = z.output<typeof checkReport>

const params = z.object({ key })

/** Sources and targets have the same endpoints. */
export function endRoutes<const Noun extends 'sources' | 'targets'>(noun: Noun) {
  const one = noun === 'sources' ? 'source' : 'target'
  const base = `/api/v1/${noun}` as const
  return {
    list: route({
      method: 'GET',
      path: base,
      role: 'viewer',
      summary: `Lists the ${noun} with their state.`,
      query: z.object(page),
      response: endList,
    }),
    get: route({
      method: 'GET',
      path: `${base}/{key}`,
      role: 'viewer',
      summary: `One ${one} as it was written, without secrets.`,
      params,
      response: endDetailView,
      errors: ['not-found'],
    }),
    put: route({
      method: 'PUT',
      path: `${base}/{key}`,
      role: 'admin',
      summary:
        `Creates or replaces a ${one}. A secret is given as { "value": … } (sealed, never shown again), { "env": NAME }, ` +
        '{ "file": path } or { "set": true } to keep the present one.',
      params,
      body: named(noun === 'sources' ? 'PutSource' : 'PutTarget', z.object({ document, basedOn })),
      response: savedView,
      errors: ['config-invalid', 'not-writable', 'conflict'],
    }),
    delete: route({
      method: 'DELETE',
      path: `${base}/{key}`,
      role: 'admin',
      summary: `Takes a ${one} out of use; its versions and what Muster remembers stay. Refused while a connection names it.`,
      params,
      response: removed,
      errors: ['not-found', 'not-writable', 'config-invalid'],
    }),
    history: route({
      method: 'GET',
      path: `${base}/{key}/versions`,
      role: 'viewer',
      summary: 'Every saved version, the newest first.',
      params,
      query: z.object(page),
      response: versionList,
      errors: ['not-found'],
    }),
    check: route({
      method: 'POST',
      path: `${base}/{key}/check`,
      role: 'operator',
      summary: `The doctor: tries the ${one} step by step and changes nothing.`,
      params,
      response: checkReport,
      errors: ['not-found', 'config-invalid'],
    }),
  } as const
}

export { versionList }
