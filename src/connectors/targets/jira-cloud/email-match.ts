import { foldKey } from '../../../domain/identity.ts'
import type { SiteUser } from './schemas.ts'

/**
 * The account a full address belongs to: an equal visible address, or, where the address is hidden, the only person the
 * exact search finds. Prefix matches on names are no matches: people choose their names, also one that looks like somebody
 * else's address.
 */
export function exactHit(email: string, hits: readonly SiteUser[]): SiteUser | undefined {
  const people = hits.filter(({ accountType }) => accountType === 'atlassian')
  const visible = people.find(({ emailAddress }) => emailAddress && foldKey(emailAddress) === foldKey(email))
  if (visible !== undefined) return visible
  const [only] = people
  const isFoundByName = foldKey(only?.displayName ?? '').includes(foldKey(email))
  return people.length === 1 && only !== undefined && !only.emailAddress && !isFoundByName ? only : undefined
}
