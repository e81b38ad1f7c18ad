import { z } from 'zod'
import type { Caller, Handlers, Visitor } from '../../contract/routes.ts'
import { fail } from '../../domain/errors.ts'
import type { OidcSettings } from '../auth-settings.ts'
import type { UseCase } from '../use-case.ts'
import { actorOf, admit, visitorOf } from './door.ts'
import { createOidcClient, type OidcClient, OidcFailure } from './oidc-client.ts'
import { claimAt, grantsFrom } from './oidc-roles.ts'
import { beginAttempt } from './throttle.ts'

const callbackPath = '/api/v1/sign-in/oidc/callback'
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

export function openOidcDoor(useCase: UseCase, settings: OidcSettings, publicUrl: string): OidcDoor {
  const places = useCase.placesFor({ owner: 'file' })
  return {
    settings,
    client: createOidcClient(settings, places, useCase.clock.now),
    publicUrl: publicUrl.replace(/\/+$/, ''),
  }
}

type OidcHandlers = Pick<Handlers['signIn'], 'oidcStart' | 'oidcCallback'>

/** Signing in by an identity provider. `door` tells the settings of the moment; undefined where there are none. */
export function oidcUseCases(useCase: UseCase, door: () => OidcDoor | undefined): OidcHandlers {
  const opened = (): OidcDoor => {
    const found = door()
    if (found !== undefined) return found
    throw fail.notFound('Nobody signs in here by an identity provider.', {
      hint: 'An administrator sets auth.oidc in the configuration file.',
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
      const { client, publicUrl } = opened()
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
      const { client, settings, publicUrl } = opened()
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
        const user = await useCase.store.signIn.users.recordExternal(externalUser(settings, claims))
        if (user.disabledAt !== undefined) throw new OidcFailure('oidc-disabled', `${actorOf(user)} is disabled.`)
        if (user.grants.length === 0) {
          await useCase.store.signIn.sessions.endAll(user.id)
          throw new OidcFailure('oidc-no-role', `No group of ${actorOf(user)} gives a role.`)
        }
        await succeeded()
        await admit(useCase, visitor, user, 'oidc')
        return { location: kept.returnTo }
      } catch (thrown) {
        if (thrown instanceof OidcFailure) return await refused(caller, visitor, thrown)
        throw thrown
      }
    },
  }
}

/** Throws `OidcFailure` when the claims do not say which groups the person is in. */
function externalUser(settings: OidcSettings, claims: Readonly<Record<string, unknown>> & { readonly sub: string }) {
  const grants = grantsFrom(claims, settings)
  if (grants === undefined) {
    throw new OidcFailure('oidc-groups', `The claim ${settings.groupsClaim} is not in the answer, or is no list.`)
  }
  const text = (name: string) => {
    const value = claimAt(claims, name)
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined
  }
  const { sub } = claims
  return {
    // A person is the issuer and the subject (OpenID Connect Core section 5.7); names and addresses go to others some day.
    subject: `${settings.issuer} ${sub}`,
    userName: text(settings.userNameClaim) ?? text('email') ?? sub,
    displayName: text('name'),
    grants,
  }
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
