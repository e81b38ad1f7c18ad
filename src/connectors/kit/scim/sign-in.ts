import { z } from 'zod'
import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { Clock } from '../../../platform/clock.ts'
import { Secret } from '../../../platform/secret.ts'
import { HttpDoor } from '../http-door.ts'
import type { ServerSettings } from './settings.ts'

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.union([z.number(), z.string().regex(/^\d+$/)]).optional(),
})

/** A token is renewed so long before it ends. */
const earlierMs = 60_000

/** The header that shows who we are. */
export type SignInHeader = Readonly<Record<string, string>>

/** Finds out the header of every request, and fetches a new token when the one in hand ends or was refused (OAuth 2). */
export class SignIn {
  /** Values never to be shown; grows with every token that is fetched. */
  readonly secrets: Secret[]
  readonly #settings: ServerSettings
  readonly #clock: Clock
  readonly #door: HttpDoor | undefined
  #fetched: { readonly header: SignInHeader; readonly until: number } | undefined
  #fetching: Promise<SignInHeader> | undefined

  constructor(settings: ServerSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    const { token, password, clientSecret, username, clientId, tokenUrl } = settings
    const basics = [basicSecret(username, password), basicSecret(clientId, clientSecret)]
    this.secrets = [token, password, clientSecret, ...basics].filter((each) => each !== undefined)
    if (tokenUrl !== undefined) this.#door = new HttpDoor({ base: tokenUrl, clock, secrets: this.secrets })
  }

  /** Can another token be had by asking again? */
  get isRenewable(): boolean {
    return this.#door !== undefined
  }

  async header(signal: AbortSignal): Promise<SignInHeader> {
    const { token, header, username, password } = this.#settings
    if (token !== undefined) {
      return header === undefined ? { authorization: `Bearer ${token.reveal()}` } : { [header]: token.reveal() }
    }
    const basic = basicSecret(username, password)
    if (basic !== undefined) return { authorization: `Basic ${basic.reveal()}` }
    if (this.#fetched !== undefined && this.#clock.now() < this.#fetched.until) return this.#fetched.header
    this.#fetching ??= this.#fetch(signal).finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  /** The token in hand was refused. */
  forget(): void {
    this.#fetched = undefined
  }

  close(): void {
    this.#door?.close()
  }

  async #fetch(signal: AbortSignal): Promise<SignInHeader> {
    const { clientId, clientSecret, scope } = this.#settings
    const credential = basicSecret(clientId, clientSecret)
    if (this.#door === undefined || credential === undefined) throw fail.bug('There is no way to sign in.')
    const form = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }
    const answer = await this.#door.send(
      {
        operation: 'token',
        method: 'POST',
        path: this.#settings.tokenUrl ?? '',
        form,
        effect: 'repeatable',
        headers: { authorization: `Basic ${credential.reveal()}` },
      },
      signal,
    )
    if (answer.status >= 400) throw refused(answer.status, answer.text)
    const told = tokenAnswer.safeParse(answer.json)
    if (!told.success) {
      throw fail.configInvalid(`The token URL answered without a token (HTTP ${answer.status}).`, {
        hint: 'Check the token URL in the settings.',
      })
    }
    const { access_token: token, expires_in: seconds = 300 } = told.data
    this.secrets.push(new Secret(token))
    const header = { authorization: `Bearer ${token}` }
    this.#fetched = { header, until: this.#clock.now() + Math.max(0, Number(seconds) * 1000 - earlierMs) }
    return header
  }
}

function refused(status: number, text: string): ProvisioningError {
  return fail.authFailed(`The server gives no token to this client (HTTP ${status}).`, {
    cause: new Error(text.slice(0, 300)),
    hint: 'Check client ID, client secret and scope, and that the client is active.',
  })
}

function basicSecret(name: string | undefined, password: Secret | undefined): Secret | undefined {
  if (name === undefined || password === undefined) return undefined
  return new Secret(Buffer.from(`${name}:${password.reveal()}`).toString('base64'))
}
