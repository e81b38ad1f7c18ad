import type { Call } from '../server/call.ts'
import { type ControlHandler, ControlRoutes } from '../server/control.ts'
import { disturbanceRoutes } from '../server/disturbance-routes.ts'
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
    ...disturbanceRoutes(control),
    'GET /__sandbox': facts,
    'GET /__sandbox/counters': () => control.counters(),
    'GET /__sandbox/state': () => control.state(),
    'GET /__sandbox/export': (call) => ({ lines: [...control.export(partsOf(call))] }),
    'GET /__sandbox/digest': (call) => ({ digest: control.digest(partsOf(call)) }),
    'GET /__sandbox/variants': () => ({ chosen: control.twin.variants.all, table: variantTable }),
    'POST /__sandbox/variants': (_, body) => {
      control.setVariants(body as Record<string, string>)
      return { chosen: control.twin.variants.all }
    },
    'POST /__sandbox/usual-limits': () => control.setUsualLimits(),
    'POST /__sandbox/quota': (_, body) =>
      control.setQuota(body.points === undefined ? undefined : (body as unknown as PointsSettings)),
    'GET /__sandbox/delays': () => control.twin.state.visibility.delays,
    'POST /__sandbox/delays': (_, body) => control.setDelays(body as Partial<Delays>),
    'POST /__sandbox/edit': (_, body) => control.edit(body as unknown as Edit),
  })
}

/** `?parts=people,groups`; everything unless told. */
function partsOf(call: Call): readonly StatePart[] {
  const asked = call.query.get('parts')?.split(',') ?? stateParts
  const unknown = asked.find((each) => !stateParts.some((part) => part === each))
  if (unknown !== undefined) throw new Error(`parts are ${stateParts.join(', ')}, not ${unknown}`)
  return asked as readonly StatePart[]
}
