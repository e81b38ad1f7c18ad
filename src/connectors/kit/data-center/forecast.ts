/**
 * How many calls a run against a Data Center product costs: the formula of docs/connectors, which
 * `test/journeys/every-target.test.ts` holds against what the twins count. Pure.
 */

/** What the calls of one product cost. */
export interface CallCosts {
  /** Calls of every run, whatever is there: who we are, products, the mark. */
  readonly fixed: number
  /** Those of them that a plan which was approved before asks again, when it is applied. */
  readonly opening: number
  readonly usersPage: number
  readonly groupsPage: number
  /** Members of one group that come with one call; absent = memberships come with the accounts or groups. */
  readonly membersPage?: number
  /** Calls of one list of members that fits on a page. @default 1 */
  readonly membersCalls?: number
  /** Calls of one look at an account as it is now, with its groups. */
  readonly look: number
  /** Calls of creating one account, looks before and after not counted. */
  readonly create: number
  /** Calls of creating one group, with the looks before, after and at the end. */
  readonly newGroup: number
  /** Memberships that one call writes for one group. */
  readonly membersPerCall: number
}

/** A run, counted. What is left out is 0. */
export interface RunFacts {
  readonly accounts: number
  readonly groups: number
  /** Pages of members in all groups; absent = one for each group. */
  readonly memberPages?: number
  /** The plan was made by a run before, and a person approved it in between. */
  readonly isApproved?: boolean
  /** Muster has never written to this directory: it leaves its mark first. */
  readonly isFirst?: boolean
  readonly created?: number
  readonly newGroups?: number
  /** Calls that write memberships. */
  readonly membershipCalls?: number
  /** Other writes: updates, deactivations, custom attributes, leads. */
  readonly others?: number
  /** Writes that are refused: each time it is asked whether the credential is still good, and looked at once more. */
  readonly refused?: number
  /** Accounts the writes are about, counted once for each kind of change. */
  readonly looks?: number
}

/** Calls by what they are for. */
export interface RunCalls {
  readonly 'read before': number
  readonly 'new accounts': number
  readonly 'new groups': number
  readonly 'single writes': number
  readonly 'looks before writes': number
  readonly 'proof afterwards': number
}

const pages = (items: number, pageSize: number) => Math.max(1, Math.ceil(items / pageSize))

/** Most calls of a run that plans and applies; counted without repetitions that a refusal asks for. */
export function callsOfRun(costs: CallCosts, run: RunFacts): RunCalls {
  const { created = 0, newGroups = 0, membershipCalls = 0, others = 0, refused = 0, looks = 0 } = run
  const members = costs.membersPage === undefined ? 0 : (run.memberPages ?? run.groups) * (costs.membersCalls ?? 1)
  return {
    'read before':
      costs.fixed +
      pages(run.accounts, costs.usersPage) +
      pages(run.groups, costs.groupsPage) +
      members +
      (run.isApproved ? costs.opening : 0) +
      (run.isFirst ? 3 : 0),
    // A look by address before, then the creation.
    'new accounts': created * (1 + costs.create),
    'new groups': newGroups * costs.newGroup,
    'single writes': membershipCalls + others + 2 * refused,
    'looks before writes': looks * costs.look,
    'proof afterwards': (looks + created) * costs.look,
  }
}

export function sumOf(calls: RunCalls): number {
  return Object.values(calls).reduce((sum, each) => sum + each, 0)
}

/** People who come for the first time. */
export interface Newcomers {
  readonly people: number
  readonly groups: number
  readonly memberships: number
}

/** At most: nobody of them is there, and nothing fits into one call with anything else. */
export function callsOfImport(
  costs: CallCosts,
  here: Pick<RunFacts, 'accounts' | 'groups'>,
  { people, groups, memberships }: Newcomers,
): RunCalls {
  return callsOfRun(costs, {
    ...here,
    isFirst: true,
    created: people,
    newGroups: groups,
    membershipCalls: Math.max(Math.ceil(memberships / costs.membersPerCall), Math.min(memberships, groups)),
    looks: people,
  })
}

/** Four calls under way, a fifth of a second each: what a server of one's own takes without being felt. */
const usualPerMinute = 1200

/** `told` = the limit that an answer named, in calls a minute. */
export function inTime(calls: number, told: number | undefined): string {
  const seconds = (calls * 60) / (told ?? usualPerMinute)
  const time =
    seconds < 90
      ? `about ${Math.ceil(seconds)} seconds`
      : seconds < 5400
        ? `about ${Math.ceil(seconds / 60)} minutes`
        : `about ${(seconds / 3600).toFixed(1)} hours`
  return told === undefined
    ? `${time} at ${usualPerMinute} calls a minute (limits are off unless an administrator switched them on)`
    : `${time} at the ${told} calls a minute the server allows`
}
