import { asProvisioningError, fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, Order } from '../../../ports/target.ts'
import { type PatchOperation, patchRequest } from '../../../scim/client/request.ts'
import { type ToldResource, versionOf } from '../../../scim/client/resource.ts'
import type { JsonObject } from '../../../scim/json.ts'
import { Turns } from '../waiting.ts'
import type { Directory } from './directory.ts'
import { isNotImplemented, refusal } from './refusals.ts'
import type { Kind } from './server.ts'

/** How often a resource that moved under our hands is read and written again. */
const mostTries = 4

/** What this instance learnt about the server while writing. */
export class Writing {
  readonly directory: Directory
  /** Writes of one group go one after the other. */
  readonly turns = new Turns()
  /** The server has no PATCH: whole resources are written. */
  hasNoPatch = false
  /** Taking members out did what it should, and nothing else. */
  isRemovalProven = false
  /** Taking out single members does not work here: the whole list is written. */
  writesWholeLists: boolean

  constructor(directory: Directory) {
    this.directory = directory
    this.writesWholeLists = directory.dialect.removal === 'whole'
  }

  /** PATCH; undefined = the server has none, which is remembered. */
  async patch(
    kind: Kind,
    { id, ...resource }: Pick<ToldResource, 'id'> & Partial<ToldResource>,
    operations: readonly PatchOperation[],
    signal: AbortSignal,
  ): Promise<HttpAnswer | undefined> {
    const { server } = this.directory
    if (this.hasNoPatch || (await server.abilities(signal)).patch === false) return undefined
    try {
      const answer = await server.send(
        {
          operation: `change one of ${kind}`,
          method: 'PATCH',
          path: `/${kind}/${encodeURIComponent(id)}`,
          body: patchRequest(operations),
          // Every operation names the state that is wanted: a second arrival changes nothing.
          effect: 'repeatable',
          headers: await this.#ifUnchanged({ id, ...resource }, signal),
        },
        signal,
      )
      if (answer.status !== 405) return answer
    } catch (thrown) {
      if (!isNotImplemented(thrown)) throw thrown
    }
    this.hasNoPatch = true
    return undefined
  }

  async put(kind: Kind, resource: ToldResource, document: JsonObject, signal: AbortSignal): Promise<HttpAnswer> {
    const { toldOnly } = this.directory.dialect
    const body = Object.fromEntries(Object.entries(document).filter(([name]) => !toldOnly.includes(name)))
    return this.directory.server.send(
      {
        operation: `replace one of ${kind}`,
        method: 'PUT',
        path: `/${kind}/${encodeURIComponent(resource.id)}`,
        body,
        headers: await this.#ifUnchanged(resource, signal),
      },
      signal,
    )
  }

  /**
   * Reads, writes what differs, and starts anew when somebody else changed the resource in between (412). `write` answers
   * undefined when nothing differs. Throws `gone`, and what a refusal means.
   */
  async change(
    kind: Kind,
    id: string,
    act: string,
    signal: AbortSignal,
    write: (resource: ToldResource) => Promise<HttpAnswer | undefined>,
  ): Promise<HttpAnswer | undefined> {
    for (let tries = 1; ; tries += 1) {
      const resource = await this.directory.server.get(kind, id, signal)
      if (resource === undefined) throw goneError(kind, id)
      const answer = await write(resource)
      if (answer === undefined || answer.status < 300) return answer
      if (answer.status !== 412 || tries >= mostTries) throw await this.explained(answer, act, signal)
    }
  }

  /** A 403 may be about one object or about us: only if reading is refused too, the credential lacks the right for all. */
  async explained(answer: HttpAnswer, act: string, signal: AbortSignal): Promise<ProvisioningError> {
    const error = refusal(answer, act)
    if (error.code !== 'forbidden') return error
    await this.directory.server.list('Users', { count: 1 }, signal)
    return fail.notWritable(error.message, {
      cause: error.cause,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }

  async #ifUnchanged(resource: Partial<ToldResource>, signal: AbortSignal): Promise<Record<string, string>> {
    const { document = {}, id = '' } = resource
    const version = versionOf({ id, document })
    if (version === undefined || (await this.directory.server.abilities(signal)).etag !== true) return {}
    return { 'if-match': version }
  }
}

export function goneError(kind: Kind, id: string, cause?: unknown): ProvisioningError {
  const what = kind === 'Users' ? 'account' : 'group'
  return fail.gone(`The ${what} ${id} no longer exists.`, cause === undefined ? {} : { cause })
}

export function applied(order: Order, createdId?: string): Applied {
  return { seq: order.seq, outcome: 'applied', ...(createdId === undefined ? {} : { createdId }) }
}

/** The wanted state holds; it was us where an earlier try of the same request got no clear answer. */
export function holds(order: Order, afterDoubt = false, createdId?: string): Applied {
  const outcome = afterDoubt ? 'applied' : 'alreadyTrue'
  return { seq: order.seq, outcome, ...(createdId === undefined ? {} : { createdId }) }
}

/** What concerns one order is its outcome; what concerns the whole target ends the call. */
export function failedOrThrown(order: Order, thrown: unknown): Applied {
  const error = asProvisioningError(thrown)
  if (['auth-failed', 'forbidden', 'cancelled', 'bug'].includes(error.code)) throw error
  return { seq: order.seq, outcome: 'failed', error }
}

export function required(value: string | undefined, what: string, order: Order): string {
  if (value === undefined || value === '') throw fail.rejected(`Change ${order.seq} (${order.kind}) names no ${what}.`)
  return value
}
