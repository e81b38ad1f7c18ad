import { isoTime } from '../../../platform/clock.ts'
import type { Answer, Call } from '../../server/call.ts'
import { membershipsIn, type Product } from '../model.ts'
import type { Twin } from '../twin.ts'
import { belongsTo, pathAccount, requireOrganization } from './access.ts'
import { refuse } from './dialect.ts'

/** Up to a day passes before a visit is seen. */
const lagMs = 24 * 60 * 60 * 1000

/** When somebody was last seen at an app; undefined = never, or too lately to be known yet. */
export function lastSeen(twin: Twin, lastActive: ReadonlyMap<string, number> | undefined, product: Product) {
  const at = lastActive?.get(product.resource)
  return at === undefined || at + lagMs > twin.state.clock.now() ? undefined : at
}

/** GET /v1/orgs/{orgId}/directory/users/{accountId}/last-active-dates: apps that were never visited are left out. */
export function lastActiveDates(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const account = pathAccount(twin, call)
  if (!belongsTo(twin, account, organization, undefined)) refuse('ADMIN-404-8')
  const access = organization.sites.flatMap((site) =>
    site.products.flatMap((product) => {
      const at = lastSeen(twin, account.lastActive, product)
      if (at === undefined) return []
      const time = isoTime(at)
      const key = product.key === 'jira-servicedesk' ? 'jira-service-desk' : product.key
      return [{ id: product.resource, key, last_active: time.slice(0, 10), last_active_timestamp: time }]
    }),
  )
  const [membership] = membershipsIn(account, organization)
  const added = membership === undefined ? undefined : isoTime(membership.addedAt)
  return {
    status: 200,
    json: {
      data: {
        product_access: access,
        ...(added === undefined ? {} : { added_to_org: added.slice(0, 10), added_to_org_timestamp: added }),
      },
      links: {},
    },
  }
}
