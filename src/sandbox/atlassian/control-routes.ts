import type { LimitSettings } from '../server/bucket.ts'
import type { Call } from '../server/call.ts'
import { type ControlHandler, ControlRoutes } from '../server/control.ts'
import type { Fault } from '../server/faults.ts'
import type { PointsSettings } from '../server/points.ts'
import type { SandboxControl } from './control.ts'
import type { Edit } from './edit.ts'
import type { Delays } from './state/visibility.ts'
import { type StatePart, stateParts } from './summary.ts'
import { variantTable } from './variants.ts'

/** What `SandboxControl` does, below `/__sandbox` over HTTP; `further` are routes of what runs beside the twin. */
export function controlRoutes(
  control: SandboxControl,
  facts: () => unknown,
  further: Readonly<Record<string, ControlHandler>> = {},
): ControlRoutes {
  return new ControlRoutes({
    ...further,
    'GET /__sandbox': facts,
    'GET /__sandbox/counters': () => control.counters(),
    'POST /__sandbox/reset-counters': () => control.resetCounters(),
    'GET /__sandbox/requests': (call) => ({ requests: control.log(Number(call.query.get('last') ?? 2000)) }),
    'GET /__sandbox/state': () => control.state(),
    'GET /__sandbox/export': (call) => ({ lines: [...control.export(partsOf(call))] }),
    'GET /__sandbox/digest': (call) => ({ digest: control.digest(partsOf(call)) }),
    'GET /__sandbox/variants': () => ({ chosen: control.twin.variants.all, table: variantTable }),
    'POST /__sandbox/variants': (_, body) => {
      control.setVariants(body as Record<string, string>)
      return { chosen: control.twin.variants.all }
    },
    'GET /__sandbox/faults': () => ({ faults: control.faults, held: control.held }),
    'POST /__sandbox/faults': (_, body) => ({ id: control.addFault(checkFault(body)) }),
    'DELETE /__sandbox/faults': (call) => {
      const id = call.query.get('id')
      control.removeFault(id === null ? undefined : Number(id))
    },
    'POST /__sandbox/release': () => ({ released: control.release() }),
    'GET /__sandbox/limits': () => ({ limits: control.limits, use: control.counters().limits }),
    'POST /__sandbox/limits': (_, body) => {
      if (typeof body.operations !== 'string') throw new Error('operations is required')
      control.setLimit(body as unknown as LimitSettings)
    },
    'DELETE /__sandbox/limits': (call) => control.clearLimits(call.query.get('operations') ?? undefined),
    'POST /__sandbox/usual-limits': () => control.setUsualLimits(),
    'POST /__sandbox/quota': (_, body) =>
      control.setQuota(body.points === undefined ? undefined : (body as unknown as PointsSettings)),
    'POST /__sandbox/latency': (_, body) => control.setLatency(Number(body.ms)),
    'GET /__sandbox/delays': () => control.twin.state.visibility.delays,
    'POST /__sandbox/delays': (_, body) => control.setDelays(body as Partial<Delays>),
    'POST /__sandbox/edit': (_, body) => control.edit(body as unknown as Edit),
    'POST /__sandbox/calm': () => control.calm(),
  })
}

/** `?parts=people,groups`; everything unless told. */
function partsOf(call: Call): readonly StatePart[] {
  const asked = call.query.get('parts')?.split(',') ?? stateParts
  const unknown = asked.find((each) => !stateParts.some((part) => part === each))
  if (unknown !== undefined) throw new Error(`parts are ${stateParts.join(', ')}, not ${unknown}`)
  return asked as readonly StatePart[]
}

const kinds = new Set([
  'slow',
  'status',
  'too-many-requests',
  'short-page',
  'cut-body',
  'close',
  'expired',
  'anonymous',
  'wrong-organization',
  'late',
  'not-json',
  'hold',
])

function checkFault(body: Record<string, unknown>): Fault {
  if (typeof body.operations !== 'string') throw new Error('operations is required')
  if (typeof body.kind !== 'string' || !kinds.has(body.kind)) throw new Error(`kind is one of ${[...kinds].join(', ')}`)
  const needsWhen = body.kind === 'status' || body.kind === 'close' || body.kind === 'hold'
  if (needsWhen && body.when !== 'before' && body.when !== 'after') throw new Error('when is before or after')
  if ((body.kind === 'slow' || body.kind === 'late') && typeof body.ms !== 'number') throw new Error('ms is required')
  if (body.kind === 'status' && typeof body.status !== 'number') throw new Error('status is required')
  if (body.kind === 'too-many-requests' && !['number', 'undefined'].includes(typeof body.retryAfterSeconds))
    throw new Error('retryAfterSeconds is a number')
  return body as unknown as Fault
}
