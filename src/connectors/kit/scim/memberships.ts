import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { addMembers, type PatchOperation, removeMembers } from '../../../scim/client/request.ts'
import { membersOf, type ToldMember } from '../../../scim/client/resource.ts'
import { forEachOf, pieces } from '../waiting.ts'
import { refusal } from './refusals.ts'
import { applied, failedOrThrown, goneError, holds, required, type Writing } from './writing.ts'

type How = 'add' | 'remove'

/** All orders of a call, group by group; within a group as many at once as the server takes. */
export async function writeMemberships(
  orders: readonly Order[],
  { signal }: ApplyContext,
  writing: Writing,
  how: How,
): Promise<readonly Applied[]> {
  const groups = Map.groupBy(orders, (order) => order.groupId ?? '')
  const { requestsAtOnce } = writing.directory.server.settings
  const answers = await forEachOf([...groups], requestsAtOnce, async ([groupId, ofGroup]) => {
    const answered: Applied[] = []
    for (const some of pieces(ofGroup, writing.directory.dialect.membersPerRequest)) {
      answered.push(...(await writing.turns.take(groupId, () => writeSome(some, groupId, writing, how, signal))))
    }
    return answered
  })
  return answers.flat()
}

async function writeSome(
  orders: readonly Order[],
  groupId: string,
  writing: Writing,
  how: How,
  signal: AbortSignal,
): Promise<readonly Applied[]> {
  try {
    for (const order of orders) required(order.groupId, 'group', order)
    const before = await writing.directory.membersNow(groupId, signal)
    if (before === undefined) throw goneError('Groups', groupId)
    const isMember = new Set(before.map(({ id }) => id))
    const answers: Applied[] = []
    const open: Order[] = []
    for (const order of orders) {
      const id = required(order.accountId, 'account', order)
      // A member the server does not know would be a ghost in some, and end the whole request in others.
      if (!writing.directory.known.has(id) && (await writing.directory.user(id, signal)) === undefined) {
        answers.push(failedOrThrown(order, goneError('Users', id)))
      } else if (isMember.has(id) === (how === 'add')) answers.push(holds(order))
      else open.push(order)
    }
    return open.length === 0 ? answers : [...answers, ...(await send(open, groupId, before, writing, how, signal))]
  } catch (thrown) {
    return orders.map((order) => failedOrThrown(order, thrown))
  }
}

/** One request for all; when it is refused, each by itself, so that one bad member does not lose the others. */
async function send(
  orders: readonly Order[],
  groupId: string,
  before: readonly ToldMember[],
  writing: Writing,
  how: How,
  signal: AbortSignal,
): Promise<readonly Applied[]> {
  const ids = orders.map(({ accountId = '' }) => accountId)
  const answer =
    how === 'add' ? await add(ids, groupId, writing, signal) : await remove(ids, groupId, before, writing, signal)
  if (answer.status < 300) return orders.map((order) => applied(order))
  if (answer.status === 401 || answer.status === 429) throw refusal(answer, actOf(how))
  if (orders.length > 1) {
    const each = await forEachOf(orders, 1, async (order) => send([order], groupId, before, writing, how, signal))
    return each.flat()
  }
  return Promise.all(orders.map((order) => whatBecame(order, answer, groupId, writing, how, signal)))
}

async function whatBecame(
  order: Order,
  answer: HttpAnswer,
  groupId: string,
  writing: Writing,
  how: How,
  signal: AbortSignal,
): Promise<Applied> {
  try {
    const id = order.accountId ?? ''
    const now = await writing.directory.membersNow(groupId, signal)
    if (now === undefined) throw goneError('Groups', groupId, refusal(answer, actOf(how)).cause)
    if (now.some((member) => member.id === id) === (how === 'add')) return holds(order, answer.afterDoubt)
    if ((await writing.directory.user(id, signal)) === undefined) throw goneError('Users', id)
    throw asRefused(await writing.explained(answer, actOf(how), signal), how)
  } catch (thrown) {
    return failedOrThrown(order, thrown)
  }
}

/** Both are there: whatever was not found is not the reason to forget either. */
function asRefused(error: ProvisioningError, how: How): ProvisioningError {
  if (error.code !== 'gone') return error
  return fail.rejected(`${actOf(how)} was refused although both are there.`, { cause: error.cause })
}

const actOf = (how: How) => (how === 'add' ? 'Adding to the group' : 'Removing from the group')

async function add(ids: readonly string[], groupId: string, writing: Writing, signal: AbortSignal) {
  const answer = await writing.patch('Groups', { id: groupId }, addMembers(ids), signal)
  return answer ?? (await writeList(groupId, (members) => [...members, ...ids.map(newMember)], writing, signal))
}

/**
 * The first removal of an instance is looked at afterwards: some servers empty the group, and some do nothing (scim.md 9.1,
 * 9.10). Who was lost is put back, and from then on whole lists are written, which say exactly who stays.
 */
async function remove(
  ids: readonly string[],
  groupId: string,
  before: readonly ToldMember[],
  writing: Writing,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const gone = new Set(ids)
  const without = (members: readonly ToldMember[]) => members.filter(({ id }) => !gone.has(id))
  if (!writing.writesWholeLists) {
    const { removal } = writing.directory.dialect
    const operations: PatchOperation[] = removeMembers(ids, removal === 'value' ? 'value' : 'filter')
    const answer = await writing.patch('Groups', { id: groupId }, operations, signal)
    if (answer !== undefined && answer.status === 404) return answer
    if (answer !== undefined && (answer.status < 300 || answer.status === 400 || answer.status === 409)) {
      if (writing.isRemovalProven) return answer
      const after = await writing.directory.membersNow(groupId, signal)
      if (after === undefined) throw goneError('Groups', groupId)
      const there = new Set(after.map(({ id }) => id))
      const lost = without(before).filter(({ id }) => !there.has(id))
      const isDone = ids.every((id) => !there.has(id))
      if (isDone && lost.length === 0) {
        writing.isRemovalProven = true
        return { ...answer, status: 200 }
      }
      writing.writesWholeLists = true
      if (lost.length > 0) return writeList(groupId, (now) => [...without(now), ...lost], writing, signal)
    } else if (answer !== undefined) return answer
  }
  return writeList(groupId, without, writing, signal)
}

const newMember = (id: string): ToldMember => ({ id, kind: 'user', element: { value: id } })

/** Writes the whole list of members, made from what is there at that moment. Throws `gone`. */
async function writeList(
  groupId: string,
  wanted: (members: readonly ToldMember[]) => readonly ToldMember[],
  writing: Writing,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { server } = writing.directory
  for (let tries = 1; ; tries += 1) {
    const group = await server.get('Groups', groupId, signal)
    if (group === undefined) throw goneError('Groups', groupId)
    const members = membersOf(group) ?? (await writing.directory.membersNow(groupId, signal)) ?? []
    const list = new Map(
      wanted(members).map(({ id, kind, element }) => [id, kind === 'user' ? { value: id } : element]),
    )
    const answer = await writing.put('Groups', group, { ...group.document, members: [...list.values()] }, signal)
    if (answer.status !== 412 || tries >= 4) return answer
  }
}
