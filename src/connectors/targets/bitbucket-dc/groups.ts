import type { FenceMark } from '../../../domain/account.ts'
import { asProvisioningError } from '../../../domain/errors.ts'
import { firstValue, foldKey } from '../../../domain/identity.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { isSuccess } from '../../kit/data-center/attempt.ts'
import { nameOfMark } from '../../kit/data-center/mark.ts'
import { applied, concernsWholeTarget, failed, holds, required } from '../../kit/verdicts.ts'
import type { Reads } from './reads.ts'
import type { Sessions } from './session.ts'
import { gone, refuseOwnAccount, refuseReadOnly, type Write, type Writing } from './writing.ts'

export const createGroup: Write = async (order, { signal }, { sessions, reads, carryOut }) => {
  const name = required(firstValue(order.after?.name), 'name', order)
  return carryOut(order, {
    act: `Creating the group ${name}`,
    send: () => sessions.client.createGroup(name, signal),
    createdId: () => undefined,
    look: async () => {
      const group = (await reads.groupsByName([name], signal)).get(foldKey(name))
      return group === undefined ? { holds: false } : { holds: true, createdId: group.id }
    },
  })
}

/** One call takes many people of one group; when it is refused, each is sent alone, so that one bad one loses no other. */
export async function addMembers(
  orders: readonly Order[],
  context: ApplyContext,
  writing: Writing,
): Promise<readonly Applied[]> {
  const answers: Applied[] = []
  const byGroup = Map.groupBy(orders, ({ groupId }) => groupId ?? '')
  for (const [group, list] of byGroup) {
    answers.push(...(await writing.turns.take(group, () => addTogether(group, list, context, writing))))
  }
  return answers
}

async function addTogether(
  group: string,
  orders: readonly Order[],
  context: ApplyContext,
  writing: Writing,
): Promise<readonly Applied[]> {
  const { signal } = context
  const answers: Applied[] = []
  const names = new Map<Order, string>()
  for (const order of orders) {
    try {
      const known = await writing.reads.lookAt(required(order.accountId, 'account', order), signal)
      if (known === undefined) throw gone(order.accountId ?? '')
      if (known.groups.has(foldKey(group))) answers.push(holds(order, { afterDoubt: false }))
      else {
        refuseReadOnly(known.user, known.user.mutableGroups)
        names.set(order, known.user.name)
      }
    } catch (thrown) {
      answers.push(refusedOrThrown(order, thrown))
    }
  }
  if (names.size > 1) {
    const answer = await writing.sessions.client.addMembers(group, [...names.values()], signal)
    if (isSuccess(answer)) {
      for (const { accountId = '' } of names.keys()) writing.reads.noteMembership(accountId, group, true)
      return [...answers, ...[...names.keys()].map((order) => applied(order))]
    }
    for (const { accountId = '' } of names.keys()) writing.reads.forget(accountId)
  }
  for (const [order, name] of names) {
    answers.push(
      await addOne(order, group, name, context, writing).catch((thrown: unknown) => refusedOrThrown(order, thrown)),
    )
  }
  return answers
}

function addOne(
  order: Order,
  group: string,
  name: string,
  { signal }: ApplyContext,
  { sessions, reads, carryOut }: Writing,
) {
  const id = order.accountId ?? ''
  reads.forget(id)
  return carryOut(order, {
    act: `Adding ${name} to the group ${group}`,
    send: () => sessions.client.addMembers(group, [name], signal),
    look: () => lookAtMembership(id, group, true, reads, signal),
  })
}

export const removeMember: Write = async (order, { signal }, { sessions, session, reads, turns, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  const group = required(order.groupId, 'group', order)
  return turns.take(group, async () => {
    const known = await reads.lookAt(id, signal)
    if (known === undefined) throw gone(id)
    const { name, mutableGroups } = known.user
    refuseOwnAccount(known.user, session)
    if (known.groups.has(foldKey(group))) refuseReadOnly(known.user, mutableGroups)
    else if ((await reads.groupsByName([group], signal)).size > 0) return holds(order, { afterDoubt: false })
    reads.forget(id)
    return carryOut(order, {
      act: `Removing ${name} from the group ${group}`,
      send: () => sessions.client.removeMember(name, group, signal),
      look: () => lookAtMembership(id, group, false, reads, signal),
    })
  })
}

async function lookAtMembership(id: string, group: string, isIn: boolean, reads: Reads, signal: AbortSignal) {
  if ((await reads.groupsByName([group], signal)).size === 0) return { gone: `The group ${group} no longer exists` }
  const known = await reads.lookAt(id, signal, true)
  if (known === undefined) return { gone: `Bitbucket has no account ${id} any more` }
  return { holds: known.groups.has(foldKey(group)) === isIn }
}

function refusedOrThrown(order: Order, thrown: unknown): Applied {
  const error = asProvisioningError(thrown)
  if (concernsWholeTarget(error)) throw error
  return failed(order, error)
}

/** Replaces whatever mark there is. */
export async function claimMark(
  { client }: Sessions,
  reads: Reads,
  mark: FenceMark,
  signal: AbortSignal,
): Promise<void> {
  const act = 'Marking Bitbucket as kept by this Muster'
  const wanted = nameOfMark(mark)
  for (const old of await reads.marks(signal)) {
    if (foldKey(old) === foldKey(wanted)) continue
    const answer = await client.deleteGroup(old, signal)
    if (answer.status >= 300 && answer.status !== 404) throw client.server.refusal(answer, act)
  }
  const answer = await client.createGroup(wanted, signal)
  if (answer.status < 300 || (await reads.fence(signal))?.instanceId === mark.instanceId) return
  throw client.server.refusal(answer, act)
}
