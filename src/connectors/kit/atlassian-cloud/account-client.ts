import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Api } from './api.ts'
import { vendorWords } from './vendor-errors.ts'

/** An account nobody has: asking about it shows whether the key may ask at all. */
const nobody = '00000000-0000-4000-8000-000000000000'
/** Keys of refusals that only the User management API itself can give; a gateway refuses in another shape. */
const ownKeys = new Set(['forbidden', 'forbidden.action', 'forbidden.targetUnverified', 'accountNotFound', 'notFound'])

/** What of a profile can be changed, in the words of the API. */
export interface ProfilePatch {
  readonly name?: string
  readonly nickname?: string
  readonly zoneinfo?: string
  readonly extended_profile?: Readonly<Record<string, string>>
}

/**
 * The User management API: the Atlassian accounts that the organization owns because it verified their mail domain.
 * https://developer.atlassian.com/cloud/admin/user-management/rest/
 */
export class AccountClient {
  readonly api: Api

  constructor(api: Api) {
    this.api = api
  }

  /**
   * Undefined when the key reaches this API, else why not: a key with scopes is refused every call here. Asked about an
   * account that may exist or not, since any answer of the API itself proves the key.
   */
  async whyNotReached(accountId: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    const path = accountPath(accountId ?? nobody)
    const request: HttpRequest = { operation: 'account.privileges', method: 'GET', path, effect: 'read' }
    const answer = await this.api.door.send(request, signal)
    const { codes, text } = vendorWords(answer)
    const isOwnAnswer = answer.status === 200 || codes.some((code) => ownKeys.has(code))
    if (isOwnAnswer && !/scope/i.test(text)) return undefined
    return `the key does not reach user management (HTTP ${answer.status}); a key without scopes does`
  }

  /** Changes the fields that are given. */
  patchProfile(accountId: string, patch: ProfilePatch, signal: AbortSignal): Promise<HttpAnswer> {
    const path = accountPath(accountId, '/profile')
    return this.api.write(
      { operation: 'account.profile.patch', method: 'PATCH', path, body: patch, effect: 'repeatable' },
      'Updating the profile',
      signal,
    )
  }

  /** Ends all sessions of the person, so it is never sent for an address that differs in letter case only. */
  setEmail(accountId: string, email: string, signal: AbortSignal): Promise<HttpAnswer> {
    const path = accountPath(accountId, '/email')
    return this.api.write(
      { operation: 'account.email.set', method: 'PUT', path, body: { email } },
      'Changing the e-mail address',
      signal,
    )
  }

  /** Blocks the whole account, in every organization; the person reads the message when signing in. */
  disable(accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#lifecycle(accountId, 'disable', { message: 'Deactivated by your organization.' }, signal)
  }

  enable(accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#lifecycle(accountId, 'enable', {}, signal)
  }

  /** Final after 14 days, until then it can be cancelled in Atlassian Administration. */
  delete(accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#lifecycle(accountId, 'delete', {}, signal)
  }

  #lifecycle(accountId: string, act: 'disable' | 'enable' | 'delete', body: object, signal: AbortSignal) {
    const path = accountPath(accountId, `/lifecycle/${act}`)
    return this.api.write(
      { operation: `account.${act}`, method: 'POST', path, body, effect: 'repeatable' },
      `Writing the account (${act})`,
      signal,
    )
  }
}

function accountPath(accountId: string, rest = ''): string {
  return `/users/${encodeURIComponent(accountId)}/manage${rest}`
}
