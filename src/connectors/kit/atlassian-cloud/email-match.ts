import { foldKey } from '../../../domain/identity.ts'
import type { OrgUser } from './schemas.ts'

/**
 * Accounts by folded address. An account whose address is hidden may be found without being shown which address found it:
 * then the addresses are asked again in halves until every such account stands alone.
 */
export async function attributed(
  emails: readonly string[],
  search: (emails: readonly string[]) => Promise<readonly OrgUser[]>,
): Promise<ReadonlyMap<string, OrgUser>> {
  const found = new Map<string, OrgUser>()
  const users = emails.length === 0 ? [] : await search(emails)
  const hidden = users.filter(({ email }) => !email)
  for (const user of users) if (user.email && emails.includes(foldKey(user.email))) found.set(foldKey(user.email), user)
  const open = emails.filter((email) => !found.has(email))
  const [onlyUser, onlyEmail] = [hidden[0], open[0]]
  if (onlyUser === undefined || onlyEmail === undefined) return found
  if (open.length === 1) {
    if (hidden.length === 1) found.set(onlyEmail, onlyUser)
    return found
  }
  const middle = Math.ceil(open.length / 2)
  for (const half of [open.slice(0, middle), open.slice(middle)]) {
    for (const [email, user] of await attributed(half, search)) found.set(email, user)
  }
  return found
}
