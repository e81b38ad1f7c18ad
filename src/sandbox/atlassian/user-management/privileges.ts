import type { Answer, Call } from '../../server/call.ts'
import type { Twin } from '../twin.ts'
import { type Management, requireManaged } from './access.ts'
import { allowed, forbidden, type Rule, refuse } from './dialect.ts'

/** Fields of a profile as its JSON paths, and those an identity provider copies into it. */
export const profileFields = [
  'name',
  'nickname',
  'zoneinfo',
  'locale',
  'extended_profile.job_title',
  'extended_profile.department',
  'extended_profile.organization',
  'extended_profile.location',
] as const
export type ProfileField = (typeof profileFields)[number]

const syncedFields: ReadonlySet<ProfileField> = new Set([
  'name',
  'zoneinfo',
  'locale',
  'extended_profile.job_title',
  'extended_profile.department',
  'extended_profile.organization',
])

const privilegeNames = [
  'profile',
  'profile.write',
  'profile.read',
  'email.set',
  'lifecycle.enablement',
  'lifecycle.delete',
  'apiToken.read',
  'apiToken.delete',
] as const

type Action = Exclude<(typeof privilegeNames)[number], 'profile' | 'profile.write'>

/** Whether the account may be treated so, or why not. */
function ruleOf({ account, key }: Management, action: Action): Rule {
  const isLife = action === 'lifecycle.enablement' || action === 'lifecycle.delete'
  if (isLife && key.account === account) return forbidden('administrative.notMyself')
  if ((isLife || action === 'email.set') && account.externalDirectory !== undefined) {
    return forbidden(`externalDirectory.${account.externalDirectory}`)
  }
  if (action === 'email.set' && account.isSamlManaged) return forbidden('authPolicy.saml')
  if (action === 'lifecycle.enablement' && account.isExportBlocked) return forbidden('blocked.exportControl')
  return allowed
}

/** Whether a field of the profile may be changed, or why not. */
export function fieldRule(twin: Twin, { account }: Management, field: ProfileField): Rule {
  const isCopied = syncedFields.has(field) || twin.variants.is('syncedProfile', 'all-refused')
  if (account.externalDirectory !== undefined && isCopied) {
    return forbidden(`externalDirectory.${account.externalDirectory}`)
  }
  return field === 'name' && account.isSamlManaged ? forbidden('authPolicy.saml') : allowed
}

/** 403 with the reason unless the account may be treated so. */
export function requirePrivilege(management: Management, action: Action): void {
  const rule = ruleOf(management, action)
  if (!rule.allowed) refuse(403, 'forbidden.action', rule)
}

/** GET /users/{account_id}/manage: what may be changed, and why not. Privileges that are not known are left out. */
export function getPrivileges(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  const asked = call.query.getAll('privileges').flatMap((each) => each.split(','))
  const profile = Object.fromEntries(profileFields.map((field) => [field, fieldRule(twin, management, field)]))
  const all = privilegeNames.map((name) => [
    name,
    name === 'profile' || name === 'profile.write' ? profile : ruleOf(management, name),
  ])
  const shown = all.filter(([name]) => asked.length === 0 || asked.includes(name as string))
  return { status: 200, json: Object.fromEntries(shown) }
}
