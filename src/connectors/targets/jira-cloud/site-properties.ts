import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Api } from '../../kit/atlassian-cloud/api.ts'
import type { PropertyStore } from '../../kit/atlassian-cloud/custom-record.ts'
import type { SiteDoor } from '../../kit/atlassian-cloud/session.ts'
import { userProperty } from './schemas.ts'

/**
 * User properties: a place for data of apps, apart from the properties administrators see. Seen through REST only; needs
 * Administer Jira. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-user-properties/
 */
export class SiteProperties implements PropertyStore {
  readonly api: Api
  readonly product = 'Jira'

  readonly #site: SiteDoor

  constructor(site: SiteDoor) {
    this.api = site.api
    this.#site = site
  }

  async mayWrite(_: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#site.may(['ADMINISTER'], signal)).has('ADMINISTER')
  }

  /** Undefined = the account has no such property. */
  async get(accountId: string, key: string, signal: AbortSignal): Promise<unknown> {
    const request = property('site.user.property.get', 'GET', accountId, key)
    const answer = await this.api.readUnless(404, userProperty, request, 'Reading a user property', signal)
    return answer?.value
  }

  /** Any JSON, at most 32,768 bytes; replaces the whole value. */
  put(accountId: string, key: string, value: object, signal: AbortSignal): Promise<HttpAnswer> {
    const request = { ...property('site.user.property.put', 'PUT', accountId, key), body: value }
    return this.api.write(request, 'Writing a user property', signal)
  }

  delete(accountId: string, key: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = property('site.user.property.delete', 'DELETE', accountId, key)
    return this.api.write(request, 'Removing a user property', signal)
  }
}

function property(operation: string, method: 'GET' | 'PUT' | 'DELETE', accountId: string, key: string): HttpRequest {
  const path = `/rest/api/3/user/properties/${encodeURIComponent(key)}`
  return { operation, method, path, query: { accountId } }
}
