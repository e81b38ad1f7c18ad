import type { Group } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import type { Application, JiraDcTwin } from './twin.ts'
import { applicationView } from './views.ts'

/** GET /applicationrole: a bare array. */
export function listApplications(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  return { status: 200, json: twin.applications.map(applicationView) }
}

/** GET /applicationrole/{key} */
export function getApplication(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  return answer(named(twin, call))
}

/** PUT /applicationrole/{key}: groups and default groups; a wrong If-Match is a 412. */
export function updateApplication(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const application = named(twin, call)
  const expected = call.headers['if-match'] ?? call.headers.versionhash
  if (expected !== undefined && expected !== versionOf(application)) {
    refuse(twin, 412, 'The application role was changed meanwhile.')
  }
  const body = bodyObject(twin, call)
  replace(twin, application.groups, body.groups)
  replace(twin, application.defaultGroups, body.defaultGroups)
  for (const group of application.defaultGroups) application.groups.add(group)
  application.changes++
  twin.store.effects.count('accessChanged')
  return answer(application)
}

function answer(application: Application): Answer {
  return { status: 200, json: applicationView(application), headers: { etag: versionOf(application) } }
}

function replace(twin: JiraDcTwin, groups: Set<Group>, names: unknown): void {
  if (!Array.isArray(names)) return
  const chosen = names.map(
    (name) => twin.store.group(String(name)) ?? refuse(twin, 400, `The group named '${String(name)}' does not exist.`),
  )
  groups.clear()
  for (const group of chosen) groups.add(group)
}

function named(twin: JiraDcTwin, call: Call): Application {
  const key = call.param('key')
  return (
    twin.applications.find((application) => application.key === key) ??
    refuse(twin, 404, `There is no application role ${key}.`)
  )
}

function versionOf({ key, changes }: Application): string {
  return `${key}-${changes}`
}
