import { ProvisioningError } from '../../../domain/errors.ts'
import { adminGroupIds } from '../../kit/atlassian-cloud/admin-groups.ts'
import type { Workspace } from '../../kit/atlassian-cloud/org-finder.ts'
import { commonRoles, type OrgProduct, orgProducts, role } from '../../kit/atlassian-cloud/org-products.ts'
import type { ProductFacts } from '../../kit/atlassian-cloud/organization-looks.ts'
import { cloudIdOf, productId } from '../../kit/atlassian-cloud/site-resources.ts'
import { owner, productOf } from './resource.ts'
import type { Session, Sessions } from './session.ts'

const roles = [...commonRoles, role('guest', false)]

/** Which groups administer, and which let people into the Confluence of the site. */
export async function factsOf(sessions: Sessions, session: Session, signal: AbortSignal): Promise<ProductFacts> {
  const { org, confluence } = session
  const bySite = confluence && ((accessType: 'site-admin' | 'admin') => confluence.groupIds(accessType, signal))
  const admins = await adminGroupIds(org, bySite, signal)
  const resources = await confluenceOfSite(sessions, session, signal)
  const products = await orgProducts(org, resources, admins, signal)
  return { adminGroupIds: admins, access: products.byGroup, products }
}

/** A key with scopes may not be told: then people get in by groups alone. */
async function confluenceOfSite(
  sessions: Sessions,
  session: Session,
  signal: AbortSignal,
): Promise<readonly OrgProduct[]> {
  const workspaces = await session.workspaces?.(signal).catch((thrown: unknown): readonly Workspace[] => {
    if (thrown instanceof ProvisioningError && thrown.code === 'forbidden') return []
    throw thrown
  })
  if (workspaces === undefined || workspaces.length === 0) return []
  const cloudId = session.cloudId ?? cloudIdOf(sessions.config.site, workspaces) ?? (await sessions.cloudId(signal))
  const here = workspaces.find(({ id }) => productOf(id) === productId({ key: owner, cloudId }))
  if (here === undefined) return []
  return [
    {
      id: productId({ key: owner, cloudId }),
      key: owner,
      title: 'Confluence',
      seats: 'unknown',
      resource: here.id,
      roles,
    },
  ]
}
