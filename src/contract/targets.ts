import { z } from 'zod'
import { endRoutes } from './ends.ts'
import { route } from './route.ts'
import { key, named, time } from './shapes.ts'

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

export const targetRoutes = {
  ...endRoutes('targets'),
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
} as const
