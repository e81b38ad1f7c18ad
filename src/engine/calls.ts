import type { WriteKind } from '../domain/change.ts'
import type { Order, Target } from '../ports/target.ts'
import type { Pending } from './recheck.ts'

/** Calls of one lane go one after the other, lanes side by side. */
export type Lanes = readonly (readonly (readonly Order[])[])[]

/** What may ride on a creation, by the seq of the creation. */
export type Riders = ReadonlyMap<number, readonly Pending[]>

export const noRiders: Riders = new Map()

export function ordersIn(lanes: Lanes): readonly Order[] {
  return lanes.flat(2)
}

/** A change as the target is told. */
export function orderOf({ change, resolved, seen }: Pending): Order {
  const { after, before, person, access, lead } = change
  // The whole of what the account is to hold: what is there, and over it what changes.
  const values = change.kind === 'custom.update' ? { ...seen?.account.custom, ...after } : after
  return {
    seq: change.seq,
    kind: change.kind as WriteKind,
    ...resolved,
    ...(values === undefined ? {} : { after: values }),
    ...(before === undefined ? {} : { before }),
    ...(access === undefined ? {} : { access }),
    ...(lead === undefined ? {} : { lead }),
    ...(person === undefined ? {} : { sourceKey: person.key }),
  }
}

/** What a used-up quota stops: one product, one group (which may grant several), or a whole kind. */
export function quotaOf({ kind, access, groupId }: Order): string {
  if (access !== undefined) return `${kind} ${access.product}`
  return kind === 'membership.add' ? `${kind} ${groupId}` : kind
}

/** Changes of one kind as calls, as few as the target allows. */
export function callsFor(target: Target, kind: WriteKind, toSend: readonly Pending[], riders: Riders): Lanes {
  const operation = target.operations[kind]
  const batchSize = operation?.batchSize ?? 1
  const { carries } = operation ?? {}
  if (carries === undefined || riders.size === 0) return lanesOf(toSend.map(orderOf), batchSize)
  const addedAtOnce = target.operations['membership.add']?.batchSize ?? 1
  return bundled(
    toSend.map((each) => withRiders(each, riders.get(each.change.seq) ?? [], carries)),
    batchSize,
    addedAtOnce,
  ).map((call) => [call])
}

interface Loaded {
  readonly order: Order
  readonly groups: readonly Order[]
  readonly access: readonly Order[]
}

function withRiders(creation: Pending, riders: readonly Pending[], most: { groups: number; access: number }): Loaded {
  const orders = riders.map(orderOf)
  return {
    order: orderOf(creation),
    groups: orders.filter(({ access }) => access === undefined).slice(0, most.groups),
    access: orders.filter(({ access }) => access !== undefined).slice(0, most.access),
  }
}

/**
 * One call creates accounts that receive exactly the same. Where few do, memberships go by themselves afterwards if that
 * takes fewer calls: twenty-five newcomers with groups of their own are one creation and some bulk additions, or
 * twenty-five creations where additions are single calls.
 */
function bundled(creations: readonly Loaded[], batchSize: number, addedAtOnce: number): Order[][] {
  const alike = Map.groupBy(creations, ({ groups, access }) => nameOf([...groups, ...access]))
  const carrying = [...alike.values()].flatMap((list) => {
    const additions = (list.length * (list[0]?.groups.length ?? 0)) / addedAtOnce
    const withGroups = Math.ceil(list.length / batchSize) <= list.length / batchSize + additions
    return list.map(({ order, groups, access }) => ({ order, carried: [...(withGroups ? groups : []), ...access] }))
  })
  const calls: Order[][] = []
  for (const list of Map.groupBy(carrying, ({ carried }) => nameOf(carried)).values()) {
    const orders = list.map(({ order, carried }) => (carried.length === 0 ? order : { ...order, carried }))
    for (let at = 0; at < orders.length; at += batchSize) calls.push(orders.slice(at, at + batchSize))
  }
  return calls
}

/** One name for a set of groups and roles. */
function nameOf(orders: readonly Order[]): string {
  return orders
    .map(({ groupId, access }) => (access === undefined ? groupId : `${access.product} ${access.role}`))
    .sort()
    .join('\n')
}

/** Calls that may go side by side: writes to one group stay in one lane, one after the other. */
function lanesOf(orders: readonly Order[], batchSize: number): Order[][][] {
  const lanes = new Map<string, Order[]>()
  for (const order of orders) {
    const lane =
      order.accountId !== undefined && order.groupId !== undefined
        ? order.groupId
        : `one:${order.seq - (order.seq % batchSize)}`
    const list = lanes.get(lane)
    if (list === undefined) lanes.set(lane, [order])
    else list.push(order)
  }
  return Array.from(lanes.values(), (list) => {
    const calls: Order[][] = []
    for (let at = 0; at < list.length; at += batchSize) calls.push(list.slice(at, at + batchSize))
    return calls
  })
}
