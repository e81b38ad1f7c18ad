import type { Call } from '../server/call.ts'
import { type Account, fold, type Organization } from './model.ts'

/** A token of a person or service account, or a key of the organization. Instants are milliseconds. */
export interface Credential {
  readonly id: string
  /** What it is called in `credentials` and in the control API. */
  readonly name: string
  /** The last three are Bitbucket's: a password of an app, a token of an OAuth consumer, one of a workspace. */
  readonly kind: 'api-token' | 'org-key' | 'app-password' | 'oauth-token' | 'workspace-token'
  readonly secret: string
  /** What stands before the colon instead of the address. */
  readonly username?: string
  /** Whom a token acts as; of a key, the administrator who made it. */
  readonly account?: Account
  /** What a key may manage. */
  readonly organizations?: readonly Organization[]
  /** Absent = without scopes, that is: everything its owner may do. */
  readonly scopes?: ReadonlySet<string>
  readonly isServiceAccount: boolean
  readonly createdAt: number
  /** Absent = never. */
  expiresAt?: number
  lastUsedAt?: number
  /** Called off before its time. */
  isRevoked: boolean
}

/** What a request presented. */
export type Presented =
  | { readonly kind: 'none' }
  | { readonly kind: 'wrong' }
  | {
      readonly kind: 'known'
      readonly credential: Credential
      readonly scheme: 'basic' | 'bearer'
      /** The user name of a basic one. */
      readonly email?: string
    }

export class Credentials {
  readonly #bySecret = new Map<string, Credential>()
  /** Authorization headers seen, so that decoding happens once per client. */
  readonly #parsed = new Map<string, Presented>()

  add(credential: Credential): Credential {
    this.#bySecret.set(credential.secret, credential)
    this.#parsed.clear()
    return credential
  }

  get all(): readonly Credential[] {
    return [...this.#bySecret.values()]
  }

  /** API tokens that act as the account. */
  tokensOf(account: Account): Credential[] {
    return this.all.filter((credential) => credential.kind === 'api-token' && credential.account === account)
  }

  remove(credential: Credential): void {
    this.#bySecret.delete(credential.secret)
    this.#parsed.clear()
  }

  named(name: string): Credential | undefined {
    return this.all.find((credential) => credential.name === name)
  }

  /** Who calls; an expired credential, or one of a deactivated owner, counts as wrong. */
  presentedBy(call: Call): Presented {
    const header = call.takenFor === 'nobody' ? undefined : call.headers.authorization
    if (header === undefined || header === '') return { kind: 'none' }
    let presented = this.#parsed.get(header)
    if (presented === undefined) {
      presented = this.#parse(header)
      if (this.#parsed.size > 1000) this.#parsed.clear()
      this.#parsed.set(header, presented)
    }
    if (presented.kind !== 'known') return presented
    const { credential, email } = presented
    // An address may change while the token lives on.
    const user = credential.username ?? credential.account?.email ?? ''
    if (email !== undefined && fold(user) !== fold(email)) return { kind: 'wrong' }
    const isDead =
      credential.isRevoked ||
      (credential.expiresAt !== undefined && call.at >= credential.expiresAt) ||
      (credential.kind !== 'org-key' &&
        credential.kind !== 'workspace-token' &&
        credential.account?.accountStatus !== 'active')
    if (isDead) return { kind: 'wrong' }
    credential.lastUsedAt = call.at
    if (call.takenFor === 'stranger') return this.#strangers(presented)
    return presented
  }

  /** A key of another organization; of a token, one that is no good here. */
  #strangers(presented: Presented & { readonly kind: 'known' }): Presented {
    const other = this.all.find(
      ({ kind, organizations, scopes }) =>
        kind === 'org-key' &&
        scopes === undefined &&
        organizations?.some((each) => presented.credential.organizations?.includes(each)) === false,
    )
    return presented.credential.kind === 'org-key' && other !== undefined
      ? { ...presented, credential: other }
      : { kind: 'wrong' }
  }

  #parse(header: string): Presented {
    const [scheme = '', value = ''] = header.split(/\s+/, 2)
    if (/^bearer$/i.test(scheme)) {
      const credential = this.#bySecret.get(value)
      return credential === undefined ? { kind: 'wrong' } : { kind: 'known', credential, scheme: 'bearer' }
    }
    if (!/^basic$/i.test(scheme)) return { kind: 'wrong' }
    const pair = Buffer.from(value, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    const credential = this.#bySecret.get(pair.slice(colon + 1))
    const email = pair.slice(0, Math.max(0, colon))
    if (credential === undefined) return { kind: 'wrong' }
    return { kind: 'known', credential, scheme: 'basic', email }
  }
}
