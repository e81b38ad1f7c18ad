/**
 * How many calls a run against a SCIM server costs: the formula of docs/connectors, which `test/journeys/every-target.test.ts`
 * holds against what the servers count. Pure.
 */

/** What the calls of one server cost. */
export interface CallCosts {
  /** Calls of every session: one list, what the server says of itself, and what else is looked at. */
  readonly opening: number
  /** Calls that look for one newcomer: by user name, and by address where that is something else. */
  readonly looksForOne: number
  /** Calls about one group before its members are written; one more where it has to be asked for them by name. */
  readonly looksAtGroup: number
}

/** A run that is planned, approved and applied, counted. */
export interface RunFacts {
  readonly accounts: number
  readonly groups: number
  readonly created: number
  readonly newGroups: number
  /** Requests that write members: one for each group and `membersPerRequest` people. */
  readonly memberRequests: number
  /** Updates, deactivations and reactivations. */
  readonly others: number
}

const page = 100
const pages = (items: number) => Math.max(1, Math.ceil(items / page))
/** Finding out whether the server tells groups with its users, filters groups by member, or has to be read whole. */
const sight = 9

export function callsOfRun(costs: CallCosts, run: RunFacts): Readonly<Record<string, number>> {
  return {
    'read before': 2 * costs.opening + pages(run.accounts) + pages(run.groups),
    'new accounts': run.created * (1 + costs.looksForOne),
    // A look before, one right before the request, the request, and the proof.
    'new groups': 4 * run.newGroups,
    memberships: run.memberRequests * (1 + costs.looksAtGroup),
    'other writes': 3 * run.others,
    'proof afterwards': run.created + run.others + (run.created + run.memberRequests === 0 ? 0 : sight),
  }
}
