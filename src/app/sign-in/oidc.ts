import { z } from 'zod'
import type { Caller, Handlers, Visitor } from '../../contract/routes.ts'
import { fail } from '../../domain/errors.ts'
import { type OidcSettings, oidcSchema } from '../auth-settings.ts'
import { secretOwner } from '../secret-values.ts'
import type { UseCase } from '../use-case.ts'
import { actorOf, admit, visitorOf } from './door.ts'
import { createOidcClient, type OidcClient, OidcFailure } from './oidc-client.ts'
import { externalUser } from './oidc-roles.ts'
import { beginAttempt } from './throttle.ts'

export const callbackPath = '/api/v1/sign-in/oidc/callback'
/** Where the console shows what went wrong, by its name. */
const problemPage = '/sign-in?problem='
const transactionMs = 10 * 60_000

/** What the browser keeps while its person is at the identity provider. Only this browser has use for it. */
const transactionSchema = z.object({
  state: z.string().min(1),
  nonce: z.string().min(1),
  verifier: z.string().min(1),
  returnTo: z.string(),
  until: z.number(),
})

export interface OidcDoor {
  readonly settings: OidcSettings
  readonly client: OidcClient
  /** Of this installation, without a slash at its end. */
  readonly publicUrl: string
}

export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string }

/** The settings of the moment, wherever they are kept. */
export interface OidcDoors {
  /** Undefined where nobody signs in by a provider, or nobody could be sent back. */
  open(): Promise<OidcDoor | undefined>
  /** What the configuration file says; it counts before what the store keeps (D17). */
  fromFile(): OidcSettings | undefined
  publicUrl(): string | undefined
  /** What the provider said of a user at the last sign-in in this process; never told to anybody else. */
  lastClaims(userId: string): Claims | undefined
  rememberClaims(userId: string, claims: Claims): void
}

/** So many people's claims are kept in memory, the newest ones. */
const mostClaims = 1_000

export function createOidcDoors(
  useCase: UseCase,
  fromFile: () => OidcSettings | undefined,
  publicUrl: () => string | undefined,
): OidcDoors {
  const { store, clock } = useCase
  const claims = new Map<string, Claims>()
  let opened: (OidcDoor & { readonly stamp: unknown }) | undefined

  const doorOf = (settings: OidcSettings, owner: 'file' | 'store', stamp: unknown, url: string) => {
    if (opened?.stamp === stamp) return opened
    const client = createOidcClient(settings, useCase.placesFor({ owner }), clock.now)
    opened = { settings, client, publicUrl: url.replace(/\/+$/, ''), stamp }
    return opened
  }

  return {
    fromFile,
    publicUrl,
    lastClaims: (userId) => claims.get(userId),
    rememberClaims(userId, said) {
      claims.delete(userId)
      claims.set(userId, said)
      const [oldest] = claims.keys()
      if (claims.size > mostClaims && oldest !== undefined) claims.delete(oldest)
    },
    async open() {
      const url = publicUrl()
      const file = fromFile()
      if (url === undefined) return undefined
      if (file !== undefined) return doorOf(file, 'file', file, url)
      const kept = await store.settings.get('sign-in', 'oidc')
      const settings = oidcSchema.safeParse(kept?.document).data
      if (kept === undefined || settings === undefined) return undefined
      // A secret that was sealed anew, perhaps by another process, makes no new version of the document.
      const secret = await store.secrets.get(secretOwner('sign-in', 'oidc'), 'clientSecret')
      return doorOf(settings, 'store', `${kept.version} ${secret ?? ''}`, url)
    },
  }
}

type OidcHandlers = Pick<Handlers['signIn'], 'oidcStart' | 'oidcCallback'>

