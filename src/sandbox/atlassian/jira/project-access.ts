import type { Account } from '../model.ts'
import { isActiveIn } from '../model.ts'
import type { Project } from '../project.ts'
import { hasJiraAccess, isJiraAdmin, type Twin } from '../twin.ts'
import type { Visit } from './access.ts'
import { refuse } from './dialect.ts'

/** The app somebody needs to be given issues in a project of this type. */
const productOf: Readonly<Record<Project['typeKey'], string | undefined>> = {
  software: 'jira-software',
  service_desk: 'jira-servicedesk',
  business: undefined,
}

export function mayBrowse(twin: Twin, { account, site }: Visit, project: Project): boolean {
  if (project.isPublic) return true
  return account !== undefined && (isJiraAdmin(twin, account, site) || hasJiraAccess(twin, account, site))
}

/** Administer Projects: the permission scheme of a guarded project leaves Jira administrators out. */
export function mayAdminister(twin: Twin, { account, site }: Visit, project: Project): boolean {
  return account !== undefined && !project.isGuarded && isJiraAdmin(twin, account, site)
}

/** Whether somebody could be given an issue of the project: alive, here, and with the app. */
export function isAssignable(twin: Twin, account: Account, project: Project): boolean {
  const { site } = project
  if (account.accountType !== 'atlassian' || !isActiveIn(twin.state.visibility.shown(account), site.directoryId)) {
    return false
  }
  const key = productOf[project.typeKey]
  return key === undefined
    ? hasJiraAccess(twin, account, site)
    : twin.state.seats.takenBy(account).some((product) => product.site === site && product.key === key)
}

/** A project the caller may see, by id or key; 404 hides the others. */
export function visibleProject(twin: Twin, visitor: Visit, idOrKey: string): Project {
  const project = twin.state.projects.get(visitor.site, idOrKey)
  if (project === undefined || project.status === 'deleted' || !mayBrowse(twin, visitor, project)) {
    refuse(404, `No project could be found with key or id '${idOrKey}'.`)
  }
  return project
}

/** Somebody who may lead: known here, alive, and able to be given issues. */
export function leadParam(twin: Twin, project: Project, accountId: unknown): Account {
  if (typeof accountId !== 'string' || accountId.length > 128) refuse(400, '', { lead: 'The account ID is not valid.' })
  const account = twin.state.account(accountId)
  if (account === undefined || !twin.state.visibility.seen(account)) {
    refuse(400, '', { lead: `The user '${accountId}' does not exist.` })
  }
  if (!isAssignable(twin, account, project)) {
    refuse(400, '', { lead: 'The user is not active or has no permission to be the lead.' })
  }
  return account
}
