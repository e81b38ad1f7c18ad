import type { TargetSeed } from '../atlassian/seed/facts.ts'
import { Logins } from '../data-center/logins.ts'
import { fold } from '../data-center/model.ts'
import type { BuiltProduct, Ground, Product } from '../data-center/product.ts'
import { fill } from '../data-center/seed.ts'
import { DirectoryStore } from '../data-center/store.ts'
import { LongTasks } from '../data-center/tasks.ts'
import { VariantChoices } from '../server/variants.ts'
import { editJiraDc, type JiraDcEdit } from './edit.ts'
import { jiraDcOperations } from './operations.ts'
import { Projects } from './projects-state.ts'
import type { Application, JiraDcTwin } from './twin.ts'
import { jiraDcVariants } from './variants.ts'

/** Jira Data Center, REST version 2, below the context path `/jira`. */
export const jiraDc: Product = {
  name: 'jira-dc',
  title: 'Jira Data Center',
  contextPath: '/jira',
  version: '10.3.24',
  versions: 'below 8.3 without deactivation; below 8.14 without tokens; 10.0 and later with a capped user search',
  variants: jiraDcVariants,
  build,
}

function build({ clock, version, chosen, company, target }: Ground): BuiltProduct {
  const store = new DirectoryStore(clock, 'JIRAUSER')
  const logins = new Logins(store)
  const { admin, lesserAdmin, viewer } = fill(store, company, target, {
    administrators: { name: 'jira-administrators', grants: ['ADMINISTER', 'SYSTEM_ADMIN'] },
    lesserAdministrators: { name: 'jira-project-office', grants: ['ADMINISTER'] },
    users: { name: 'jira-software-users', grants: [] },
  })
  const projects = new Projects(store)
  const twin: JiraDcTwin = {
    store,
    logins,
    tasks: new LongTasks(clock),
    variants: new VariantChoices(jiraDcVariants, chosen),
    version,
    url: '',
    applications: [application(store, target)],
    projects,
    properties: new Map(),
  }
  addProjects(twin, target)
  store.effects.reset()
  return {
    twin,
    operations: jiraDcOperations(twin),
    credentials: {
      username: admin.name,
      password: admin.password,
      accessToken: logins.issue('accessToken', admin).secret,
      lesserAdminToken: logins.issue('lesserAdminToken', lesserAdmin).secret,
      viewerToken: logins.issue('viewerToken', viewer).secret,
    },
    editMore: (change) => editJiraDc(twin, change as unknown as JiraDcEdit),
    more: () => [...projectLines(twin), ...propertyLines(twin), ...twin.applications.map(applicationLine)],
  }
}

function application(store: DirectoryStore, target: TargetSeed): Application {
  const users = store.group('jira-software-users')
  const groups = users === undefined ? [] : [users]
  const seats = target.products.find(({ key }) => key === 'jira-software')?.seats ?? null
  return {
    key: 'jira-software',
    name: 'Jira Software',
    seats,
    groups: new Set(groups),
    defaultGroups: new Set(groups),
    changes: 0,
  }
}

/** The projects of the site, led by the same people. */
function addProjects({ store, projects }: JiraDcTwin, target: TargetSeed): void {
  const byEmail = new Map(store.users.map((user) => [fold(user.email), user]))
  for (const { key, name, lead: email, assigneeType, status, isPublic = false, components = [] } of target.projects ??
    []) {
    const lead = byEmail.get(fold(email))
    if (lead === undefined) continue
    const project = projects.add({
      key,
      name: name ?? key,
      lead,
      archived: status === 'archived',
      isPublic,
      assigneeType: assigneeType === 'PROJECT_LEAD' ? 'PROJECT_LEAD' : 'UNASSIGNED',
    })
    for (const component of components) {
      projects.addComponent(project, {
        name: component.name,
        description: '',
        lead: component.lead === undefined ? undefined : byEmail.get(fold(component.lead)),
        assigneeType: component.assigneeType ?? 'PROJECT_DEFAULT',
      })
    }
  }
}

function projectLines({ projects }: JiraDcTwin) {
  return projects.all.map(({ key, name, lead, assigneeType, archived, components }) => ({
    project: key,
    name,
    lead: fold(lead.name),
    assigneeType,
    archived,
    components: components
      .map((each) => ({ name: each.name, lead: each.lead === undefined ? null : fold(each.lead.name) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }))
}

function propertyLines({ store, properties }: JiraDcTwin) {
  return store.users.flatMap((user) => {
    const mine = [...(properties.get(user.key) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
    if (mine.length === 0) return []
    return [
      {
        propertiesOf: fold(user.name),
        properties: Object.fromEntries(mine.map(([key, text]) => [key, JSON.parse(text) as unknown])),
      },
    ]
  })
}

function applicationLine({ key, groups, defaultGroups }: Application) {
  const names = (all: ReadonlySet<{ readonly name: string }>) => [...all].map(({ name }) => name).sort()
  return { application: key, groups: names(groups), defaultGroups: names(defaultGroups) }
}
