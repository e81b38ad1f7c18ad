import type { Answer, Call } from '../../server/call.ts'
import type { Account } from '../model.ts'
import type { ProfileParts } from '../state/accounts.ts'
import type { Twin } from '../twin.ts'
import { bodyObject, requireManaged } from './access.ts'
import { type Rule, refuse, refuseFields } from './dialect.ts'
import { fieldRule, type ProfileField, profileFields, requirePrivilege } from './privileges.ts'

/** GET /users/{account_id}/manage/profile */
export function getProfile(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  requirePrivilege(management, 'profile.read')
  return { status: 200, json: { account: profileView(twin, management.account) } }
}

const propertyOf: Readonly<Record<Exclude<ProfileField, 'name'>, keyof ProfileParts>> = {
  nickname: 'nickname',
  zoneinfo: 'timeZone',
  locale: 'locale',
  'extended_profile.job_title': 'jobTitle',
  'extended_profile.department': 'department',
  'extended_profile.organization': 'organization',
  'extended_profile.location': 'location',
}

const longest: Readonly<Partial<Record<ProfileField, number>>> = { name: 100, nickname: 30 }

/** PATCH /users/{account_id}/manage/profile: all fields of the body, or none. */
export function updateProfile(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  const { account } = management
  const wanted = readFields(bodyObject(call) ?? refuse(400, 'bodyParseFailure'))
  const known: ReadonlySet<string> = new Set(profileFields)
  const rules = Object.keys(wanted).map((field): [string, Rule] => [
    field,
    known.has(field)
      ? fieldRule(twin, management, field as ProfileField)
      : { allowed: false, reason: { key: 'administrative' } },
  ])
  const refused = rules.filter(([, rule]) => !rule.allowed)
  if (refused.length > 0) refuse(403, 'forbidden.fieldMutation', Object.fromEntries(refused))
  const fields = checkedFields(twin, wanted)
  const before = truthOf(account)
  if (fields.name !== undefined) twin.state.accounts.setName(account, fields.name)
  const parts: Record<string, string> = {}
  for (const [field, property] of Object.entries(propertyOf)) {
    const value = fields[field as ProfileField]
    if (value !== undefined) parts[property] = value
  }
  twin.state.accounts.setProfile(account, parts)
  if (truthOf(account) !== before) twin.state.effects.count('profilesChanged')
  return { status: 200, json: { account: profileView(twin, account) } }
}

/** The profile as it is, also before others can see it; two that are equal are the same text. */
function truthOf(account: Account): string {
  return JSON.stringify([account.name, ...Object.values(propertyOf).map((property) => account[property] ?? '')])
}

/** PUT /users/{account_id}/manage/email: signs the person out everywhere. */
export function setEmail(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  const { email } = bodyObject(call) ?? refuse(400, 'bodyParseFailure')
  requirePrivilege(management, 'email.set')
  if (typeof email !== 'string' || !/^[^\s@]{1,255}@[^\s@]+\.[^\s@]+$/.test(email)) {
    refuseFields({ email: 'validCharacters' })
  }
  const { organizations, accounts, effects } = twin.state
  const domain = email.slice(email.lastIndexOf('@') + 1)
  const owner = organizations.ownerOfDomain(domain)
  if (owner === undefined || !management.key.organizations?.includes(owner)) {
    refuse(403, 'forbidden.unclaimedDomain', { domain })
  }
  const other = accounts.byEmail(email)
  if (other !== undefined && other !== management.account) {
    // The document has no answer for an address that is taken.
    if (twin.variants.is('emailTaken', '409')) refuse(409, 'conflict')
    refuseFields({ email: 'unique' })
  }
  accounts.setEmail(management.account, email)
  effects.count('emailsChanged')
  effects.count('sessionsEnded')
  return { status: 204 }
}

/** Every leaf of the body with its JSON path. */
function readFields(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { extended_profile: extended, ...rest } = body
  const fields: Record<string, unknown> = rest
  if (extended === undefined) return fields
  if (typeof extended !== 'object' || extended === null) refuseFields({ extended_profile: 'type' })
  for (const [name, value] of Object.entries(extended)) fields[`extended_profile.${name}`] = value
  return fields
}

function checkedFields(twin: Twin, wanted: Readonly<Record<string, unknown>>): Partial<Record<ProfileField, string>> {
  const broken: Record<string, string> = {}
  for (const [field, value] of Object.entries(wanted)) {
    const most = longest[field as ProfileField]
    const mayBeEmpty = field.startsWith('extended_profile.') && twin.variants.is('emptyProfileField', 'cleared')
    if (typeof value !== 'string') broken[field] = 'type'
    else if (value === '' && !mayBeEmpty) broken[field] = 'minLength'
    else if (most !== undefined && value.length > most) broken[field] = 'maxLength'
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the document forbids exactly these
    else if (/[\u0000-\u001f\u007f]/.test(value)) broken[field] = 'validCharacters'
  }
  if (Object.keys(broken).length > 0) refuseFields(broken)
  return wanted as Partial<Record<ProfileField, string>>
}

function profileView(twin: Twin, truth: Account): object {
  const account = twin.state.visibility.shown(truth)
  const extended = {
    job_title: account.jobTitle,
    department: account.department,
    organization: account.organization,
    location: account.location,
  }
  return {
    account_id: account.accountId,
    account_type: account.accountType,
    account_status: account.accountStatus,
    name: account.name,
    nickname: account.nickname,
    zoneinfo: account.timeZone,
    locale: account.locale.replace('_', '-'),
    email: account.email,
    picture: 'https://avatar-management.invalid/default/48',
    extended_profile: Object.fromEntries(Object.entries(extended).filter(([, value]) => value !== undefined)),
    characteristics: { not_mentionable: false },
  }
}
