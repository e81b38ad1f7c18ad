import { auditRoutes } from './audit.ts'
import { configurationRoutes } from './configuration.ts'
import { connectionRoutes } from './connections.ts'
import { groupRoutes } from './groups.ts'
import { localRoutes } from './local.ts'
import { planRoutes } from './plans.ts'
import { pushRoutes } from './push.ts'
import type { AnswerOf, Endpoint, ReceivedOf, Role } from './route.ts'
import { runRoutes } from './runs.ts'
import { secretRoutes } from './secrets.ts'
import { sourceRoutes } from './sources.ts'
import { systemRoutes } from './system.ts'
import { targetRoutes } from './targets.ts'
import { tokenRoutes } from './tokens.ts'
import { workItemRoutes } from './work-items.ts'

/** The whole admin API, by noun. */
export const routes = {
  system: systemRoutes,
  sources: sourceRoutes,
  targets: targetRoutes,
  connections: connectionRoutes,
  runs: runRoutes,
  plans: planRoutes,
  groups: groupRoutes,
  workItems: workItemRoutes,
  configuration: configurationRoutes,
  local: localRoutes,
  push: pushRoutes,
  tokens: tokenRoutes,
  secrets: secretRoutes,
  audit: auditRoutes,
} as const
export type Routes = typeof routes

/** Who acts, and what they may do. */
export interface Principal {
  /** `os:anna`, `token:ci`; the actor in the audit log. */
  readonly name: string
  readonly roles: readonly Role[]
}

/** What a server must be able to do to serve the contract; a missing one is a type error. */
export type Handlers = {
  readonly [Noun in keyof Routes]: {
    readonly [Name in keyof Routes[Noun]]: Routes[Noun][Name] extends Endpoint
      ? (caller: Caller, received: ReceivedOf<Routes[Noun][Name]>) => AnswerOf<Routes[Noun][Name]>
      : never
  }
}

export interface Caller {
  readonly principal: Principal
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** Which door the call came through; becomes the trigger of a run. */
  readonly door: 'api' | 'cli'
}

/** Every endpoint with its name: `runs.list`. */
export function allRoutes(): readonly (readonly [name: string, endpoint: Endpoint])[] {
  return Object.entries(routes).flatMap(([noun, byName]) =>
    Object.entries(byName).map(([name, endpoint]) => [`${noun}.${name}`, endpoint as Endpoint] as const),
  )
}
