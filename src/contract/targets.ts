import { z } from 'zod'
import { endRoutes } from './ends.ts'
import { route } from './route.ts'
import { attributesOfTarget, key, named, time } from './shapes.ts'

const params = z.object({ key })

const writerView = named(
  'Writer',
  z.object({
    instanceId: z.string().describe('this installation'),
    keeper: z
      .object({ instanceId: z.string(), since: time, ours: z.boolean() })
      .optional()
      .describe('the installation whose mark is on the directory; absent = none has written there yet'),
  }),
)
export type WriterView = z.output<typeof writerView>

const names = z.array(z.string())

const rekeyingView = named(
  'Rekeying',
  z.object({
    from: z.string().describe('key of the directory that links and ledger belong to'),
    to: z.string().describe('key of the directory that the target is now'),
    refusedBecause: z.string().optional().describe('present = it cannot be approved'),
    counts: z
      .object({
        links: z.number().int(),
        groupLinks: z.number().int(),
        grants: z.number().int(),
        access: z.number().int(),
        deactivations: z.number().int(),
        customValues: z.number().int(),
        decisions: z.number().int(),
      })
      .describe('what is carried over'),
    accounts: z.object({
      remembered: z.number().int(),
      linked: z.number().int(),
      matched: z.number().int().describe('found in the new directory by their id'),
      missing: names.describe('not there: their links stay, and the next plan asks about each'),
      differing: names.describe('there by id, with another address than the one we know'),
    }),
    groups: z.object({
      remembered: z.number().int(),
      sameId: z.number().int(),
      byName: names.describe('another id and the same name'),
      missing: names.describe('not there: what was granted in them is kept and has no effect'),
    }),
    otherTargets: names.describe('other doors to the old directory; refused until they show the new one, too'),
    fingerprint: z.string().describe('binds an approval to exactly this'),
  }),
)
export type RekeyingView = z.output<typeof rekeyingView>

const attributesView = named('TargetAttributes', z.object(attributesOfTarget))
export type TargetAttributes = z.output<typeof attributesView>

export const targetRoutes = {
  ...endRoutes('targets'),
  attributes: route({
    method: 'GET',
    path: '/api/v1/targets/{key}/attributes',
    role: 'viewer',
    summary: 'Which attributes accounts of the target take, and where people will see them. Nothing is asked.',
    params,
    response: attributesView,
    errors: ['not-found', 'config-invalid'],
  }),
  writer: route({
    method: 'GET',
    path: '/api/v1/targets/{key}/writer',
    role: 'operator',
    summary: 'Asks the directory of a target which Muster writes to it.',
    params,
    response: writerView,
    errors: ['not-found', 'config-invalid', 'auth-failed', 'forbidden', 'unreachable'],
  }),
  takeOver: route({
    method: 'POST',
    path: '/api/v1/targets/{key}/take-over',
    role: 'admin',
    summary: 'Puts the mark of this Muster in the place of another one, whose runs are refused from then on.',
    params,
    body: named(
      'TakeOver',
      z.object({ from: z.string().min(1).max(100).describe('the installation it is taken from') }),
    ),
    response: writerView,
    errors: ['not-found', 'config-invalid', 'conflict', 'auth-failed', 'forbidden', 'unreachable'],
  }),
  previewRekeying: route({
    method: 'GET',
    path: '/api/v1/targets/{key}/re-keying',
    role: 'operator',
    summary: 'What would be carried over to the directory that the target is now; absent when it is what it was.',
    params,
    response: named('RekeyingPreview', z.object({ rekeying: rekeyingView.optional() })),
    errors: ['not-found', 'config-invalid', 'auth-failed', 'forbidden', 'unreachable', 'incomplete-read'],
  }),
  rekey: route({
    method: 'POST',
    path: '/api/v1/targets/{key}/re-keying',
    role: 'admin',
    summary: 'Carries links, ledger, history and decisions over to the directory that the target is now, as reviewed.',
    params,
    body: named('Rekey', z.object({ fingerprint: z.string().min(1).max(100) })),
    response: rekeyingView,
    errors: [
      'not-found',
      'config-invalid',
      'conflict',
      'stale-plan',
      'busy',
      'auth-failed',
      'forbidden',
      'unreachable',
      'incomplete-read',
    ],
  }),
} as const
