import type { Endpoint } from '../contract/route.ts'
import { type Caller, type Handlers, type Principal, routes } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import type { Runner } from '../engine/runner.ts'
import { accountListUseCases } from './account-lists.ts'
import type { AuthSettings } from './auth-settings.ts'
import { refuseElsewhere, refuseWithout, seenBy } from './authority.ts'
import type { ChannelBook } from './channels.ts'
import {
  configurationUseCases,
  type GivenConfiguration,
  type Import,
  type ImportResult,
  importConfiguration,
  type Judged,
} from './configuration.ts'
import { connectionUseCases } from './connections.ts'
import { driftUseCases } from './drift.ts'
import { createEndChecks } from './end-state.ts'
import { endUseCases } from './ends.ts'
import { exceptionUseCases } from './exceptions.ts'
import { sourceUseCases } from './find.ts'
import type { Installation } from './installation.ts'
import { localUseCases } from './local.ts'
import { type Measurements, measure } from './measurements.ts'
import { channelImports, notificationUseCases } from './notifications.ts'
import { peopleUseCases } from './people.ts'
import { planUseCases } from './plans.ts'
import { pushUseCases } from './push.ts'
import { auditUseCases, groupUseCases, secretUseCases } from './registers.ts'
import { reportUseCases } from './report.ts'
import { runUseCases } from './runs.ts'
import { accountUseCases } from './sign-in/account.ts'
import { hasAdministratorByPassword } from './sign-in/administrators.ts'
import { principalBehind } from './sign-in/door.ts'
import { createOidcDoors } from './sign-in/oidc.ts'
import { singleSignOnUseCases } from './sign-in/oidc-settings.ts'
import { offerLink, offerSetup, setupUseCases, signInUseCases } from './sign-in/sign-in.ts'
import { signOnImport } from './sign-in/sign-on-change.ts'
import { userUseCases } from './sign-in/users.ts'
import { type DescribeSettings, systemUseCases } from './system.ts'
import { directoryUseCases } from './target-directory.ts'
import { tokenPrincipal, tokenUseCases } from './tokens.ts'
import { trialUseCases } from './trial.ts'
import type { UseCase } from './use-case.ts'
import { whyUseCases } from './why.ts'
import { workItemUseCases } from './work-items.ts'

export interface AppOptions {
  readonly installation: Installation
  readonly runner: Runner
  readonly version: string
  readonly describe: DescribeSettings
  /** Address under which identity providers reach this server, where one is set (D22). */
  readonly publicUrl?: () => string | undefined
  /** How people sign in beside name and password. */
  readonly auth?: () => AuthSettings | undefined
  /** Ways to tell people that something waits for them. */
  readonly channels: ChannelBook
}

/** Everything that can be done, by noun and act as the contract names them. */
export interface App {
  readonly handlers: Handlers
  readonly instanceId: string
  /** The principal behind a bearer token; undefined when it is unknown, expired or revoked. */
  authenticate(token: string): Promise<Principal | undefined>
  /** Who signed in with the browser that presents this cookie; undefined when the session is unknown or over. */
  session(cookie: string): Promise<Principal | undefined>
  /** A code for the first set-up, to be shown where the server was started; undefined once somebody was made. */
  offerSetup(): Promise<string | undefined>
  /** Whether somebody can come in who administers; of an identity provider it is believed. */
  canBeAdministered(): Promise<boolean>
  /** Path that signs a browser in once, as a user who may do everything; for the demo. */
  offerLink(userName: string): Promise<string>
  /** Numbers for the metrics page. */
  measure(): Promise<Measurements>
  /** One round trip to the store. Throws `store-unavailable`. */
  ping(): Promise<void>
  /** Applies the configuration file the program was started with (D17); not reachable through the API. */
  applyFile(
    principal: Principal,
    given: GivenConfiguration,
    options?: Pick<Import, 'removesUnnamed'>,
  ): Promise<ImportResult & { readonly judged: Judged }>
}

