import type { Answer, Call } from '../../server/call.ts'
import { addToDefaultGroups, defaultRoles } from '../admission.ts'
import { isActiveIn } from '../model.ts'
import type { Twin } from '../twin.ts'
import { hasConfluence, visit } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { known } from './users.ts'
import { userView } from './views.ts'

const mostEmails = 100
const mostAccounts = 250
const laterMs = 5000

/** POST /users-bulk: those of the ids that are there. */
export function usersByIds(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call, 404)
  const ids = listIn(twin, call, 'accountIds', mostAccounts)
  const results = known(twin, site, ids).map((account) => {
    const { accountId, email, publicName, displayName, timeZone } = userView(twin, site, account)
    const { accountType } = account
    const accountStatus = isActiveIn(twin.state.visibility.shown(account), site.directoryId) ? 'active' : 'inactive'
    return {
      accountId,
      accountType,
      accountStatus,
      email,
      publicName,
      displayName,
      timeZone,
      isExternalCollaborator: false,
    }
  })
  return { status: 200, json: { results, _links: { base: `${twin.url}/site/${site.name}/wiki` } } }
}

/** POST /user/access/check-access-by-email: who of them cannot use this Confluence. */
export function checkAccess(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call, 404)
  const emails = listIn(twin, call, 'emails', mostEmails)
  const emailsWithoutAccess = emails.filter((email) => {
    const account = twin.state.accountByEmail(email)
    const isSeen = account !== undefined && twin.state.visibility.seen(account)
    return isAddress(email) && !(isSeen && isActiveIn(account, site.directoryId) && hasConfluence(twin, account, site))
  })
  return { status: 200, json: { emailsWithoutAccess, invalidEmails: emails.filter((email) => !isAddress(email)) } }
}

/** POST /user/access/invite-by-email: ignores wrong addresses, and people who have access already. */
export function invite(twin: Twin, call: Call): Answer {
  const { site, confluence } = visit(twin, call, 404)
  const { state, variants } = twin
  if (variants.is('confluenceInvite', 'later')) state.visibility.lateMs = Math.max(state.visibility.lateMs, laterMs)
  for (const email of listIn(twin, call, 'emails', mostEmails).filter(isAddress)) {
    state.effects.countInvitation(email, 'calls')
    const found = state.accountByEmail(email)
    const isIn = found !== undefined && isActiveIn(found, site.directoryId)
    if ((isIn && hasConfluence(twin, found, site)) || (found !== undefined && found.accountStatus !== 'active'))
      continue
    if (state.seats.missingFor(found, defaultRoles([confluence])) !== undefined) continue
    const account = found ?? state.accounts.create({ email })
    state.people.add(account, site.directoryId)
    addToDefaultGroups(twin, account, confluence)
    state.effects.countInvitation(email, 'invitations')
    state.effects.countInvitation(email, 'mails')
  }
  return { status: 200 }
}

function listIn(twin: Twin, call: Call, name: string, most: number): string[] {
  const list = bodyObject(twin, call)[name]
  if (!Array.isArray(list) || list.length === 0 || list.length > most) {
    return refuse(twin, call, 400, `${name} has 1 to ${most} items`)
  }
  return list.map(String)
}

function isAddress(email: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)
}
