import type { User } from '../data-center/model.ts'
import type { DirectoryStore } from '../data-center/store.ts'

export type ProjectAssignee = 'PROJECT_LEAD' | 'UNASSIGNED'
export type ComponentAssignee = 'PROJECT_DEFAULT' | 'COMPONENT_LEAD' | ProjectAssignee

export interface Project {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly archived: boolean
  /** Strangers see it. */
  readonly isPublic: boolean
  lead: User
  assigneeType: ProjectAssignee
  readonly components: Component[]
}

export interface Component {
  readonly id: string
  readonly project: Project
  name: string
  description: string
  lead: User | undefined
  assigneeType: ComponentAssignee
}

export type ComponentFacts = Omit<Component, 'id' | 'project'>

/** Projects and their components. */
export class Projects {
  readonly #store: DirectoryStore
  readonly #projects: Project[] = []
  #lastId = 10_000

  constructor(store: DirectoryStore) {
    this.#store = store
  }

  get all(): readonly Project[] {
    return this.#projects
  }

  find(idOrKey: string): Project | undefined {
    return this.#projects.find(({ id, key }) => id === idOrKey || key === idOrKey.toUpperCase())
  }

  component(id: string): Component | undefined {
    return this.#projects.flatMap(({ components }) => components).find((component) => component.id === id)
  }

  /** The user leads a project or component. */
  leads(user: User): boolean {
    return this.#projects.some(({ lead, components }) => lead === user || components.some((each) => each.lead === user))
  }

  add(facts: Omit<Project, 'id' | 'components'>): Project {
    const project = { ...facts, id: String(++this.#lastId), components: [] }
    this.#projects.push(project)
    return project
  }

  addComponent(project: Project, facts: ComponentFacts): Component {
    const component = { ...facts, id: String(++this.#lastId), project }
    project.components.push(component)
    return component
  }

  removeComponent(component: Component): void {
    component.project.components.splice(component.project.components.indexOf(component), 1)
  }

  setLead(project: Project, lead: User): void {
    if (project.lead === lead) return
    project.lead = lead
    this.#store.effects.count('projectLeadsChanged')
  }

  changeComponent(component: Component, change: Partial<ComponentFacts>): void {
    if ('lead' in change && change.lead !== component.lead) this.#store.effects.count('componentLeadsChanged')
    Object.assign(component, change)
  }
}
