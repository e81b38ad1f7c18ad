import { createHash } from 'node:crypto'
import { type Account, fold, grantsAdministration, type Product } from '../model.ts'
import type { EffectCounts } from './effects.ts'
import type { IdMaker } from './ids.ts'

/** A group that Bitbucket keeps itself, in a workspace whose administration has not moved. */
export interface OwnGroup {
  readonly slug: string
  name: string
  /** What it may do with every repository, and `admin` administers the workspace. */
  permission: 'read' | 'write' | 'admin' | null
  autoAdd: boolean
  readonly members: Set<Account>
}

export interface PendingInvitation {
  readonly email: string
  readonly groups: Set<OwnGroup>
  readonly sentAt: number
  readonly invitedBy: Account
}

/** A project or repository with the permissions given on it: by slug of a group, or by account id. */
export interface CodePlace {
  /** Key of a project, slug of a repository. */
  readonly key: string
  readonly uuid: string
  readonly name: string
  readonly groups: Map<string, string>
  readonly users: Map<string, string>
}

/** A workspace of Bitbucket Cloud. */
export interface Workspace {
  /** In braces, as Bitbucket writes it. */
  readonly uuid: string
  readonly slug: string
  readonly name: string
  /** The app of the organization it is. */
  readonly product: Product
  readonly ownGroups: OwnGroup[]
  readonly invitations: Map<string, PendingInvitation>
  readonly projects: readonly CodePlace[]
  readonly repositories: readonly CodePlace[]
}

/** Bitbucket's side of the organization. What is here is not seen late: only the organization's groups are. */
export class Workspaces {
  readonly all: Workspace[] = []
  readonly #makeId: IdMaker
  readonly #effects: EffectCounts

  constructor(parts: { makeId: IdMaker; effects: EffectCounts }) {
    this.#makeId = parts.makeId
    this.#effects = parts.effects
  }

  /** By slug or uuid. */
  get(name: string): Workspace | undefined {
    return this.all.find(({ slug, uuid }) => slug === fold(name) || uuid === name)
  }

  /** The workspace of an app that is there already, with a project and two repositories. */
  add(product: Product): Workspace {
    const slug = fold(product.site.name)
    const place = (key: string, name: string): CodePlace => ({
      key,
      uuid: `{${this.#makeId(`code ${key}`)}}`,
      name,
      groups: new Map(),
      users: new Map(),
    })
    const workspace: Workspace = {
      uuid: `{${uuidOf(product)}}`,
      slug,
      name: product.site.name,
      product,
      ownGroups: [],
      invitations: new Map(),
      projects: [place('CORE', 'Core')],
      repositories: [place('shop', 'shop'), place('tools', 'tools')],
    }
    this.all.push(workspace)
    return workspace
  }

  /** A second one of the same name gets another slug. */
  createGroup(workspace: Workspace, name: string): OwnGroup {
    const base = slugOf(name)
    let slug = base
    for (let more = 1; workspace.ownGroups.some((each) => each.slug === slug); more++) slug = `${base}-${more}`
    const group: OwnGroup = { slug, name, permission: null, autoAdd: false, members: new Set() }
    workspace.ownGroups.push(group)
    workspace.ownGroups.sort((a, b) => (a.slug < b.slug ? -1 : 1))
    this.#effects.count('groupsCreated')
    return group
  }

  deleteGroup(workspace: Workspace, group: OwnGroup): void {
    workspace.ownGroups.splice(workspace.ownGroups.indexOf(group), 1)
    for (const { groups } of [...workspace.projects, ...workspace.repositories]) groups.delete(group.slug)
    this.#effects.count('groupsDeleted')
  }

  /** False = is one already. */
  addMember(group: OwnGroup, account: Account): boolean {
    if (group.members.has(account)) return false
    group.members.add(account)
    this.#effects.count('membershipsAdded')
    return true
  }

  /** False = is none. */
  removeMember(group: OwnGroup, account: Account): boolean {
    const was = group.members.delete(account)
    if (was) this.#effects.count('membershipsRemoved')
    return was
  }
}

/** Groups of its own as they were before the move: a copy of the organization's that no identity provider owns. */
export function copyGroups(
  workspaces: Workspaces,
  workspace: Workspace,
  groups: readonly Parameters<typeof grantsAdministration>[0][],
): void {
  const { product } = workspace
  for (const group of groups.filter((each) => each.directoryId === product.site.directoryId && !each.synced)) {
    const own = workspaces.createGroup(workspace, group.name)
    const roles = group.roles.get(product.resource)
    if (roles?.has('atlassian/admin') === true || grantsAdministration(group)) own.permission = 'admin'
    else if (roles?.has('atlassian/user') === true) own.permission = 'write'
    for (const account of group.members.items) if (account.accountType === 'atlassian') own.members.add(account)
  }
}

/** Spaces become dashes, letters small, everything else falls away: `Viewer Release Management` is `viewer-release-management`. */
export function slugOf(name: string): string {
  return fold(name)
    .replace(/\s+/g, '-')
    .replace(/[^a-z0-9_.-]/g, '')
}

/** Bitbucket's own id of a person, in braces. It is the same for ever, as the account id is. */
export function userUuid({ accountId }: Account): string {
  const hex = createHash('sha256').update(`bitbucket ${accountId}`).digest('hex')
  return `{${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}}`
}

function uuidOf({ resource }: Product): string {
  return resource.slice(resource.indexOf('/') + 1)
}
