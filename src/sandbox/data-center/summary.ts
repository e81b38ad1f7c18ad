import { createHash } from 'node:crypto'
import { fold, type Group, type User } from './model.ts'
import type { DirectoryStore } from './store.ts'

export interface UserSummary {
  readonly user: string
  readonly displayName: string
  readonly email: string
  readonly active: boolean
  readonly directory: string
  /** Direct ones. */
  readonly groups: readonly string[]
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

export interface GroupSummary {
  readonly group: string
  readonly description: string
  readonly active: boolean
  readonly synced: boolean
  readonly members: number
  readonly nested: readonly string[]
  readonly grants: readonly string[]
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

/** The truth, without ids, dates, passwords and order of creation: two worlds that are equal have equal summaries. */
export interface StateSummary {
  readonly users: readonly UserSummary[]
  readonly groups: readonly GroupSummary[]
  /** What the product keeps of its own, e.g. projects. */
  readonly more: readonly Readonly<Record<string, unknown>>[]
}

export function summarize(store: DirectoryStore, more: StateSummary['more']): StateSummary {
  return { users: store.allUsers.map(userSummary), groups: store.groups.map(groupSummary), more }
}

/** The same as lines of JSON in a fixed order. */
export function exportLines(summary: StateSummary): string[] {
  return [...summary.users, ...summary.groups, ...summary.more].map((each) => JSON.stringify(each))
}

/** SHA-256 of the lines. */
export function digestOf(summary: StateSummary): string {
  return createHash('sha256').update(exportLines(summary).join('\n')).digest('hex')
}

function userSummary(user: User): UserSummary {
  return {
    user: fold(user.name),
    displayName: user.displayName,
    email: fold(user.email),
    active: user.active,
    directory: user.directory.name,
    groups: [...user.groups].map(({ name }) => name).sort(),
    attributes: inOrder(user.attributes),
  }
}

function groupSummary(group: Group): GroupSummary {
  return {
    group: group.name,
    description: group.description,
    active: group.active,
    synced: group.synced,
    members: group.members.size,
    nested: [...group.children].map(({ name }) => name).sort(),
    grants: [...group.grants].sort(),
    attributes: inOrder(group.attributes),
  }
}

function inOrder(attributes: ReadonlyMap<string, readonly string[]>): Record<string, readonly string[]> {
  return Object.fromEntries([...attributes].sort(([a], [b]) => (a < b ? -1 : 1)))
}
