import type { Account, Site } from '../model.ts'
import type { ComponentAssignee, Project, ProjectAssignee } from '../project.ts'
import type { AtlassianState } from '../state/state.ts'

/** A project before anybody calls; people are known by address. */
export interface SeedProject {
  readonly key: string
  readonly name: string
  readonly lead: string
  readonly typeKey?: Project['typeKey']
  readonly assigneeType?: ProjectAssignee
  readonly status?: Project['status']
  /** Anybody may look at it, without a credential too. */
  readonly isPublic?: boolean
  /** Jira administrators may not change it. */
  readonly isGuarded?: boolean
  readonly components?: readonly SeedComponent[]
}

export interface SeedComponent {
  readonly name: string
  readonly lead?: string
  readonly assigneeType?: ComponentAssignee
  /** Managed by Compass. */
  readonly isFromCompass?: boolean
}

/** Adds a project with its components; throws when somebody it names is not there. */
export function addProject(state: AtlassianState, site: Site, seed: SeedProject): Project {
  const { lead, components = [], ...facts } = seed
  const project = state.projects.add({ ...facts, site, lead: leader(state, lead) })
  for (const component of components) addComponent(state, project, component)
  return project
}

export function addComponent(state: AtlassianState, project: Project, seed: SeedComponent): void {
  const { lead, ...facts } = seed
  state.projects.addComponent(project, { ...facts, ...(lead === undefined ? {} : { lead: leader(state, lead) }) })
}

function leader(state: AtlassianState, email: string): Account {
  const account = state.accountByEmail(email)
  if (account === undefined) throw new Error(`There is no account of ${email} to lead anything`)
  return account
}
