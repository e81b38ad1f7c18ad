import type { LimitSettings } from './bucket.ts'
import type { ControlHandler } from './control.ts'
import type { Fault } from './faults.ts'
import type { TwinControl } from './twin-control.ts'

/** What `TwinControl` does, below `/__sandbox` over HTTP: faults, limits, latency, counters, the log of requests. */
export function disturbanceRoutes(control: TwinControl): Readonly<Record<string, ControlHandler>> {
  return {
    'POST /__sandbox/reset-counters': () => control.resetCounters(),
    'GET /__sandbox/requests': (call) => ({ requests: control.log(Number(call.query.get('last') ?? 2000)) }),
    'GET /__sandbox/faults': () => ({ faults: control.faults, held: control.held }),
    'POST /__sandbox/faults': (_, body) => ({ id: control.addFault(checkFault(body)) }),
    'DELETE /__sandbox/faults': (call) => {
      const id = call.query.get('id')
      control.removeFault(id === null ? undefined : Number(id))
    },
    'POST /__sandbox/release': () => ({ released: control.release() }),
    'GET /__sandbox/limits': () => ({ limits: control.limits, use: control.limitUse }),
    'POST /__sandbox/limits': (_, body) => {
      if (typeof body.operations !== 'string') throw new Error('operations is required')
      control.setLimit(body as unknown as LimitSettings)
    },
    'DELETE /__sandbox/limits': (call) => control.clearLimits(call.query.get('operations') ?? undefined),
    'POST /__sandbox/latency': (_, body) => control.setLatency(Number(body.ms)),
    'POST /__sandbox/calm': () => control.calm(),
  }
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
