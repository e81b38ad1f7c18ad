import type { FenceMark } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { firstValue, foldKey } from '../../../domain/identity.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { nameOfMark } from '../../kit/data-center/mark.ts'
import { required } from '../../kit/verdicts.ts'
import type { Reads } from './reads.ts'
import { group as madeGroup } from './schemas.ts'
import type { Sessions } from './session.ts'
import { refuseOwnAccount, type Write, type Writing } from './writing.ts'

export const createGroup: Write = async (order, { signal }, { sessions, reads, carryOut }) => {
  const name = required(firstValue(order.after?.name), 'name', order)
  return carryOut(order, {
    act: `Creating the group ${name}`,
    send: () => sessions.client.createGroup(name, signal),
    // Jira may keep the name in small letters.
    createdId: ({ json }) => madeGroup.safeParse(json).data?.name,
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

/** A second add is 400 in Jira, like a name that does not exist: what is true afterwards decides. */
async function write(
  order: Order,
  group: string,
  { signal }: ApplyContext,
  { sessions, reads, carryOut }: Writing,
  isIn: boolean,
): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const { client } = sessions
  const name = await reads.nameOf(id, signal)
  if (name === undefined) throw fail.gone(`Jira has no account ${id} any more.`)
  const act = isIn ? `Adding ${name} to the group ${group}` : `Removing ${name} from the group ${group}`
  return carryOut(order, {
    act,
    send: () => (isIn ? client.addMember(group, name, signal) : client.removeMember(group, name, signal)),
    look: async () => {
      const isMember = await reads.isMember(id, group, signal).catch((thrown: unknown) => {
        if (isGone(thrown)) return undefined
        throw thrown
      })
      if (isMember === isIn) return { holds: true }
      if (isMember === undefined) return { gone: `Jira has no account ${name} any more` }
      if (!(await client.hasGroup(group, signal))) return { gone: `The group ${group} no longer exists` }
      if (isIn) return { holds: false }
      return {
        holds: false,
        because: fail.notWritable(`${act} was refused, and the account is still in it.`, {
          hint: `${name} may be in it by way of a group inside ${group}, or the group comes from a read-only directory.`,
        }),
      }
    },
  })
}

function isGone(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'gone'
}

/** Replaces whatever mark there is. */
export async function claimMark(sessions: Sessions, reads: Reads, mark: FenceMark, signal: AbortSignal): Promise<void> {
  const act = 'Marking Jira as kept by this Muster'
  const wanted = nameOfMark(mark)
  for (const old of await reads.marks(signal)) {
    if (old === wanted) continue
    const answer = await sessions.client.deleteGroup(old, signal)
    if (answer.status >= 300 && answer.status !== 404) throw sessions.server.refusal(answer, act)
  }
  const answer = await sessions.client.createGroup(wanted, signal)
  if (answer.status < 300 || (await reads.fence(signal))?.instanceId === mark.instanceId) return
  throw sessions.server.refusal(answer, act)
}
