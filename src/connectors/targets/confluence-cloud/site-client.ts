import { z } from 'zod'
import { fail, ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Api } from '../../kit/atlassian-cloud/api.ts'
import type { PropertyStore } from '../../kit/atlassian-cloud/custom-record.ts'
import { all, bareSweep } from '../../kit/paging.ts'

const pageSize = 200

const user = z.object({
  type: z.string().nullish(),
  accountId: z.string().nullish(),
  displayName: z.string().nullish(),
})
const groupPage = z.object({
  results: z.array(z.object({ id: z.string().min(1) })),
})
const property = z.object({ value: z.unknown() })

/**
 * Confluence Cloud REST v1, acting as the account of the API token.
 * https://developer.atlassian.com/cloud/confluence/rest/v1/
 */
export class ConfluenceClient implements PropertyStore {
  readonly api: Api
  readonly product = 'Confluence'
  /** Accounts that were seen to have a property of ours, by `account key`. */
  readonly #seen = new Set<string>()

  constructor(api: Api) {
    this.api = api
  }

  /** Who we are; a stranger is answered as such, or refused. Throws `auth-failed` then. */
  async myself(
    signal: AbortSignal,
  ): Promise<{ readonly accountId: string; readonly displayName?: string | undefined }> {
    const act = 'Signing in to Confluence'
    const told = await this.api.read(user, get('site.current-user', '/user/current'), act, signal, 'config-invalid')
    const { type, accountId, displayName } = told
    if (type !== 'anonymous' && accountId) return { accountId, displayName: displayName ?? undefined }
    throw fail.authFailed(`${act} is not possible: the API token was taken for nobody's.`, {
      hint: 'Check the e-mail address and the API token; a new one is made at id.atlassian.com.',
    })
  }

  /** Ids of groups by what members of them may do. */
  async groupIds(accessType: 'site-admin' | 'admin', signal: AbortSignal): Promise<readonly string[]> {
    const sweep = () =>
      // The list tells no total, and a cut one looks like its end: pages overlap, and the end is looked at twice.
      bareSweep(idOf, async (start) => {
        const request = get('site.groups', '/group', { accessType, start, limit: pageSize })
        return (await this.api.read(groupPage, request, 'Reading the groups that administer', signal)).results
      })
    return (await all('The list of admin groups', idOf, sweep)).map(idOf)
  }

  async mayWrite(accountId: string, signal: AbortSignal): Promise<boolean> {
    return (await this.whyNotWritable(accountId, signal)) === undefined
  }

  /**
   * Why properties of this account cannot be written, as far as a read can tell: writing them needs the same permission, but
   * for the scope of a token that has scopes, which shows only when something is written. A refusal of another kind is about
   * this account alone and tells nothing.
   */
  async whyNotWritable(accountId: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      await this.get(accountId, 'muster-may-write', signal)
      return undefined
    } catch (thrown) {
      if (!(thrown instanceof ProvisioningError)) throw thrown
      if (thrown.code === 'forbidden' || thrown.code === 'auth-failed') return thrown.message
      if (thrown.code === 'rejected') return undefined
      throw thrown
    }
  }

  async get(accountId: string, key: string, signal: AbortSignal): Promise<unknown> {
    const request = propertyRequest('get', 'GET', accountId, key)
    const answer = await this.api.readUnless(404, property, request, 'Reading a user property', signal)
    if (answer !== undefined) this.#seen.add(`${accountId} ${key}`)
    return answer?.value
  }

  /** POST makes a property and PUT changes one: which of them is right shows in what was seen, else in the refusal. */
  async put(accountId: string, key: string, value: object, signal: AbortSignal): Promise<HttpAnswer> {
    const isThere = this.#seen.has(`${accountId} ${key}`)
    const first = await this.#write(isThere ? 'PUT' : 'POST', accountId, key, value, signal)
    if (first.status !== (isThere ? 404 : 409)) return first
    return this.#write(isThere ? 'POST' : 'PUT', accountId, key, value, signal)
  }

  delete(accountId: string, key: string, signal: AbortSignal): Promise<HttpAnswer> {
    this.#seen.delete(`${accountId} ${key}`)
    return this.api.write(propertyRequest('delete', 'DELETE', accountId, key), 'Removing a user property', signal)
  }

  #write(
    method: 'PUT' | 'POST',
    accountId: string,
    key: string,
    value: object,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const request = { ...propertyRequest('put', method, accountId, key), body: { value } }
    return this.api.write({ ...request, effect: 'repeatable' }, 'Writing a user property', signal)
  }
}

const idOf = ({ id }: { readonly id: string }) => id

function get(operation: string, path: string, query: HttpRequest['query'] = {}): HttpRequest {
  return { operation, method: 'GET', path: `/wiki/rest/api${path}`, query }
}

function propertyRequest(
  how: 'get' | 'put' | 'delete',
  method: HttpRequest['method'],
  accountId: string,
  key: string,
): HttpRequest {
  const path = `/wiki/rest/api/user/${encodeURIComponent(accountId)}/property/${encodeURIComponent(key)}`
  return { operation: `site.user.property.${how}`, method, path }
}
