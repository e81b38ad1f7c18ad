import { foldCase } from '../../../domain/identity.ts'
import type { Workspace } from '../../kit/atlassian-cloud/org-finder.ts'

/** Which product of the organization a Bitbucket workspace is. Pure. */

const prefix = 'ari:cloud:bitbucket::workspace/'

export function isBitbucket({ id, typeKey }: Pick<Workspace, 'id' | 'typeKey'>): boolean {
  return id.startsWith('ari:cloud:bitbucket:') || typeKey === 'bitbucket'
}

/** Id of the product for rules and ledger: never changes, and tells two workspaces of one directory apart. */
export function productId(resourceId: string): string {
  const tail = resourceId.startsWith(prefix) ? resourceId.slice(prefix.length) : resourceId
  return `bitbucket@${bare(tail)}`
}

/**
 * The one that is meant. How the organization writes the id of a workspace is not documented, so it is known by its uuid,
 * where one is in the id, by the last part of its address, or by its name; undefined when none or several fit.
 */
export function workspaceNamed(
  workspaces: readonly Workspace[],
  wanted: { readonly name: string; readonly uuid?: string | undefined; readonly slug?: string | undefined },
): Workspace | undefined {
  const here = workspaces.filter(isBitbucket)
  const uuid = wanted.uuid ?? (wanted.name.startsWith('{') ? wanted.name : undefined)
  if (uuid !== undefined) {
    const byId = here.filter(({ id }) => bare(id.slice(id.lastIndexOf('/') + 1)) === bare(uuid))
    if (byId.length === 1) return byId[0]
  }
  const slug = foldCase(wanted.slug ?? wanted.name)
  const byAddress = here.filter(({ hostUrl }) => hostUrl !== undefined && lastPart(hostUrl) === slug)
  if (byAddress.length === 1) return byAddress[0]
  // A display name belongs to nobody alone: it counts only where neither id nor address say that another one is meant.
  const byName = here.filter((each) => foldCase(each.name) === slug && !isAnother(each, uuid, slug))
  return byAddress.length === 0 && byName.length === 1 ? byName[0] : undefined
}

function isAnother({ id, hostUrl }: Workspace, uuid: string | undefined, slug: string): boolean {
  const own = bare(id.slice(id.lastIndexOf('/') + 1))
  if (uuid !== undefined && uuidShape.test(own) && own !== bare(uuid)) return true
  const address = hostUrl === undefined ? undefined : lastPart(hostUrl)
  return address !== undefined && /^[a-z0-9_-]+$/.test(address) && address !== slug
}

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function bare(uuid: string): string {
  return uuid.replace(/[{}]/g, '').toLowerCase()
}

function lastPart(address: string): string | undefined {
  const path = URL.parse(address)?.pathname.replace(/\/+$/, '')
  return path === undefined ? undefined : foldCase(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)))
}
