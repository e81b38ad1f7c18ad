import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Server } from '../../kit/data-center/server.ts'
import { get, write } from './client.ts'
import { property } from './schemas.ts'

/** User properties of Jira: data of apps, seen through REST only; the caller must administer the user. */
export class Properties {
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
  }

  /** Undefined = the account has no such property. */
  async get(userKey: string, key: string, signal: AbortSignal): Promise<unknown> {
    const request = get('user.property.get', pathOf(key), { userKey })
    return (await this.#server.find(property, request, 'Reading a user property', signal))?.value
  }

  /** Any JSON, at most 32,768 bytes; replaces the whole value. */
  put(userKey: string, key: string, value: unknown, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.property.put', 'PUT', pathOf(key), { query: { userKey }, body: value })
    return this.#server.write(request, 'Writing the custom attributes', signal)
  }

  delete(userKey: string, key: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.property.delete', 'DELETE', pathOf(key), { query: { userKey } })
    return this.#server.write(request, 'Removing the custom attributes', signal)
  }
}

function pathOf(key: string): string {
  return `/user/properties/${encodeURIComponent(key)}`
}
