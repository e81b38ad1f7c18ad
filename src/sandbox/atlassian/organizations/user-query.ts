import { type Account, domainOf, fold, isActiveIn, membershipStatusOf, type Organization, statusOf } from '../model.ts'
import { seenPlatformRoles, type Twin } from '../twin.ts'
import { belongsTo, text, textList } from './access.ts'
import { refuse } from './dialect.ts'

/** A search for people, checked. */
export interface UserQuery {
  /** Who fits, in the order asked for, after a position ('' = from the beginning). */
  readonly accounts: (after: string) => Iterable<Account>
  readonly positionOf: (account: Account) => string
}

const statuses = new Set(['active', 'suspended', 'not_invited', 'deactivated', 'for_deletion'])
const accountStatuses = new Set(['active', 'inactive', 'closed'])
const membershipStatuses = new Set(['active', 'suspended', 'no_membership'])

/** Reads the filters of users/search and its relatives. In order of account ids unless `sortBy` says otherwise. */
export function readUserQuery(
  twin: Twin,
  organization: Organization,
  directoryId: string | undefined,
  body: Readonly<Record<string, unknown>>,
): UserQuery {
  const { state } = twin
  const emails = textList(body, 'emails', 100)?.map(fold)
  const searchTerm = text(body, 'searchTerm')
  if (emails !== undefined && searchTerm !== undefined)
    refuse('ADMIN-400-24', 'emails and searchTerm exclude each other')
  const accountIds = textList(body, 'accountIds', 10)
  const groupIds = textList(body, 'groupIds', 10)
  const directoryIds = textList(body, 'directoryIds', 10)
  const emailDomains = textList(body, 'emailDomains', 10)?.map(fold)
  const roleIds = textList(body, 'roleIds', 10)
  const resourceIds = textList(body, 'resourceIds', 20)
  const claimStatus = oneOf(body, 'claimStatus', new Set(['managed', 'unmanaged']))
  const status = severalOf(body, 'status', statuses, 4)
  const accountStatus = severalOf(body, 'accountStatus', accountStatuses, 3)
  const membershipStatus = severalOf(body, 'membershipStatus', membershipStatuses, 3)

  const mfaEnabled = flag(body, 'mfaEnabled')
  const direction = readSorting(body)

  const fits = (truth: Account): boolean => {
    const account = state.visibility.shown(truth)
    return belongsTo(twin, truth, organization, directoryId) && matches(account)
  }
  const matches = (account: Account): boolean =>
    (emails === undefined || emails.includes(fold(account.email))) &&
    (accountIds === undefined || accountIds.includes(account.accountId)) &&
    (groupIds === undefined || state.visibility.groupsOf(account).some((group) => groupIds.includes(group.groupId))) &&
    (directoryIds === undefined || account.directories.some((each) => directoryIds.includes(each.directoryId))) &&
    (claimStatus === undefined ||
      claimStatus === (state.organizations.isManagedBy(account, organization) ? 'managed' : 'unmanaged')) &&
    (status === undefined || status.includes(statusOf(account, organization))) &&
    (accountStatus === undefined || accountStatus.includes(account.accountStatus)) &&
    (mfaEnabled === undefined || (account.hasMfa === true) === mfaEnabled) &&
    (membershipStatus === undefined || membershipStatus.includes(membershipStatusOf(account, organization))) &&
    (emailDomains === undefined || emailDomains.includes(domainOf(account.email))) &&
    (searchTerm === undefined || mentions(twin, organization, account, fold(searchTerm))) &&
    ((roleIds === undefined && resourceIds === undefined) || hasRole(twin, organization, account, roleIds, resourceIds))

  const candidates = (after: string): Iterable<Account> => {
    if (accountIds !== undefined)
      return inOrder(
        accountIds.map((id) => state.account(id)),
        after,
      )
    if (emails !== undefined)
      return inOrder(
        emails.map((email) => state.accountByEmail(email)),
        after,
      )
    if (groupIds !== undefined) {
      const members = groupIds.flatMap((id) => {
        const group = state.group(id)
        return group === undefined ? [] : [...state.visibility.membersOf(group)]
      })
      return inOrder(members, after)
    }
    return following(state.accounts.items, after === '' ? 0 : state.accounts.firstAtLeast(`${after}\u0000`))
  }

  if (direction === undefined) {
    return {
      positionOf: ({ accountId }) => accountId,
      *accounts(after) {
        for (const account of candidates(after)) if (fits(account)) yield account
      },
    }
  }
  const positionOf = ({ nickname, accountId }: Account) => `${fold(nickname)}\n${accountId}`
  const sign = direction === 'asc' ? 1 : -1
  return {
    positionOf,
    accounts: (after) =>
      [...candidates('')]
        .filter(fits)
        .sort((a, b) => (positionOf(a) < positionOf(b) ? -sign : sign))
        .filter((account) => after === '' || positionOf(account) > after === sign > 0)
        .filter((account) => positionOf(account) !== after),
  }
}

