/**
 * How many calls a run costs: the formula of docs/connectors/jira-cloud.md, which `test/journeys/calls.test.ts` holds against
 * what a twin of Atlassian counts. Pure.
 */

/** A run, counted. What is left out is 0. */
export interface RunFacts {
  readonly key: boolean
  readonly token: boolean
  /** Accounts and groups that are there when the run begins. */
  readonly accounts: number
  readonly groups: number
  /** Calls of every session beside pages: who we are and what the key reaches. @default 10, those of Jira */
  readonly beside?: number
  /** The plan was made by a run before, and a person approved it in between: nothing is listed again. */
  readonly isApproved?: boolean
  /** Muster has never written to this directory: it leaves its mark first. */
  readonly isFirst?: boolean
  /** Accounts to create; `profiles` of them belong to a verified domain and get a name. */
  readonly created?: number
  readonly profiles?: number
  /** Invitations they take: one for 25 who get the same groups and roles; absent = everybody gets the same. */
  readonly invitations?: number
  readonly newGroups?: number
  /** Writes of one call each: memberships that ride on no creation, roles, suspensions, profiles, … */
  readonly singles?: number
  /** Existing accounts that these singles are about, for each kind of change. */
  readonly changed?: readonly number[]
  /** Writes about what is asked one by one, before and after: custom attributes, roles of accounts, leads. */
  readonly alone?: number
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

const pages = (items: number, pageSize: number) => Math.ceil(items / pageSize)

/** Most calls of a run that plans and applies; counted without repetitions that a refusal asks for. */
export function callsOfRun(run: RunFacts): RunCalls {
  const { created = 0, profiles = 0, newGroups = 0, singles = 0, changed = [], alone = 0 } = run
  const invitations = run.invitations ?? pages(created, 25)
  const changes = changed.reduce((sum, each) => sum + each, 0)
  const looks = changed.reduce((sum, each) => sum + pages(each, 10), 0)
  return run.key
    ? {
        'read before':
          (run.beside ?? 10) +
          (run.isApproved ? 0 : pages(run.accounts, 100) + pages(run.groups, 100) + 2 * pages(created, 100)) +
          (run.isFirst ? 3 : 0),
        // A look before, one at each invitation, the invitation, then the profiles.
        'new accounts': pages(created, 25) + 2 * invitations + profiles,
        'new groups': 2 * newGroups + pages(newGroups, 25),
        'single writes': singles + alone,
        'looks before writes': looks + alone,
        'proof afterwards': proof(run, created + changes) + pages(newGroups, 100) + alone,
      }
    : {
        // Every group is asked for its members.
        'read before': pages(run.accounts, 999) + pages(run.groups, 50) + 8 + run.groups + pages(run.accounts, 10),
        'new accounts': 4 * created,
        'new groups': 2 * newGroups,
        'single writes': singles + alone,
        'looks before writes': changes + alone,
        'proof afterwards': created + changes + newGroups + alone,
      }
}

/** Ten accounts a call, or everybody once where that takes fewer. */
function proof({ accounts, created = 0 }: RunFacts, written: number): number {
  return written === 0 ? 0 : Math.min(pages(written, 10), 1 + pages(accounts + created, 100))
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

/**
 * At most: nobody of them is there, and everybody has groups of their own, which ride on an invitation of their own. As many
 * as there are accounts already may turn out to be there, and their memberships go one by one, as all do with a token alone.
 */
export function callsOfImport(
  here: Pick<RunFacts, 'key' | 'token' | 'accounts' | 'groups' | 'beside'>,
  { people, groups, memberships }: Newcomers,
): RunCalls {
  const present = people === 0 ? 0 : Math.min(1, here.accounts / people)
  const singles = here.key ? Math.ceil(memberships * present) : memberships
  return callsOfRun({
    ...here,
    isFirst: true,
    created: people,
    profiles: people,
    invitations: people,
    newGroups: groups,
    singles,
    changed: [Math.ceil(people * present)],
  })
}

export interface Pace {
  readonly perSecond: number
  readonly words: string
}

/** What is known of the organization's limit where it told none: one observation, of another of its calls. */
const observedPerMinute = 200
/** With a token alone: four calls under way, a fifth of a second each, far below the bursts Jira allows. */
const tokenPerSecond = 20

/** `told` = the newest limit that an answer named; for the organization it is one of a minute. */
export function paceOf(key: boolean, told: number | undefined): Pace {
  if (!key) return { perSecond: tokenPerSecond, words: `${tokenPerSecond} calls a second, four at a time` }
  if (told === undefined) {
    const words = `${observedPerMinute} calls a minute, as others have seen (Atlassian names no limit)`
    return { perSecond: observedPerMinute / 60, words }
  }
  return { perSecond: told / 60, words: `the ${told} calls a minute that Atlassian names` }
}

export function inWords(seconds: number): string {
  if (seconds < 90) return `about ${Math.ceil(seconds)} seconds`
  if (seconds < 90 * 60) return `about ${Math.ceil(seconds / 60)} minutes`
  return `about ${(seconds / 3600).toFixed(1)} hours`
}
