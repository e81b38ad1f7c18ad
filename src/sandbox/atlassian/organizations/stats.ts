import type { Answer, Call } from '../../server/call.ts'
import { type Account, isActiveIn } from '../model.ts'
import { seenPlatformRoles, type Twin } from '../twin.ts'
import { belongsTo, directoryToRead, requireOrganization } from './access.ts'
import { findGroups } from './group-query.ts'

/** GET …/groups/stats */
export function groupStats(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const groups = findGroups(twin, organization, directoryToRead(call, organization), {})
  const synced = groups.filter((group) => group.synced).length
  const teams = groups.filter((group) => group.managedBy !== 'admins').length
  return {
    status: 200,
    json: {
      totals: { all: groups.length, managed: synced, synced },
      types: [
        { type: 'TEAM', count: teams },
        { type: 'GROUP', count: groups.length - teams },
        { type: 'USERBASE_GROUP', count: 0 },
      ],
    },
  }
}

/** GET …/users/stats */
export function userStats(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const directoryId = directoryToRead(call, organization)
  const byStatus = new Map<string, number>(['active', 'inactive', 'closed'].map((status) => [status, 0]))
  const byRole = new Map<string, number>()
  const rolesOf = (account: Account): Set<string> => {
    const roles = new Set(seenPlatformRoles(twin, account, organization))
    for (const site of organization.sites) {
      if (!isActiveIn(account, site.directoryId)) continue
      for (const product of site.products)
        for (const role of twin.state.seats.rolesOn(account, product)) roles.add(role)
    }
    return roles
  }
  for (const truth of twin.state.accounts.items) {
    if (!belongsTo(twin, truth, organization, directoryId)) continue
    const account = twin.state.visibility.shown(truth)
    byStatus.set(account.accountStatus, (byStatus.get(account.accountStatus) ?? 0) + 1)
    for (const role of rolesOf(account)) byRole.set(role, (byRole.get(role) ?? 0) + 1)
  }
  return {
    status: 200,
    json: {
      accountStatus: [...byStatus].map(([status, count]) => ({ status, count })),
      roles: [...byRole].sort().map(([roleId, count]) => ({ roleId, count })),
    },
  }
}
