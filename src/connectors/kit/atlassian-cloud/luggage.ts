import type { Applied, Order } from '../../../ports/target.ts'
import { applied } from '../verdicts.ts'
import type { Luggage } from './org-client.ts'
import { rolePrefix } from './org-roles.ts'
import type { Invited } from './schemas.ts'
import { groupIdOf } from './translate.ts'

/** Resource a role is given on, by product id. */
export interface Resources {
  readonly resources: ReadonlyMap<string, string>
}

export const noLuggage: Luggage = { groupIds: [], rules: [] }

export function isEmpty({ groupIds, rules }: Luggage): boolean {
  return groupIds.length === 0 && rules.length === 0
}

/** What the orders carry; roles on a product that cannot be named are left to be sent by themselves. */
export function luggageOf(order: Order | undefined, { resources }: Resources): Luggage {
  const carried = order?.carried ?? []
  const groupIds = carried.flatMap(({ kind, groupId }) => (kind === 'membership.add' && groupId ? groupId : []))
  const rules = carried.flatMap(({ kind, access }) => {
    const resource = kind === 'access.grant' && access ? resources.get(access.product) : undefined
    return resource === undefined || access === undefined ? [] : { resource, role: `${rolePrefix}${access.role}` }
  })
  return { groupIds: [...new Set(groupIds)], rules }
}

type Entry = Invited['data'][number]

/** Problems of one person's entry: every line that is not an invitation. */
export function problemsOf({ results }: Entry): readonly string[] {
  return linesOf(results).flatMap(({ status, statusReason }) =>
    status === 'ERROR' ? [statusReason || 'no reason given'] : [],
  )
}

/** Does the entry say by itself that everything came true? Without any line it says nothing. */
export function saysDone(entry: Entry): boolean {
  return linesOf(entry.results).length > 0 && problemsOf(entry).length === 0
}

function linesOf(results: Entry['results']) {
  return (results ?? []).flatMap(({ roleAssignmentResult, groupAssignmentResult }) => [
    ...(roleAssignmentResult ?? []),
    ...(groupAssignmentResult ?? []),
  ])
}

/** Answers to what rode along with an invitation that went through; what was not sent along gets none. */
export function carriedAnswers(
  { carried = [] }: Order,
  { groupIds, rules }: Luggage,
  { resources }: Resources,
): readonly Applied[] {
  return carried.flatMap((order) => {
    const rule = order.access && rules.find(({ resource }) => resource === resources.get(order.access?.product ?? ''))
    const wasSent =
      order.kind === 'membership.add' ? groupIds.includes(groupIdOf(order.groupId ?? '')) : rule !== undefined
    return wasSent ? [applied(order)] : []
  })
}
