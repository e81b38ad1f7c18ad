import { createHash } from 'node:crypto'
import { type Account, fold, type Group, type Roles, statusOf } from './model.ts'
import type { Project } from './project.ts'
import type { AtlassianState } from './state/state.ts'
import type { CodePlace, Workspace } from './state/workspaces.ts'

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
  /** What of the profile is filled, but the name. */
  readonly profile: Readonly<Record<string, string>>
  /** Site -> key -> value. */
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export interface GroupSummary {
  readonly name: string
  readonly description: string
  readonly synced: boolean
  readonly members: number
  readonly roles: readonly string[]
  /** Absent for the directory of the first site. */
  readonly directory?: string
}

export interface ProjectSummary {
  readonly key: string
  readonly site: string
  readonly name: string
  /** Addresses, folded. */
  readonly lead: string
  readonly assigneeType: string
  readonly status: string
  readonly components: readonly { readonly name: string; readonly lead?: string; readonly assigneeType: string }[]
}

/** What a workspace of Bitbucket keeps itself, besides the organization's people and groups. */
export interface WorkspaceSummary {
  readonly workspace: string
  readonly groups: readonly {
    readonly slug: string
    readonly permission: string | null
    readonly members: readonly string[]
  }[]
  /** Addresses, folded, with the groups they are to join. */
  readonly invitations: Readonly<Record<string, readonly string[]>>
  /** `<project or repository> <group or address>` -> permission. */
  readonly permissions: Readonly<Record<string, string>>
}

/** The truth, without ids, dates and order of creation: two worlds that are equal have equal summaries. */
export interface StateSummary {
  readonly people: readonly PersonSummary[]
  readonly groups: readonly GroupSummary[]
  readonly projects: readonly ProjectSummary[]
  readonly workspaces: readonly WorkspaceSummary[]
}

/** What a comparison looks at. */
export type StatePart = 'people' | 'profiles' | 'properties' | 'groups' | 'projects' | 'workspaces'
export const stateParts: readonly StatePart[] = ['people', 'profiles', 'properties', 'groups', 'projects', 'workspaces']

export function summarize(state: AtlassianState): StateSummary {
  state.lifecycle.closeDue()
  const properties = propertiesByAccount(state)
  return {
    people: [...peopleOf(state)].map((account) => personSummary(state, account, properties)),
    groups: state.groups.items.map((group) => groupSummary(state, group)),
    projects: state.projects.all.map(projectSummary),
    workspaces: state.workspaces.all.map((each) => workspaceSummary(state, each)),
  }
}

/** The same as lines of JSON in a fixed order, each beginning with its kind; made one by one, whatever the size. */
export function* exportLines(
  state: AtlassianState,
  parts: readonly StatePart[] = stateParts,
): Generator<string, void, undefined> {
  state.lifecycle.closeDue()
  const wanted = new Set(parts)
  const holders = wanted.has('properties') ? propertiesByAccount(state) : new Map<string, Properties>()
  const isAboutPeople = wanted.has('people') || wanted.has('profiles') || wanted.has('properties')
  for (const account of isAboutPeople ? peopleOf(state) : []) {
    const { email, profile, properties, ...person } = personSummary(state, account, holders)
    yield JSON.stringify({
      person: email,
      ...(wanted.has('people') ? person : {}),
      ...(wanted.has('profiles') ? { profile } : {}),
      ...(wanted.has('properties') ? { properties } : {}),
    })
  }
  if (wanted.has('groups')) {
    for (const group of state.groups.items) {
      const { name, ...rest } = groupSummary(state, group)
      yield JSON.stringify({ group: name, ...rest })
    }
  }
  if (wanted.has('projects')) {
    for (const project of state.projects.all) {
      const { key, ...rest } = projectSummary(project)
      yield JSON.stringify({ project: key, ...rest })
    }
  }
  if (wanted.has('workspaces')) {
    for (const each of state.workspaces.all) yield JSON.stringify(workspaceSummary(state, each))
  }
}

/** SHA-256 of the export. */
export function digest(state: AtlassianState, parts?: readonly StatePart[]): string {
  const hash = createHash('sha256')
  for (const line of exportLines(state, parts)) hash.update(line).update('\n')
  return hash.digest('hex')
}

type Properties = Record<string, Record<string, unknown>>

function* peopleOf(state: AtlassianState): Generator<Account> {
  for (const account of state.accounts.byEmailOrder.items) if (account.accountType === 'atlassian') yield account
}

