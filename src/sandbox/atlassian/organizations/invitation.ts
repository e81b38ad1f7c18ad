import type { Answer, Call } from '../../server/call.ts'
import { addToDefaultGroups, defaultRoles, giveRole } from '../admission.ts'
import {
  type Account,
  type Group,
  membershipIn,
  type Organization,
  type Product,
  platformRoles,
  productRoles,
} from '../model.ts'
import type { Twin } from '../twin.ts'
import { bodyObject, requireOrganization, text, textList } from './access.ts'
import { refuse } from './dialect.ts'
import { isModifiable } from './views.ts'

interface Rule {
  readonly product: Product
  /** As the caller wrote it. */
  readonly resource: string
  readonly role: string
}

interface Invitation {
  readonly organization: Organization
  readonly emails: readonly string[]
  readonly rules: readonly Rule[]
  readonly groups: readonly Group[]
  readonly sendsMail: boolean
}

/**
 * POST /v2/orgs/{orgId}/users/invite: up to 25 addresses get accounts, roles and groups. Silent unless
 * `sendNotification`. Who is there already only gets what they lack: 200, and no second invitation.
 */
export function invite(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'write:directories:admin')
  const invitation = readInvitation(twin, call, organization)
  if (!organization.hasPaidSubscription) refuse('ADMIN-UAM-402-1')
  for (const email of invitation.emails) twin.state.effects.countInvitation(email, 'calls')
  const known = invitation.emails.map((email) => twin.state.accountByEmail(email))
  if (
    twin.variants.is('inviteDeactivated', '400') &&
    known.some((each) => each !== undefined && each.accountStatus !== 'active')
  ) {
    refuse('ADMIN-UAM-400-2', 'We are unable to invite deactivated accounts')
  }
  const before = invitation.emails.map((_, at) => lacksSeat(twin, invitation, known[at]))
  if (
    !fitsSeats(twin, invitation, known) &&
    (twin.variants.is('inviteOverSeats', '409-all') || before.every(Boolean))
  ) {
    refuse('ADMIN-UAM-409-3')
  }
  const results = invitation.emails.map((email) => inviteOne(twin, invitation, email))
  const failed = results.some((result) => result.failed)
  return { status: failed ? 206 : 200, json: { data: results.map((result) => result.view) } }
}

function inviteOne(twin: Twin, invitation: Invitation, email: string): { failed: boolean; view: object } {
  const { state } = twin
  const known = state.accountByEmail(email)
  const problem =
    known !== undefined && known.accountStatus !== 'active'
      ? 'We are unable to invite deactivated accounts. Remove or reactivate deactivated accounts, then try again'
      : lacksSeat(twin, invitation, known)
        ? 'Product License Limit Exceeded'
        : undefined
  if (problem !== undefined) return { failed: true, view: outcome(invitation, email, known, () => problem) }
  const account = known ?? state.accounts.create({ email })
  for (const directoryId of directoriesOf(invitation)) {
    const membership = membershipIn(account, directoryId)
    if (membership === undefined) {
      state.people.add(account, directoryId)
      state.effects.countInvitation(email, 'invitations')
      if (invitation.sendsMail) state.effects.countInvitation(email, 'mails')
      if (twin.variants.is('defaultProductsOnCreate', 'all')) {
        for (const product of defaultProducts(twin, directoryId)) addToDefaultGroups(twin, account, product)
      }
    } else if (membership.status === 'suspended' && twin.variants.is('inviteSuspended', 'restored')) {
      state.people.setSuspended(account, directoryId, false)
    }
  }
  for (const { product, role } of invitation.rules) giveRole(twin, account, product, role)
  const reason = (group: Group | undefined) => (group === undefined ? undefined : groupProblem(twin, account, group))
  for (const group of invitation.groups) if (reason(group) === undefined) state.groups.addMember(group, account)
  const failed = invitation.groups.some((group) => reason(group) !== undefined)
  return { failed, view: outcome(invitation, email, account, reason) }
}

/** Why the account cannot join the group; undefined = it can. */
function groupProblem(twin: Twin, account: Account, group: Group): string | undefined {
  if (group.synced) return "You can't add a user to a group synced from an identity provider"
  if (!isModifiable(twin, group)) return 'The group is managed by its own members'
  if (membershipIn(account, group.directoryId) === undefined) return 'The user is not in the directory of the group'
  return undefined
}

function outcome(
  { rules, groups }: Invitation,
  email: string,
  account: Account | undefined,
  reasonOf: (group: Group | undefined) => string | undefined,
): object {
  const line = (reason: string | undefined) => ({
    status: reason === undefined ? 'INVITED' : 'ERROR',
    statusReason: reason ?? null,
  })
  const results = [
    {
      roleAssignmentResult: rules.map(({ resource, role }) => ({ resource, role, ...line(reasonOf(undefined)) })),
      groupAssignmentResult: groups.map((group) => ({ group: group.groupId, ...line(reasonOf(group)) })),
    },
  ]
  return { ...(account === undefined ? {} : { id: account.accountId }), email, results }
}

