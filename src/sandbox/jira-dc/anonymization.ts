import type { User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { systemAdministrator } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import type { JiraDcTwin } from './twin.ts'

const task = 'user anonymization'

/** GET /user/anonymization: what would happen. */
export function validateAnonymization(twin: JiraDcTwin, call: Call): Answer {
  systemAdministrator(twin, call)
  const { user, deleted } = subject(twin, call.query.get('userKey'))
  const { key: userKey, name: userName, displayName, email } = user
  const isRefused = needsHeir(twin, user, undefined)
  return {
    status: 200,
    json: {
      errors: isRefused ? { USER_TRANSFER_OWNERSHIP: { errorMessages: ['A new owner is required.'], errors: {} } } : {},
      warnings: {},
      expand: 'affectedEntities',
      userKey,
      userName,
      displayName,
      deleted,
      email,
      success: !isRefused,
      businessLogicValidationFailed: false,
      operations: ['USER_DISABLE', 'USER_NAME_CHANGE'],
    },
  }
}

/** POST /user/anonymization: goes on after the answer; one at a time. */
export function startAnonymization(twin: JiraDcTwin, call: Call): Answer {
  systemAdministrator(twin, call)
  const body = bodyObject(twin, call)
  const { user } = subject(twin, typeof body.userKey === 'string' ? body.userKey : null)
  const heir = typeof body.newOwnerKey === 'string' ? twin.store.userByKey(body.newOwnerKey) : undefined
  if (needsHeir(twin, user, heir)) refuse(twin, 400, 'A new owner is required for what this user leads.')
  if (twin.tasks.isBusy(task)) refuse(twin, 409, 'Another user anonymization is in progress.')
  const { id } = twin.tasks.start(task, () => anonymize(twin, user, heir))
  return { status: 202, json: progress(twin, id), headers: { location: `${call.path}/progress?taskId=${id}` } }
}

/** GET /user/anonymization/progress: of the task that is named, or of the newest one. */
export function anonymizationProgress(twin: JiraDcTwin, call: Call): Answer {
  systemAdministrator(twin, call)
  const asked = call.query.get('taskId')
  const found = asked === null ? twin.tasks.newest : twin.tasks.get(Number(asked))
  if (found === undefined) return refuse(twin, 404, 'There is no user anonymization task.')
  return { status: 200, json: progress(twin, found.id) }
}

function progress({ tasks }: JiraDcTwin, taskId: number) {
  const found = tasks.get(taskId)
  const isDone = found !== undefined && tasks.isDone(found)
  return { taskId, status: isDone ? 'COMPLETED' : 'IN_PROGRESS', currentProgress: isDone ? 100 : 0 }
}

function needsHeir({ projects }: JiraDcTwin, user: User, heir: User | undefined): boolean {
  return heir === undefined && projects.leads(user)
}

function anonymize(twin: JiraDcTwin, user: User, heir: User | undefined): void {
  for (const project of twin.projects.all) {
    if (heir !== undefined && project.lead === user) twin.projects.setLead(project, heir)
    for (const component of project.components) {
      if (component.lead === user) twin.projects.changeComponent(component, { lead: heir })
    }
  }
  twin.store.setActive(user, false)
  twin.store.renameUser(user, `jirauser${user.id}`)
  twin.store.changeUser(user, { displayName: `user-${user.id}`, email: `${user.key}@jira.invalid` })
  twin.store.effects.count('usersAnonymized')
}

function subject(twin: JiraDcTwin, key: string | null): { readonly user: User; readonly deleted: boolean } {
  if (key === null || key === '') return refuse(twin, 400, 'The user key is required.')
  const user = twin.store.userByKey(key)
  const deleted = twin.store.deletedUser(key)
  const found = user ?? deleted ?? refuse(twin, 400, `There is no user with key ${key}.`)
  return { user: found, deleted: user === undefined }
}
