import type { Account, Site } from './model.ts'

/** Who an issue goes to when nobody is named. */
export type ProjectAssignee = 'PROJECT_LEAD' | 'UNASSIGNED'
export type ComponentAssignee = 'PROJECT_DEFAULT' | 'COMPONENT_LEAD' | 'PROJECT_LEAD' | 'UNASSIGNED'

export interface Project {
  /** A number as text, e.g. `10000`. */
  readonly id: string
  readonly key: string
  readonly site: Site
  name: string
  description: string
  readonly typeKey: 'software' | 'service_desk' | 'business'
  lead: Account
  assigneeType: ProjectAssignee
  status: 'live' | 'archived' | 'deleted'
  /** Anybody may look at it, without a credential too. */
  isPublic: boolean
  /** Jira administrators may look at it, but not change it. */
  isGuarded: boolean
  readonly components: Component[]
}

export interface Component {
  readonly id: string
  readonly project: Project
  name: string
  description: string
  lead: Account | undefined
  assigneeType: ComponentAssignee
  /** Set for one that Compass manages. */
  readonly ari?: string
}