/** What the invitation brings of seats: rules, groups, and the default groups a variant adds. */
function broughtRoles(twin: Twin, { organization, rules, groups }: Invitation): Map<string, Set<string>> {
  const wanted = twin.variants.is('defaultProductsOnCreate', 'all')
    ? organization.sites.flatMap((site) => site.products)
    : []
  const roles = defaultRoles(wanted)
  const add = (resource: string, role: string) => roles.set(resource, (roles.get(resource) ?? new Set()).add(role))
  for (const { product, role } of rules) add(product.resource, role)
  for (const group of groups) for (const [resource, given] of group.roles) for (const role of given) add(resource, role)
  return roles
}

function lacksSeat(twin: Twin, invitation: Invitation, account: Account | undefined): boolean {
  return twin.state.seats.missingFor(account, broughtRoles(twin, invitation)) !== undefined
}

/** Whether all addresses together fit. */
function fitsSeats(twin: Twin, invitation: Invitation, known: readonly (Account | undefined)[]): boolean {
  const roles = broughtRoles(twin, invitation)
  return invitation.organization.sites
    .flatMap((site) => site.products)
    .every((product) => {
      if (product.seats === null) return true
      const only = new Map([[product.resource, roles.get(product.resource) ?? new Set<string>()]])
      const free = product.seats - product.used
      const asking = known.filter((account) =>
        twin.state.seats.isNeededFor(account, only.get(product.resource) ?? new Set(), product),
      )
      return asking.length <= free
    })
}

/** Those of the apps; without an app those of the groups, or the first one. */
function directoriesOf({ organization, rules, groups }: Invitation): Set<string> {
  const byApps = new Set(rules.map(({ product }) => product.site.directoryId))
  if (byApps.size > 0) return byApps
  const byGroups = new Set(groups.map((group) => group.directoryId))
  const [first] = organization.directories
  if (byGroups.size === 0 && first !== undefined) byGroups.add(first.directoryId)
  return byGroups
}

function defaultProducts(twin: Twin, directoryId: string): Product[] {
  return twin.state.sites.filter((site) => site.directoryId === directoryId).flatMap((site) => site.products)
}

function readInvitation(twin: Twin, call: Call, organization: Organization): Invitation {
  const body = bodyObject(call)
  const emails = textList(body, 'emails', 25) ?? refuse('ADMIN-UAM-400-1', 'emails is required')
  const malformed = emails.find((email) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
  if (malformed !== undefined) refuse('ADMIN-UAM-400-1', `${malformed} is not an e-mail address`)
  const groupIds = body.additionalGroups === undefined ? [] : (list(body, 'additionalGroups') as unknown[]).map(String)
  const groups = groupIds.map((id) => {
    const group = twin.state.group(id)
    const isHere = organization.directories.some(({ directoryId }) => directoryId === group?.directoryId)
    return group === undefined || !isHere || !twin.state.visibility.seen(group) ? refuse('ADMIN-UAM-404-3') : group
  })
  const rules =
    body.permissionRules === undefined
      ? []
      : list(body, 'permissionRules').map((rule) => readRule(twin, organization, rule))
  text(body, 'notificationText')
  if (body.sendNotification !== undefined && typeof body.sendNotification !== 'boolean') {
    refuse('ADMIN-UAM-400-1', 'sendNotification must be true or false')
  }
  return { organization, emails: [...new Set(emails)], rules, groups, sendsMail: body.sendNotification === true }
}

/** A role on a resource as invitations and role calls name it. */
export function readRule(
  twin: Twin,
  organization: Organization,
  rule: unknown,
  names = { resource: 'resource', role: 'role' },
): Rule {
  const { [names.resource]: resource, [names.role]: role } = (rule ?? {}) as Record<string, unknown>
  if (typeof resource !== 'string' || typeof role !== 'string')
    refuse('ADMIN-UAM-400-1', `${names.resource} and ${names.role} are required`)
  const product = twin.state.organizations.product(resource)
  if (product?.site.organization !== organization) refuse('ADMIN-UAM-404-1', 'Resource not found')
  if (platformRoles.has(role) || !productRoles.has(role)) refuse('ADMIN-UAM-400-3', `${role} is no role of ${resource}`)
  return { product, resource, role }
}

function list(body: Readonly<Record<string, unknown>>, name: string): unknown[] {
  const value = body[name]
  return Array.isArray(value) ? value : refuse('ADMIN-UAM-400-1', `${name} must be a list`)
}