/** The address as the organization may see it. */
export function visibleEmail(twin: Twin, organization: Organization, account: Account): string | undefined {
  const isHidden = account.emailHidden && !twin.state.organizations.isManagedBy(account, organization)
  return isHidden && twin.variants.is('hiddenEmailInOrgSearch', 'hidden') ? undefined : account.email
}

function mentions(twin: Twin, organization: Organization, account: Account, term: string): boolean {
  return fold(account.name).includes(term) || fold(visibleEmail(twin, organization, account) ?? '').includes(term)
}

function hasRole(
  twin: Twin,
  organization: Organization,
  account: Account,
  roleIds: string[] | undefined,
  resourceIds: string[] | undefined,
): boolean {
  const wanted = (roles: Iterable<string>) => [...roles].some((role) => roleIds === undefined || roleIds.includes(role))
  if (resourceIds === undefined && wanted(seenPlatformRoles(twin, account, organization))) return true
  return organization.sites.some((site) => {
    if (!isActiveIn(account, site.directoryId)) return false
    const products = site.products.filter(
      (product) => resourceIds === undefined || resourceIds.includes(product.resource),
    )
    return products.some((product) => wanted(twin.state.seats.rolesOn(account, product)))
  })
}

function inOrder(accounts: readonly (Account | undefined)[], after: string): Account[] {
  const known = new Set(accounts.filter((account) => account !== undefined))
  return [...known].filter((each) => each.accountId > after).sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
}

function* following(accounts: readonly Account[], from: number): Generator<Account> {
  for (let at = from; at < accounts.length; at++) yield accounts[at] as Account
}

function severalOf(
  body: Readonly<Record<string, unknown>>,
  name: string,
  known: ReadonlySet<string>,
  most: number,
): string[] | undefined {
  const values = textList(body, name, most)
  const unknown = values?.find((value) => !known.has(value))
  if (unknown !== undefined) refuse('ADMIN-400-24', `${name}: ${unknown} is not known`)
  return values
}

function oneOf(body: Readonly<Record<string, unknown>>, name: string, known: ReadonlySet<string>): string | undefined {
  const value = text(body, name)
  if (value !== undefined && !known.has(value)) refuse('ADMIN-400-24', `${name}: ${value} is not known`)
  return value
}

function flag(body: Readonly<Record<string, unknown>>, name: string): boolean | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  refuse('ADMIN-400-24', `${name} must be true or false`)
}

function readSorting(body: Readonly<Record<string, unknown>>): 'asc' | 'desc' | undefined {
  const { sortBy } = body
  if (sortBy === undefined || sortBy === null) return undefined
  const [first, ...more] = Array.isArray(sortBy) ? sortBy : [undefined]
  const { field, direction } = (first ?? {}) as Record<string, unknown>
  const isKnown = field === 'nick_name' && (direction === 'asc' || direction === 'desc')
  if (!isKnown || more.length > 0) refuse('ADMIN-400-24', 'sortBy is one field: nick_name, asc or desc')
  return direction
}