/** Signing in by an identity provider. */
export function oidcUseCases(useCase: UseCase, doors: OidcDoors): OidcHandlers {
  const opened = async (): Promise<OidcDoor> => {
    const found = await doors.open()
    if (found !== undefined) return found
    throw fail.notFound('Nobody signs in here by an identity provider.', {
      hint: 'An administrator sets it in the console under Settings, or as auth.oidc in the configuration file.',
    })
  }

  /** Sends the browser to a page that says what went wrong, and writes down what an administrator needs to know. */
  const refused = async (caller: Caller, visitor: Visitor, failure: OidcFailure) => {
    await useCase.audit(caller.principal, 'sign-in.refused', 'oidc', {
      problem: failure.problem,
      detail: failure.message,
      address: visitor.address,
    })
    return { location: `${problemPage}${failure.problem}` }
  }

  return {
    async oidcStart(caller, { query: { returnTo } }) {
      const { client, publicUrl } = await opened()
      const visitor = visitorOf(caller)
      // A stranger must not be able to make us call the provider, or fill the audit log, without end.
      const succeeded = await beginAttempt(useCase.store.signIn.attempts, useCase.clock.now, {
        address: visitor.address,
      })
      try {
        const { url, transaction } = await client.begin(publicUrl + callbackPath)
        await succeeded()
        const kept = { ...transaction, returnTo: pathOf(returnTo), until: useCase.clock.now() + transactionMs }
        visitor.keep('oidc', Buffer.from(JSON.stringify(kept)).toString('base64url'), transactionMs)
        return { location: url.href }
      } catch (thrown) {
        if (thrown instanceof OidcFailure) return await refused(caller, visitor, thrown)
        throw thrown
      }
    },

    async oidcCallback(caller, { query }) {
      const { client, settings, publicUrl } = await opened()
      const visitor = visitorOf(caller)
      const { address } = visitor
      const kept = readTransaction(visitor.cookie('oidc'))
      visitor.drop('oidc')
      const succeeded = await beginAttempt(useCase.store.signIn.attempts, useCase.clock.now, { address })
      try {
        if (kept === undefined || kept.until <= useCase.clock.now()) {
          throw new OidcFailure('oidc-state', 'The browser brought nothing of a sign-in that it began.')
        }
        if (query.state !== kept.state) throw new OidcFailure('oidc-state', 'The state is another one than was sent.')
        const back = new URL(publicUrl + callbackPath)
        for (const [name, value] of Object.entries(query))
          if (typeof value === 'string') back.searchParams.set(name, value)
        const claims = await client.finish(back, kept)
        const user = await useCase.store.signIn.users.recordExternal(userIn(settings, claims))
        if (user.disabledAt !== undefined) throw new OidcFailure('oidc-disabled', `${actorOf(user)} is disabled.`)
        if (user.grants.length === 0) {
          await useCase.store.signIn.sessions.endAll(user.id)
          throw new OidcFailure('oidc-no-role', `No group of ${actorOf(user)} gives a role.`)
        }
        await succeeded()
        await admit(useCase, visitor, user, 'oidc')
        doors.rememberClaims(user.id, claims)
        return { location: kept.returnTo }
      } catch (thrown) {
        if (thrown instanceof OidcFailure) return await refused(caller, visitor, thrown)
        throw thrown
      }
    },
  }
}

/** Throws `OidcFailure` when the claims do not say which groups the person is in. */
function userIn(settings: OidcSettings, claims: Claims) {
  const user = externalUser(settings, claims)
  if (user !== undefined) return user
  throw new OidcFailure('oidc-groups', `The claim ${settings.groupsClaim} is not in the answer, or is no list.`)
}

function readTransaction(cookie: string | undefined) {
  if (cookie === undefined) return undefined
  try {
    return transactionSchema.safeParse(JSON.parse(Buffer.from(cookie, 'base64url').toString('utf8'))).data
  } catch {
    return undefined
  }
}

/** A page of the console, never another site. */
function pathOf(text: string | undefined): string {
  if (text === undefined || !text.startsWith('/')) return '/'
  const url = URL.parse(text, 'https://muster.invalid')
  return url?.origin === 'https://muster.invalid' ? `${url.pathname}${url.search}` : '/'
}
