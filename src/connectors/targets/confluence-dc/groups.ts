import type { FenceMark } from '../../../domain/account.ts'
import { firstValue, foldKey } from '../../../domain/identity.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { nameOfMark } from '../../kit/data-center/mark.ts'
import { holds, required } from '../../kit/verdicts.ts'
import type { Reads } from './reads.ts'
import type { Sessions } from './session.ts'
import { gone, refuseOwnAccount, type Write, type Writing } from './writing.ts'

export const createGroup: Write = async (order, { signal }, { sessions, reads, carryOut }) => {
  const name = required(firstValue(order.after?.name), 'name', order)
  return carryOut(order, {
    act: `Creating the group ${name}`,
    send: () => sessions.client.createGroup(name, signal),
    // Confluence may keep the name in small letters: the name is what it says afterwards.
    createdId: () => undefined,
    look: async () => {
      const group = (await reads.groupsByName([name], signal)).get(foldKey(name))
      return group === undefined ? { holds: false } : { holds: true, createdId: group.id }
    },
  })
}

export const addMember: Write = (order, context, writing) => inTurn(order, context, writing, true)
export const removeMember: Write = async (order, context, writing) => {
  refuseOwnAccount(required(order.accountId, 'account', order), writing.session)
  return inTurn(order, context, writing, false)
}

async function inTurn(order: Order, context: ApplyContext, writing: Writing, isIn: boolean): Promise<Applied> {
  const groupId = required(order.groupId, 'group', order)
  return writing.turns.take(groupId, () => write(order, groupId, context, writing, isIn))
}

/** Confluence answers 204 either way: whether it was so before is what the last look showed. */
async function write(
  order: Order,
  group: string,
  { signal }: ApplyContext,
  { sessions, reads, carryOut }: Writing,
  isIn: boolean,
): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const { client } = sessions
  const isThere = async () => (await client.group(group, signal)) !== undefined
  const before = await reads.isMember(id, group, signal)
  const name = await reads.nameOf(id, signal)
  if (before === undefined || name === undefined) throw gone(id)
  if (before === isIn && (isIn || (await isThere()))) return holds(order, { afterDoubt: false })
  const written = await carryOut(order, {
    act: isIn ? `Adding ${name} to the group ${group}` : `Removing ${name} from the group ${group}`,
    send: () => client.setMember(name, group, isIn, signal),
    look: async () => {
      if (!(await isThere())) return { gone: `The group ${group} no longer exists` }
      const isMember = await reads.isMember(id, group, signal, true)
      return isMember === undefined
        ? { gone: `Confluence has no account ${name} any more` }
        : { holds: isMember === isIn }
    },
  })
  reads.noteMembership(id, group, isIn)
  return written
}

/** Replaces whatever mark there is. */
export async function claimMark(sessions: Sessions, reads: Reads, mark: FenceMark, signal: AbortSignal): Promise<void> {
  const act = 'Marking Confluence as kept by this Muster'
  const { client } = sessions
  const wanted = nameOfMark(mark)
  for (const old of await reads.marks(signal)) {
    if (foldKey(old) === foldKey(wanted)) continue
    const answer = await client.deleteGroup(old, signal)
    if (answer.status >= 300 && answer.status !== 404) throw client.server.refusal(answer, act)
  }
  reads.forgetMarks()
  const answer = await client.createGroup(wanted, signal)
  if (answer.status < 300 || (await reads.fence(signal))?.instanceId === mark.instanceId) return
  throw client.server.refusal(answer, act)
}