function personSummary(
  state: AtlassianState,
  account: Account,
  properties: ReadonlyMap<string, Properties>,
): PersonSummary {
  const directories = account.directories.map(
    ({ directoryId, status }) => [nameOf(state, directoryId), status] as const,
  )
  return {
    email: fold(account.email),
    name: account.name,
    status: statusOf(account, state.organization),
    directories: Object.fromEntries(directories.sort(([a], [b]) => (a < b ? -1 : 1))),
    groups: [...account.groups].map((group) => group.name).sort(),
    roles: roleList(account.roles),
    platformRoles: [...account.platformRoles.values()].flatMap((roles) => [...roles]).sort(),
    profile: profileOf(account),
    properties: properties.get(account.accountId) ?? {},
  }
}

function profileOf(account: Account): Record<string, string> {
  const { nickname, timeZone, locale, jobTitle, department, organization, location } = account
  const all = { nickname, timeZone, locale, jobTitle, department, organization, location }
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function groupSummary(state: AtlassianState, group: Group): GroupSummary {
  const directory = nameOf(state, group.directoryId)
  const isFirst = state.directories[0]?.directoryId === group.directoryId
  return {
    name: group.name,
    description: group.description,
    synced: group.synced,
    members: group.members.size,
    roles: roleList(group.roles),
    ...(isFirst ? {} : { directory }),
  }
}

function projectSummary({ key, site, name, lead, assigneeType, status, components }: Project): ProjectSummary {
  return {
    key,
    site: site.name,
    name,
    lead: fold(lead.email),
    assigneeType,
    status,
    components: components
      .map((component) => ({
        name: component.name,
        ...(component.lead === undefined ? {} : { lead: fold(component.lead.email) }),
        assigneeType: component.assigneeType,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

function workspaceSummary(state: AtlassianState, workspace: Workspace): WorkspaceSummary {
  const { slug, ownGroups, invitations, projects, repositories } = workspace
  const emailOf = (accountId: string) => fold(state.account(accountId)?.email ?? accountId)
  const given = ({ key, groups, users }: CodePlace): [string, string][] => [
    ...[...groups].map(([group, permission]): [string, string] => [`${key} ${group}`, permission]),
    ...[...users].map(([id, permission]): [string, string] => [`${key} ${emailOf(id)}`, permission]),
  ]
  return {
    workspace: slug,
    groups: ownGroups.map((group) => ({
      slug: group.slug,
      permission: group.permission,
      members: [...group.members].map(({ email }) => fold(email)).sort(),
    })),
    invitations: Object.fromEntries(
      [...invitations].map(([email, { groups }]): [string, string[]] => [
        email,
        [...groups].map((each) => each.slug).sort(),
      ]),
    ),
    permissions: Object.fromEntries([...projects, ...repositories].flatMap(given).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

function propertiesByAccount(state: AtlassianState): Map<string, Properties> {
  const all = [
    ...[...state.properties.all()].map(([site, ...rest]) => [site.name, ...rest] as const),
    ...[...state.confluenceProperties.all()].map(([site, ...rest]) => [`${site.name}/wiki`, ...rest] as const),
  ]
  all.sort(([siteA, , keyA], [siteB, , keyB]) => (`${siteA}\n${keyA}` < `${siteB}\n${keyB}` ? -1 : 1))
  const byAccount = new Map<string, Properties>()
  for (const [site, accountId, key, text] of all) {
    const mine = byAccount.get(accountId) ?? {}
    mine[site] = { ...mine[site], [key]: inOrder(JSON.parse(text)) }
    byAccount.set(accountId, mine)
  }
  return byAccount
}

/** Keys in order, so that equal values are equal texts. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]))
}

function roleList(roles: Roles): string[] {
  return [...roles].flatMap(([resource, given]) => [...given].map((role) => `${productOf(resource)} ${role}`)).sort()
}

/** The first organization's directories by their own name, those of others with the organization's. */
function nameOf(state: AtlassianState, directoryId: string): string {
  const directory = state.organizations.directory(directoryId)
  if (directory === undefined) return directoryId
  return directory.organization === state.organization
    ? directory.name
    : `${directory.organization.name}/${directory.name}`
}

function productOf(resource: string): string {
  return /^ari:cloud:([^:]+):/.exec(resource)?.[1] ?? resource
}
