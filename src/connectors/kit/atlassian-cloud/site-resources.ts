import type { Workspace } from './org-finder.ts'

/** Products of a site, as resources of the organization. Pure. */

/** Owner and site of `ari:cloud:<owner>::site/<cloudId>`; undefined for anything else. */
export function siteResource(id: string): { readonly owner: string; readonly cloudId: string } | undefined {
  const [, owner, cloudId] = /^ari:cloud:([a-z-]+)::site\/(\S+)$/.exec(id) ?? []
  return owner === undefined || cloudId === undefined ? undefined : { owner, cloudId }
}

/** Never changes, and tells products of two sites in one directory apart. */
export function productId({ key, cloudId }: { readonly key: string; readonly cloudId: string }): string {
  return `${key}@${cloudId}`
}

/** The id of the site whose address Atlassian shows as this one; undefined where no product says so. */
export function cloudIdOf(site: string, workspaces: readonly Workspace[]): string | undefined {
  const wanted = addressOf(site)
  const match = workspaces.find(({ hostUrl }) => hostUrl !== undefined && addressOf(hostUrl) === wanted)
  return match === undefined ? undefined : siteResource(match.id)?.cloudId
}

function addressOf(text: string): string | undefined {
  const url = URL.parse(text)
  return url === null ? undefined : `${url.host}${url.pathname.replace(/\/+$/, '')}`.toLowerCase()
}
