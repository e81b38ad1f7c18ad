import { SortedList } from '../../server/sorted-list.ts'
import type { Account, Site } from '../model.ts'
import type { Component, ComponentAssignee, Project, ProjectAssignee } from '../project.ts'
import type { EffectCounts } from './effects.ts'
import type { IdMaker } from './ids.ts'
import type { Visibility } from './visibility.ts'

export interface NewProject {
  readonly key: string
  readonly name: string
  readonly site: Site
  readonly lead: Account
  readonly typeKey?: Project['typeKey']
  readonly assigneeType?: ProjectAssignee
  readonly status?: Project['status']
  readonly isPublic?: boolean
  readonly isGuarded?: boolean
}

export interface NewComponent {
  readonly name: string
  readonly description?: string
  readonly lead?: Account | undefined
  readonly assigneeType?: ComponentAssignee
  readonly isFromCompass?: boolean
}

/** What may be changed of a component; only what is there is changed. */
export interface ComponentParts {
  readonly name?: string
  readonly description?: string
  /** null = nobody. */
  readonly lead?: Account | null
  readonly assigneeType?: ComponentAssignee
}

/** Projects of all sites with their components, and who leads them. */
export class Projects {
  readonly #bySite = new Map<Site, SortedList<Project>>()
  readonly #byId = new Map<string, Project>()
  /** `<cloud id>/<key>` */
  readonly #byKey = new Map<string, Project>()
  readonly #componentsById = new Map<string, Component>()
  readonly #makeId: IdMaker
  readonly #visibility: Visibility
  readonly #effects: EffectCounts
  #lastId = 9_999

  constructor(parts: { makeId: IdMaker; visibility: Visibility; effects: EffectCounts }) {
    this.#makeId = parts.makeId
    this.#visibility = parts.visibility
    this.#effects = parts.effects
  }

  /** Those of a site, in order of keys. */
  of(site: Site): readonly Project[] {
    return this.#bySite.get(site)?.items ?? []
  }

  get all(): readonly Project[] {
    return [...this.#bySite.values()].flatMap((list) => list.items)
  }

  /** By id or key; keys are case-sensitive. */
  get(site: Site, idOrKey: string): Project | undefined {
    const project = this.#byId.get(idOrKey) ?? this.#byKey.get(`${site.cloudId}/${idOrKey}`)
    return project?.site === site ? project : undefined
  }

  component(site: Site, id: string): Component | undefined {
    const component = this.#componentsById.get(id)
    return component?.project.site === site ? component : undefined
  }

  add(facts: NewProject): Project {
    const { key, name, site, lead } = facts
    if (this.get(site, key) !== undefined) throw new Error(`The project ${key} exists`)
    const project: Project = {
      id: this.#nextId(),
      key,
      site,
      name,
      description: '',
      typeKey: facts.typeKey ?? 'software',
      lead,
      assigneeType: facts.assigneeType ?? 'UNASSIGNED',
      status: facts.status ?? 'live',
      isPublic: facts.isPublic ?? false,
      isGuarded: facts.isGuarded ?? false,
      components: [],
    }
    let list = this.#bySite.get(site)
    if (list === undefined) {
      list = new SortedList((each) => each.key)
      this.#bySite.set(site, list)
    }
    list.add(project)
    this.#byId.set(project.id, project)
    this.#byKey.set(`${site.cloudId}/${key}`, project)
    return project
  }

  remove(project: Project): void {
    for (const component of [...project.components]) this.removeComponent(component)
    this.#bySite.get(project.site)?.remove(project)
    this.#byId.delete(project.id)
    this.#byKey.delete(`${project.site.cloudId}/${project.key}`)
  }

  addComponent(project: Project, facts: NewComponent): Component {
    const id = this.#nextId()
    const { name, description = '', lead, assigneeType = 'PROJECT_DEFAULT', isFromCompass = false } = facts
    const ari = `ari:cloud:compass:${project.site.cloudId}:component/${this.#makeId(`component ${id}`)}`
    const component: Component = {
      id,
      project,
      name,
      description,
      lead,
      assigneeType,
      ...(isFromCompass ? { ari } : {}),
    }
    project.components.push(component)
    this.#componentsById.set(id, component)
    return component
  }

  removeComponent(component: Component): void {
    const { components } = component.project
    components.splice(components.indexOf(component), 1)
    this.#componentsById.delete(component.id)
  }

  setLead(project: Project, lead: Account): void {
    if (project.lead === lead) return
    this.#visibility.changes(project, 'leads', ['lead'])
    project.lead = lead
    this.#effects.count('projectLeadsChanged')
  }

  changeComponent(component: Component, parts: ComponentParts): void {
    const { lead, ...rest } = parts
    if (lead !== undefined && (lead ?? undefined) !== component.lead) {
      this.#visibility.changes(component, 'leads', ['lead'])
      component.lead = lead ?? undefined
      this.#effects.count('componentLeadsChanged')
    }
    Object.assign(component, rest)
  }

  #nextId(): string {
    this.#lastId++
    return String(this.#lastId)
  }
}
