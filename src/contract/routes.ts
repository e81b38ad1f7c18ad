import { accountRoutes } from './account.ts'
import { accountListRoutes } from './account-lists.ts'
import { auditRoutes } from './audit.ts'
import { configurationRoutes } from './configuration.ts'
import { connectionRoutes } from './connections.ts'
import { driftRoutes } from './drift.ts'
import { exceptionRoutes } from './exceptions.ts'
import { groupRoutes } from './groups.ts'
import { localRoutes } from './local.ts'
import { notificationRoutes } from './notifications.ts'
import { peopleRoutes } from './people.ts'
import { planRoutes } from './plans.ts'
import { pushRoutes } from './push.ts'
import { reportRoutes } from './report.ts'
import type { AnswerOf, Endpoint, ReceivedOf, Role } from './route.ts'
import { runRoutes } from './runs.ts'
import { secretRoutes } from './secrets.ts'
import { setupRoutes, signInRoutes } from './sign-in.ts'
import { singleSignOnRoutes } from './single-sign-on.ts'
import { sourceRoutes } from './sources.ts'
import { systemRoutes } from './system.ts'
import { targetRoutes } from './targets.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'
import { whyRoutes } from './why.ts'
import { workItemRoutes } from './work-items.ts'

/** The whole admin API, by noun. */
export const routes = {
  system: systemRoutes,
  setup: setupRoutes,
  signIn: signInRoutes,
  singleSignOn: singleSignOnRoutes,
  account: accountRoutes,
  users: userRoutes,
  sources: sourceRoutes,
  targets: targetRoutes,
  connections: connectionRoutes,
  runs: runRoutes,
  plans: planRoutes,
  groups: groupRoutes,
  people: peopleRoutes,
  why: whyRoutes,
  report: reportRoutes,
  workItems: workItemRoutes,
  drift: driftRoutes,
  exceptions: exceptionRoutes,
  accountLists: accountListRoutes,
  configuration: configurationRoutes,
  local: localRoutes,
  push: pushRoutes,
  tokens: tokenRoutes,
  secrets: secretRoutes,
  audit: auditRoutes,
  notifications: notificationRoutes,
} as const
export type Routes = typeof routes

/** Who acts, and what they may do. */
export interface Principal {
  /** `os:anna`, `user:anna`, `sso:anna`, `token:ci`; the actor in the audit log. */
  readonly name: string
  /** Roles held everywhere. */
  readonly roles: readonly Role[]
  /** Roles held on single connections, by their keys. */
  readonly onConnections?: Readonly<Record<string, readonly Role[]>>
  /** Set for a person who signed in, and for their personal tokens. */
  readonly user?: { readonly id: string; readonly userName: string; readonly displayName?: string }
  /** Set for a person who signed in with a browser. */
  readonly session?: {
    readonly id: string
    /** To be sent as `x-muster-csrf` with everything that changes something. */
    readonly csrfToken: string
    readonly expiresAt: number
    readonly mustChangePassword: boolean
  }
}

/** Who calls what everybody may call. */
export const nobody: Principal = { name: 'nobody', roles: [] }

/** The browser behind a call; a call from inside this process has none. */
export interface Visitor {
  /** The network address; believed from proxies only where they are trusted. */
  readonly address: string
  /** What it calls itself. */
  readonly agent: string
  cookie(name: CookieName): string | undefined
  /** Hands a cookie to the browser with the answer, one that scripts cannot read. */
  keep(name: CookieName, value: string, maxAgeMs: number): void
  drop(name: CookieName): void
}

/** `oidc` remembers for a few minutes what was asked of an identity provider. */
export type CookieName = 'session' | 'oidc'

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
  readonly visitor?: Visitor
  /** For a list about connections: those whose rows the caller may see; absent = all. */
  readonly sees?: readonly string[]
}

/** Every endpoint with its name: `runs.list`. */
export function allRoutes(): readonly (readonly [name: string, endpoint: Endpoint])[] {
  return Object.entries(routes).flatMap(([noun, byName]) =>
    Object.entries(byName).map(([name, endpoint]) => [`${noun}.${name}`, endpoint as Endpoint] as const),
  )
}
