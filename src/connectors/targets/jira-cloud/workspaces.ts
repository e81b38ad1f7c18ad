import type { Workspace } from '../../kit/atlassian-cloud/org-finder.ts'

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
  const [, owner = '', cloudId = ''] = /^ari:cloud:([a-z-]+)::site\/(\S+)$/.exec(id) ?? []
  const key = keysByOwner[owner]
  return key === undefined ? undefined : { resource: id, key, cloudId, title: name }
}

/** Never changes, and tells products of two sites in one directory apart. */
export function productId({ key, cloudId }: Pick<JiraResource, 'key' | 'cloudId'>): string {
  return `${key}@${cloudId}`
}

/** The id of the site whose address Atlassian shows as this one; undefined where no product says so. */
export function cloudIdOf(site: string, workspaces: readonly Workspace[]): string | undefined {
  const wanted = addressOf(site)
  const match = workspaces.find(({ hostUrl }) => hostUrl !== undefined && addressOf(hostUrl) === wanted)
  return match === undefined ? undefined : /::site\/(\S+)$/.exec(match.id)?.[1]
}

function addressOf(text: string): string | undefined {
  const url = URL.parse(text)
  return url === null ? undefined : `${url.host}${url.pathname.replace(/\/+$/, '')}`.toLowerCase()
}
