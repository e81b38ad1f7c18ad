import type { Account } from '../model.ts'
import type { Component, ComponentAssignee } from '../project.ts'
import type { Twin } from '../twin.ts'
import type { Visit } from './access.ts'
import { isAssignable } from './project-access.ts'
import { userView } from './views.ts'

/** `ProjectComponent`: who leads, and to whom issues really go - an inactive lead gets none. */
export function componentView(twin: Twin, { site, base }: Visit, truth: Component): object {
  const component = twin.state.visibility.shown(truth)
  const { id, name, description, lead, assigneeType, ari } = component
  const project = twin.state.visibility.shown(component.project)
  const person = (account: Account) => userView(twin, site, base, account)
  const nominal = nominalAssignee(component, project.lead)
  const isReal = nominal !== undefined && isAssignable(twin, nominal, project)
  const realAssigneeType = isReal || assigneeType === 'UNASSIGNED' ? assigneeType : 'PROJECT_DEFAULT'
  const fallback = project.assigneeType === 'PROJECT_LEAD' ? project.lead : undefined
  const real = realAssigneeType === 'PROJECT_DEFAULT' ? fallback : nominal
  return {
    self: `${base}/rest/api/3/component/${id}`,
    id,
    name,
    description,
    ...(lead === undefined ? {} : { lead: person(lead) }),
    assigneeType,
    ...(nominal === undefined ? {} : { assignee: person(nominal) }),
    realAssigneeType,
    ...(real === undefined ? {} : { realAssignee: person(real) }),
    isAssigneeTypeValid: assigneeType === 'COMPONENT_LEAD' || assigneeType === 'PROJECT_LEAD' ? isReal : true,
    project: project.key,
    projectId: Number(project.id),
    ...(ari === undefined ? {} : { ari, metadata: {} }),
  }
}

/** `ComponentWithIssueCount`: the same without what Compass knows. */
export function countedComponentView(twin: Twin, visitor: Visit, component: Component): object {
  const { ari: _, metadata: __, ...view } = componentView(twin, visitor, component) as Record<string, unknown>
  return { ...view, issueCount: 0 }
}

/** `ComponentJsonBean` */
export function plainComponentView({ base }: Visit, { id, name, description, ari }: Component): object {
  const self = `${base}/rest/api/3/component/${id}`
  return { self, id, name, description, ...(ari === undefined ? {} : { ari, metadata: {} }) }
}

function nominalAssignee(
  { assigneeType, lead }: { readonly assigneeType: ComponentAssignee; readonly lead: Account | undefined },
  projectLead: Account,
): Account | undefined {
  if (assigneeType === 'COMPONENT_LEAD') return lead
  return assigneeType === 'PROJECT_LEAD' ? projectLead : undefined
}
