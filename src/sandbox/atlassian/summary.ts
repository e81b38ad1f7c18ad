import { createHash } from 'node:crypto'
import { fold, statusOf } from './model.ts'
import type { AtlassianState } from './state/state.ts'

export interface PersonSummary {
  readonly email: string
  readonly name: string
  readonly status: string
  /** Directories by name, with the state of the membership there. */
  readonly directories: Readonly<Record<string, string>>
  readonly groups: readonly string[]
  /** `<product> <role>` given to the person, not through a group. */
  readonly roles: readonly string[]
  readonly platformRoles: readonly string[]
}

export interface GroupSummary {
  readonly name: string
  readonly description: string
  readonly synced: boolean
  readonly members: number
  readonly roles: readonly string[]
}

/** The truth, without ids, dates and order of creation: two organizations that are equal have equal summaries. */
export interface StateSummary {
  readonly people: readonly PersonSummary[]
  readonly groups: readonly GroupSummary[]
}

export function summarize(state: AtlassianState): StateSummary {
  state.lifecycle.closeDue()
  const directories = new Map(state.directories.map(({ directoryId, name }) => [directoryId, name]))
  const people = state.accounts.items
    .filter((account) => account.accountType === 'atlassian')
    .map(
      (account): PersonSummary => ({
        email: fold(account.email),
        name: account.name,
        status: statusOf(account, state.organization),
        directories: Object.fromEntries(
          account.directories
            .map((each) => [directories.get(each.directoryId) ?? each.directoryId, each.status])
            .sort(),
        ),
        groups: [...account.groups].map((group) => group.name).sort(),
        roles: roleList(account.roles),
        platformRoles: [...account.platformRoles.values()].flatMap((roles) => [...roles]).sort(),
      }),
    )
    .sort((a, b) => (a.email < b.email ? -1 : 1))
  const groups = state.groups.items.map(
    (group): GroupSummary => ({
      name: group.name,
      description: group.description,
      synced: group.synced,
      members: group.members.size,
      roles: roleList(group.roles),
    }),
  )
  return { people, groups }
}

/** SHA-256 of the summary. */
export function digest(state: AtlassianState): string {
  const hash = createHash('sha256')
  const { people, groups } = summarize(state)
  for (const line of [...people, ...groups]) hash.update(JSON.stringify(line)).update('\n')
  return hash.digest('hex')
}

function roleList(roles: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...roles].flatMap(([resource, given]) => [...given].map((role) => `${productOf(resource)} ${role}`)).sort()
}

function productOf(resource: string): string {
  return /^ari:cloud:([^:]+):/.exec(resource)?.[1] ?? resource
}
