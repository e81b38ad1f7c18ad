import type { Workspace } from '../../kit/atlassian-cloud/org-finder.ts'
import { siteResource } from '../../kit/atlassian-cloud/site-resources.ts'

/** Which Jira product a resource is, and on which site; undefined for anything else. Pure. */

export interface JiraResource {
  readonly resource: string
  /** As `GET /applicationrole` calls it. */
  readonly key: string
  readonly cloudId: string
  readonly title: string
}

/** The documents write the owner of Jira Software as `jira` and as `jira-software`. */
const keysByOwner: Readonly<Record<string, string>> = {
  jira: 'jira-software',
  'jira-software': 'jira-software',
  'jira-servicedesk': 'jira-servicedesk',
  'jira-service-management': 'jira-servicedesk',
  'jira-product-discovery': 'jira-product-discovery',
  'jira-core': 'jira-core',
  'jira-work-management': 'jira-core',
}

export function jiraResource({ id, name }: Pick<Workspace, 'id' | 'name'>): JiraResource | undefined {
  const found = siteResource(id)
  const key = keysByOwner[found?.owner ?? '']
  return found === undefined || key === undefined
    ? undefined
    : { resource: id, key, cloudId: found.cloudId, title: name }
}
