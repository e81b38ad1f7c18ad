import { productId, siteResource } from '../../kit/atlassian-cloud/site-resources.ts'

/** What the organization calls Confluence. */
export const owner = 'confluence'

/** Id of Confluence as a product of ours; undefined for any other resource. */
export function productOf(resourceId: string): string | undefined {
  const found = siteResource(resourceId)
  return found?.owner === owner ? productId({ key: owner, cloudId: found.cloudId }) : undefined
}
