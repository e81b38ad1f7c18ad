import { asProvisioningError, fail } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { coreGroup } from '../../../scim/client/request.ts'
import { toldResource } from '../../../scim/client/resource.ts'
import { applied, holds, required, type Writing } from './writing.ts'

/** An empty group; members come once all people are there. One of that name that is there already is taken over. */
export async function createGroup(order: Order, { signal }: ApplyContext, writing: Writing): Promise<Applied> {
  const { server } = writing.directory
  const act = 'Creating the group'
  const given = order.after?.name
  const name = required(typeof given === 'string' ? given : undefined, 'name', order)
  const body = {
    schemas: [coreGroup],
    displayName: name,
    ...(order.sourceKey === undefined ? {} : { externalId: order.sourceKey }),
  }
  const find = async () => (await writing.directory.groupsByName([name], signal)).get(foldKey(name))
  // Many servers take two groups of one name: only a look tells whether there is one.
  const there = await find()
  if (there !== undefined) return holds(order, false, there.id)
  try {
    const answer = await server.send(
      { operation: 'create one of Groups', method: 'POST', path: '/Groups', body },
      signal,
    )
    if (answer.status < 300) {
      const created = toldResource(answer.json)?.id ?? (await find())?.id
      if (created === undefined)
        throw fail.incompleteRead(`${act} was answered without an id.`, { mayHaveApplied: true })
      return applied(order, created)
    }
    if (answer.status === 409) {
      const found = await find()
      if (found !== undefined) return holds(order, answer.afterDoubt, found.id)
    }
    throw await writing.explained(answer, act, signal)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (!error.mayHaveApplied || error.code === 'cancelled') throw error
    const found = await find().catch(() => undefined)
    if (found === undefined) throw error
    return applied(order, found.id)
  }
}
