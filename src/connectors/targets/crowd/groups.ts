import { firstValue, foldKey } from '../../../domain/identity.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { required } from '../../kit/verdicts.ts'
import { gone } from './accounts.ts'
import type { Write, Writing } from './writing.ts'

export const createGroup: Write = async (order, { signal }, { client, reads, carryOut }) => {
  const name = required(firstValue(order.after?.name), 'name', order)
  return carryOut(order, {
    act: `Creating the group ${name}`,
    send: () => client.createGroup(name, '', signal),
    // The application may have "lower case output": the name is what Crowd says afterwards.
    createdId: () => undefined,
    look: async () => {
      const group = (await reads.groupsByName([name], signal)).get(foldKey(name))
      return group === undefined ? { holds: false } : { holds: true, createdId: group.id }
    },
  })
}

export const addMember: Write = (order, context, writing) => inTurn(order, context, writing, true)
export const removeMember: Write = (order, context, writing) => inTurn(order, context, writing, false)

async function inTurn(order: Order, context: ApplyContext, writing: Writing, isIn: boolean): Promise<Applied> {
  const groupId = required(order.groupId, 'group', order)
  return writing.turns.take(`group ${groupId}`, () => write(order, groupId, context, writing, isIn))
}

/** 400 and 404 swap their meaning between Crowd's two ways to write a membership: what is true afterwards decides. */
async function write(
  order: Order,
  group: string,
  { signal }: ApplyContext,
  { client, reads, carryOut }: Writing,
  isIn: boolean,
): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const name = await reads.nameOf(id, signal)
  if (name === undefined) throw gone(id)
  return carryOut(order, {
    act: isIn ? `Adding ${name} to the group ${group}` : `Removing ${name} from the group ${group}`,
    send: () => (isIn ? client.addMember(group, name, signal) : client.removeMember(group, name, signal)),
    look: async () => {
      const now = (await reads.accountsNow([id], signal)).get(id)
      if (now === undefined) return { gone: `Crowd has no account ${name} any more` }
      const isMember = [...(now.groupIds ?? [])].some((each) => foldKey(each) === foldKey(group))
      if (isMember === isIn) {
        const isThere = isIn || (await client.group(group, signal)) !== undefined
        return isThere ? { holds: true } : { gone: `The group ${group} no longer exists` }
      }
      if ((await client.group(group, signal)) === undefined) return { gone: `The group ${group} no longer exists` }
      return { holds: false }
    },
  })
}
