import type { Call } from '../server/call.ts'
import type { User } from './model.ts'
import type { DirectoryStore } from './store.ts'

/** A personal access token (HTTP access token on Bitbucket): acts as its owner. */
export interface AccessToken {
  /** What it is called in `credentials` and in the control API. */
  readonly name: string
  readonly secret: string
  readonly owner: User
  /** Instant in milliseconds. */
  readonly expiresAt: number
  isRevoked: boolean
}

export type Caller =
  | { readonly kind: 'none' | 'wrong' }
  /** Too many wrong passwords: only a person at a browser gets in again, whatever the password. */
  | { readonly kind: 'captcha' }
  | { readonly kind: 'known'; readonly user: User; readonly scheme: 'basic' | 'bearer' }

const mostFailures = 3
const tokenLifeMs = 365 * 24 * 60 * 60 * 1000

/** Who calls: a name with a password, or a token. */
export class Logins {
  readonly #store: DirectoryStore
  readonly #tokens = new Map<string, AccessToken>()
  /** Wrong passwords in a row, by key of the user. */
  readonly #failures = new Map<string, number>()

  constructor(store: DirectoryStore) {
    this.#store = store
  }

  /** Makes a token of the user that lives a year. */
  issue(name: string, owner: User): AccessToken {
    const secret = `sandbox-pat-${name}-${owner.id}`
    const expiresAt = this.#store.clock.now() + tokenLifeMs
    const token: AccessToken = { name, secret, owner, expiresAt, isRevoked: false }
    this.#tokens.set(secret, token)
    return token
  }

  token(name: string): AccessToken | undefined {
    return [...this.#tokens.values()].find((each) => each.name === name)
  }

  /** A person answered the question at the browser. */
  clearCaptcha(user: User): void {
    this.#failures.delete(user.key)
  }

  callerOf(call: Call): Caller {
    const header = call.takenFor === 'nobody' ? undefined : call.headers.authorization
    if (header === undefined || header === '') return { kind: 'none' }
    if (call.takenFor === 'stranger') return { kind: 'wrong' }
    const [scheme = '', value = ''] = header.split(/\s+/, 2)
    if (/^bearer$/i.test(scheme)) return this.#byToken(call, value)
    return /^basic$/i.test(scheme) ? this.#byPassword(value) : { kind: 'wrong' }
  }

  #byToken(call: Call, secret: string): Caller {
    const token = this.#tokens.get(secret)
    const isGood = token !== undefined && !token.isRevoked && call.at < token.expiresAt && token.owner.active
    return isGood ? { kind: 'known', user: token.owner, scheme: 'bearer' } : { kind: 'wrong' }
  }

  #byPassword(value: string): Caller {
    const pair = Buffer.from(value, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    const user = this.#store.user(pair.slice(0, Math.max(0, colon)))
    if (user === undefined) return { kind: 'wrong' }
    const failures = this.#failures.get(user.key) ?? 0
    if (failures >= mostFailures) return { kind: 'captcha' }
    if (!user.active || user.password !== pair.slice(colon + 1)) {
      this.#failures.set(user.key, failures + 1)
      return { kind: 'wrong' }
    }
    this.#failures.delete(user.key)
    return { kind: 'known', user, scheme: 'basic' }
  }
}
