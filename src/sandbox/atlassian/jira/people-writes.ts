import type { Answer, Call } from '../../server/call.ts'
import { addToDefaultGroups, defaultRoles } from '../admission.ts'
import { type Account, membershipIn } from '../model.ts'
import { hasJiraAccess, isSiteAdmin, jiraProducts, type Twin } from '../twin.ts'
import { mayCreatePeople, refuseForgery, requireJiraAdmin, requireSiteAdmin, type Visit, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { accountIdParam, bodyObject, presentAccount } from './lookup.ts'
import { fullUserView } from './views.ts'

const writeUser = { classic: 'manage:jira-configuration', granular: ['write:user:jira'] }
const products: ReadonlySet<string> = new Set([
  'jira-core',
  'jira-servicedesk',
  'jira-product-discovery',
  'jira-software',
])

/** POST /user: invites. Every new person gets a mail; name and password of the body are ignored. */
export function createUser(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, writeUser)
  refuseForgery(call)
  requireJiraAdmin(twin, visitor)
  const isOwnAdmin = mayCreatePeople(twin, visitor)
  if (!isOwnAdmin && twin.variants.is('createByNonOrgAdmin', '403'))
    refuse(403, 'You must be an organization admin to create users.')
  const { email, wanted } = readBody(call)
  twin.state.effects.countInvitation(email, 'calls')
  const { site } = visitor
  const known = twin.state.accountByEmail(email)
  if (known?.accountStatus === 'active' && membershipIn(known, site.directoryId) !== undefined) {
    if (!hasJiraAccess(twin, known, site))
      refuse(400, 'A user with this email address already exists but does not have access to Jira.')
    return created(twin, visitor, known)
  }
  if (known !== undefined && known.accountStatus !== 'active') {
    refuse(
      400,
      'We are unable to invite deactivated accounts. Remove or reactivate deactivated accounts, then try again.',
    )
  }
  const stated = jiraProducts(site).filter((product) => wanted.includes(product.key))
  const missing = wanted.find((key) => !stated.some((product) => product.key === key))
  if (missing !== undefined) refuse(400, `The product ${missing} is not available on this site.`)
  const granted = twin.variants.is('defaultProductsOnCreate', 'all') ? site.products : stated
  if (twin.state.seats.missingFor(known, defaultRoles(granted)) !== undefined) {
    refuse(400, 'User could not be created: the number of licensed users is exceeded.')
  }
  const account = known ?? twin.state.accounts.create({ email })
  twin.state.people.add(account, site.directoryId)
  twin.state.effects.countInvitation(email, 'invitations')
  twin.state.effects.countInvitation(email, 'mails')
  if (!isOwnAdmin) twin.state.people.setSuspended(account, site.directoryId, true)
  for (const product of granted) addToDefaultGroups(twin, account, product)
  if (wanted.length === 0 && twin.variants.is('createWithoutProducts', '400-but-invited')) {
    refuse(400, 'User could not be created: Failed to add user HttpErrorCode 404 - User not found')
  }
  return created(twin, visitor, account)
}

/** DELETE /user: out of the site's directory; the Atlassian account stays. */
export function removeUser(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, writeUser)
  requireSiteAdmin(twin, call, visitor)
  const account = presentAccount(twin, visitor.site, accountIdParam(call))
  if (account.accountType !== 'atlassian') refuse(400, 'This account cannot be removed.')
  if (account === visitor.account) refuse(400, 'You cannot remove yourself.')
  if (isSiteAdmin(twin, account, visitor.site)) refuse(400, 'Administrators cannot be removed from the site.')
  const leads = twin.state.projects
    .of(visitor.site)
    .some(({ lead, components }) => lead === account || components.some((each) => each.lead === account))
  if (leads && twin.variants.is('removeLead', '400')) {
    refuse(400, 'Cannot delete user, who is the lead of a project or component.')
  }
  twin.state.people.remove(account, visitor.site.directoryId)
  return { status: 204 }
}

function readBody(call: Call): { email: string; wanted: string[] } {
  const { emailAddress, products: listed } = bodyObject(call)
  if (typeof emailAddress !== 'string' || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(emailAddress)) {
    refuse(400, '', { emailAddress: 'You must specify a valid email address.' })
  }
  if (!Array.isArray(listed)) refuse(400, 'You must specify the products that user can access.')
  const wanted = listed.map(String)
  const unknown = wanted.find((key) => !products.has(key))
  if (unknown !== undefined) refuse(400, `Invalid product: ${unknown}.`)
  return { email: emailAddress, wanted }
}

function created(twin: Twin, { site, base }: Visit, account: Account): Answer {
  return { status: 201, json: fullUserView(twin, site, base, account, '') }
}
