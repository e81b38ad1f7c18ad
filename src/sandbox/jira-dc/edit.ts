import { groupOf, userOf } from '../data-center/edit.ts'
import type { Project } from './projects-state.ts'
import type { JiraDcTwin } from './twin.ts'

/** Further changes by hand, beside those of every product. */
export type JiraDcEdit =
  | { readonly action: 'add-project'; readonly key: string; readonly lead: string; readonly name?: string }
  | { readonly action: 'add-component'; readonly project: string; readonly name: string; readonly lead?: string }
  | { readonly action: 'set-lead'; readonly project: string; readonly component?: string; readonly lead: string }
  | { readonly action: 'set-property'; readonly user: string; readonly key: string; readonly value: unknown }
  | { readonly action: 'set-seats'; readonly application: string; readonly seats: number | null }
  | { readonly action: 'add-default-group'; readonly application: string; readonly group: string }

/** Carries out one edit; false = it is none of these. Throws when what it names is not there. */
export function editJiraDc(twin: JiraDcTwin, change: JiraDcEdit): boolean {
  const { store, projects } = twin
  switch (change.action) {
    case 'add-project': {
      const { key, name = key } = change
      const lead = userOf(store, change.lead)
      projects.add({ key, name, lead, archived: false, isPublic: false, assigneeType: 'UNASSIGNED' })
      return true
    }
    case 'add-component': {
      const lead = change.lead === undefined ? undefined : userOf(store, change.lead)
      const { name } = change
      projects.addComponent(projectOf(twin, change.project), {
        name,
        description: '',
        lead,
        assigneeType: 'PROJECT_DEFAULT',
      })
      return true
    }
    case 'set-lead': {
      const project = projectOf(twin, change.project)
      const lead = userOf(store, change.lead)
      const component = project.components.find(({ name }) => name === change.component)
      if (change.component === undefined) projects.setLead(project, lead)
      else if (component === undefined) throw new Error(`${project.key} has no component ${change.component}`)
      else projects.changeComponent(component, { lead })
      return true
    }
    case 'set-property': {
      const { key } = userOf(store, change.user)
      const mine = twin.properties.get(key) ?? new Map<string, string>()
      twin.properties.set(key, mine.set(change.key, JSON.stringify(change.value)))
      return true
    }
    case 'set-seats':
      applicationOf(twin, change.application).seats = change.seats
      return true
    case 'add-default-group': {
      const group = groupOf(store, change.group)
      const application = applicationOf(twin, change.application)
      application.groups.add(group)
      application.defaultGroups.add(group)
      return true
    }
    default:
      return false
  }
}

function projectOf({ projects }: JiraDcTwin, key: string): Project {
  const found = projects.find(key)
  if (found === undefined) throw new Error(`There is no project ${key}`)
  return found
}

function applicationOf({ applications }: JiraDcTwin, key: string) {
  const found = applications.find((application) => application.key === key)
  if (found === undefined) throw new Error(`There is no application ${key}`)
  return found
}