export function createApp(options: AppOptions): App {
  const {
    installation,
    runner,
    version,
    describe,
    publicUrl = () => undefined,
    auth = () => undefined,
    channels,
  } = options
  const { store, clock } = installation
  const useCase: UseCase = {
    ...installation,
    runner,
    live: new Map(),
    version,
    scimBaseUrl: (source) => `${publicUrl()?.replace(/\/+$/, '') ?? ''}/scim/${source}/v2`,
    audit: (principal, act, subject, detail) =>
      store.audit.append({
        at: clock.now(),
        actor: principal.name,
        act,
        subject,
        ...(detail === undefined ? {} : { detail }),
      }),
  }
  const checks = createEndChecks()
  const doors = createOidcDoors(useCase, () => auth()?.oidc, publicUrl)
  const handlers: Handlers = {
    system: systemUseCases(useCase, describe),
    setup: setupUseCases(useCase),
    signIn: signInUseCases(useCase, doors),
    singleSignOn: singleSignOnUseCases(useCase, doors),
    sources: { ...endUseCases(useCase, 'source', checks), ...sourceUseCases(useCase), ...trialUseCases(useCase) },
    targets: { ...endUseCases(useCase, 'target', checks), ...directoryUseCases(useCase) },
    connections: connectionUseCases(useCase, checks),
    runs: runUseCases(useCase),
    plans: planUseCases(useCase),
    groups: groupUseCases(useCase),
    people: peopleUseCases(useCase),
    why: whyUseCases(useCase),
    report: reportUseCases(useCase),
    workItems: workItemUseCases(useCase),
    drift: driftUseCases(useCase),
    exceptions: exceptionUseCases(useCase),
    accountLists: accountListUseCases(useCase),
    configuration: configurationUseCases(useCase, {
      judge: { channel: channelImports(useCase, channels), 'sign-in': signOnImport(useCase, doors) },
      publicUrl,
    }),
    local: localUseCases(useCase),
    push: pushUseCases(useCase),
    users: userUseCases(useCase, doors),
    account: accountUseCases(useCase),
    tokens: tokenUseCases(useCase),
    secrets: secretUseCases(useCase),
    audit: auditUseCases(useCase),
    notifications: notificationUseCases(useCase, channels),
  }
  return {
    handlers: withRoles(store, handlers),
    instanceId: store.instanceId,
    async authenticate(token) {
      const found = await store.access.authenticate(token, clock.now())
      return found === undefined ? undefined : await tokenPrincipal(useCase, found)
    },
    session: (cookie) => principalBehind(useCase, cookie),
    offerSetup: () => offerSetup(useCase),
    canBeAdministered: async () => (await doors.open()) !== undefined || (await hasAdministratorByPassword(useCase)),
    offerLink: (userName) => offerLink(useCase, userName),
    measure: () => measure(useCase),
    ping: () => store.ping(),
    applyFile: (principal, given, options) =>
      importConfiguration(useCase, principal, given, { owner: 'file', ...options }),
  }
}

type AnyHandler = (caller: Caller, received: unknown) => unknown

/** Every handler behind the role its route declares, so that no door can forget to ask. */
function withRoles(store: Installation['store'], handlers: Handlers): Handlers {
  const guarded = Object.entries(handlers).map(([noun, acts]) => {
    const declared: Readonly<Record<string, Endpoint>> = routes[noun as keyof Handlers]
    const each = Object.entries(acts as Record<string, AnyHandler>).map(([name, handler]) => {
      const endpoint = declared[name]
      if (endpoint === undefined) throw fail.bug(`The contract does not declare ${noun}.${name}.`)
      return [name, behind(store, endpoint, handler)]
    })
    return [noun, Object.fromEntries(each)]
  })
  return Object.fromEntries(guarded) as Handlers
}

function behind(store: Installation['store'], endpoint: Endpoint, handler: AnyHandler): AnyHandler {
  const enter = async (caller: Caller, received: unknown): Promise<Caller> => {
    refuseWithout(caller.principal, endpoint)
    await refuseElsewhere(store, caller.principal, endpoint, received)
    return { ...caller, ...seenBy(caller.principal, endpoint) }
  }
  if (endpoint.events === true) {
    return async function* (caller, received) {
      yield* handler(await enter(caller, received), received) as AsyncIterable<unknown>
    }
  }
  return async (caller, received) => handler(await enter(caller, received), received)
}
