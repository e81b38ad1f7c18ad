import { z } from 'zod'
import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { Secret } from '../../../platform/secret.ts'
import { HttpDoor } from '../http-door.ts'
import { saidBy } from './refusal.ts'

/** What is sent along with every request to show who we are. */
export interface SignedIn {
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
}

/** How we show who we are at one server. */
export interface Credential {
  /** Values never to be shown; may grow with every token that is fetched. */
  readonly secrets: readonly Secret[]
  /** Can something else be had by asking again? Then one refusal is not the end. */
  readonly isRenewable: boolean
  present(signal: AbortSignal): Promise<SignedIn>
  /** What was presented last is refused now. */
  forget(): void
  close(): void
}

/** The same every time, or made anew from the clock; nothing is fetched. */
export function standingCredential(secrets: readonly Secret[], present: () => SignedIn): Credential {
  return {
    secrets,
    isRenewable: false,
    present: async () => present(),
    forget: () => undefined,
    close: () => undefined,
  }
}

export function bearer(token: string): SignedIn {
  return { headers: { authorization: `Bearer ${token}` } }
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.union([z.number(), z.string().regex(/^\d+$/)]).nullish(),
})

/** RFC 6749 section 5.1 recommends that servers say how long; where they do not we ask again soon. */
const unnamedLifeSeconds = 300

interface TokenPlan {
  /** Where tokens are fetched; an origin of its own, so that nothing else is ever sent there. */
  readonly tokenUrl: string
  readonly clock: Clock
  readonly secrets: readonly Secret[]
  /** The request, made anew each time: an assertion is good for one use. */
  request(): Omit<HttpRequest, 'operation' | 'method' | 'path'>
  /** What to check when no token is given: `client ID, client secret and scope`. */
  readonly hint: string
  /** How the token is found in the answer and used. @default OAuth 2: access_token, as bearer */
  readonly read?: (answer: HttpAnswer) => { readonly token: string; readonly lifeSeconds?: number } | undefined
  readonly use?: (token: string) => SignedIn
}

/** A token that is fetched, kept for four fifths of its life, and fetched anew when it was refused. */
export class FetchedToken implements Credential {
  readonly isRenewable = true
  readonly secrets: Secret[]
  readonly #plan: TokenPlan
  readonly #door: HttpDoor
  #held: { readonly token: string; readonly until: number } | undefined
  #fetching: Promise<string> | undefined

  constructor(plan: TokenPlan) {
    this.#plan = plan
    this.secrets = [...plan.secrets]
    this.#door = new HttpDoor({ base: plan.tokenUrl, clock: plan.clock, secrets: this.secrets })
  }

  async present(signal: AbortSignal): Promise<SignedIn> {
    const token = await this.token(signal)
    return this.#plan.use?.(token) ?? bearer(token)
  }

  /** Throws `auth-failed` where none is given, and what a failed request means. */
  async token(signal: AbortSignal): Promise<string> {
    if (this.#held !== undefined && this.#plan.clock.now() < this.#held.until) return this.#held.token
    this.#fetching ??= this.#fetch(signal).finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  forget(): void {
    this.#held = undefined
  }

  close(): void {
    this.#door.close()
  }

  async #fetch(signal: AbortSignal): Promise<string> {
    const { tokenUrl, clock, hint, read = oauthToken } = this.#plan
    const asked = clock.now()
    const request = { operation: 'token', method: 'POST', effect: 'repeatable', ...this.#plan.request() } as const
    const answer = await this.#door.send({ ...request, path: tokenUrl }, signal)
    if (answer.status >= 400) throw noToken(answer, tokenUrl, hint)
    const told = read(answer)
    if (told === undefined) {
      throw fail.configInvalid(`${new URL(tokenUrl).host} answered without a token (HTTP ${answer.status}).`, {
        hint: 'Check the address where tokens are fetched.',
      })
    }
    const { token, lifeSeconds = unnamedLifeSeconds } = told
    this.secrets.push(new Secret(token))
    this.#held = { token, until: asked + lifeSeconds * 800 }
    return token
  }
}

function oauthToken({ json }: HttpAnswer) {
  const told = tokenAnswer.safeParse(json)
  if (!told.success) return undefined
  const { access_token: token, expires_in: life } = told.data
  return { token, ...(life === undefined || life === null ? {} : { lifeSeconds: Number(life) }) }
}

function noToken(answer: HttpAnswer, tokenUrl: string, hint: string): ProvisioningError {
  const host = new URL(tokenUrl).host
  if (answer.status === 404) {
    return fail.configInvalid(`There is nothing at ${host} that gives tokens (HTTP 404).`, {
      hint: 'Check the address where tokens are fetched.',
    })
  }
  const said = saidBy(answer)
  return fail.authFailed(`${host} gives no token: ${said}.`, { cause: new Error(said), hint: `Check ${hint}.` })
}
