import {
  type BulkOperation,
  type BulkOutcome,
  type BulkStep,
  bulkDocument,
  orderBulk,
  parseBulkRequest,
  resolveReferences,
} from '../../scim/bulk.ts'
import { errorDocument, type ScimError, scimFault } from '../../scim/error.ts'
import { type Json, own } from '../../scim/json.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import type { ScimAnswer } from './answer.ts'
import { createResource, patchResource, removeResource, replaceResource, type WriteRequest } from './resources.ts'
import { locationOf, maxBulkOperations, type ScimScope, typeNamed } from './scope.ts'

/** Several writes in one request, each a transaction of its own (RFC 7644 section 3.7). */
export async function runBulk(
  scope: ScimScope,
  body: Json,
  asScimError: (thrown: unknown) => ScimError,
): Promise<ScimAnswer> {
  const { operations, failOnErrors = Number.POSITIVE_INFINITY } = parseBulkRequest(body, maxBulkOperations)
  const work = new BulkWork(scope)
  const outcomes = new Map<number, BulkOutcome>()
  let failures = 0
  for (const step of orderBulk(operations)) {
    // Ended by its failures: what is left is not tried and not answered.
    if (failures >= failOnErrors) break
    const { index } = step.operation
    // What could not be created cannot be completed either.
    if (step.kind === 'complete' && outcomes.get(index)?.response !== undefined) continue
    try {
      const outcome = await work.carryOut(step)
      if (step.kind === 'operation' || outcomes.get(index) === undefined) outcomes.set(index, outcome)
    } catch (thrown) {
      const error = asScimError(thrown)
      failures += 1
      outcomes.set(index, { operation: step.operation, status: error.status, response: errorDocument(error) })
    }
  }
  return { status: 200, body: bulkDocument([...outcomes.values()]), notices: work.notices, isChange: work.isChange }
}

class BulkWork {
  readonly notices: string[] = []
  isChange = false
  readonly #scope: ScimScope
  /** Ids of what was created, by bulkId. */
  readonly #ids = new Map<string, string>()

  constructor(scope: ScimScope) {
    this.#scope = scope
  }

  async carryOut(step: BulkStep): Promise<BulkOutcome> {
    const { operation } = step
    const type = typeNamed(this.#scope, operation.endpoint)
    if (type === undefined) throw scimFault.notFound(`There is no resource type at /${operation.endpoint}.`)
    if (step.kind === 'complete') return await this.#complete(type, operation, step.missing)
    const answer = await this.#write(type, operation)
    this.isChange ||= answer.isChange === true
    this.notices.push(...(answer.notices ?? []))
    const id = operation.method === 'POST' ? this.#remember(operation, answer) : this.#idOf(operation)
    const version = answer.headers?.etag
    return {
      operation,
      status: answer.status,
      location: locationOf(this.#scope, type, id),
      ...(version === undefined ? {} : { version }),
    }
  }

  async #write(type: ResourceType, operation: BulkOperation): Promise<ScimAnswer> {
    const { method, data, version } = operation
    const request: WriteRequest = {
      query: new URLSearchParams(),
      ...(version === undefined ? {} : { ifMatch: version }),
      ...(data === undefined ? {} : { body: resolveReferences(data, this.#ids) }),
    }
    if (method === 'POST') return await createResource(this.#scope, type, request)
    const id = this.#idOf(operation)
    if (method === 'PUT') return await replaceResource(this.#scope, type, id, request)
    if (method === 'PATCH') return await patchResource(this.#scope, type, id, request)
    return await removeResource(this.#scope, type, id, request)
  }

  /** Adds what a creation in a circle had to leave out; when that is refused, the creation is taken back. */
  async #complete(type: ResourceType, operation: BulkOperation, missing: Json): Promise<BulkOutcome> {
    const id = this.#ids.get(operation.bulkId ?? '')
    if (id === undefined) throw scimFault.conflict(`bulkId:${operation.bulkId} was not created.`)
    const query = new URLSearchParams()
    try {
      const value = resolveReferences(missing, this.#ids)
      await patchResource(this.#scope, type, id, { query, body: { Operations: [{ op: 'add', value }] } })
      return { operation, status: 201, location: locationOf(this.#scope, type, id) }
    } catch (error) {
      await removeResource(this.#scope, type, id, {}).catch(() => undefined)
      throw error
    }
  }

  #idOf({ id = '' }: BulkOperation): string {
    return String(resolveReferences(id, this.#ids))
  }

  #remember({ bulkId = '' }: BulkOperation, { body }: ScimAnswer): string {
    const id = String(own((body ?? {}) as { readonly [name: string]: Json }, 'id') ?? '')
    this.#ids.set(bulkId, id)
    return id
  }
}
