import { isoTime } from '../../../platform/clock.ts'
import type { Answer, Call } from '../../server/call.ts'
import type { Twin } from '../twin.ts'
import { requireManaged } from './access.ts'
import { refuse } from './dialect.ts'
import { requirePrivilege } from './privileges.ts'

/** GET /users/{account_id}/manage/api-tokens: those of the person, with the day they expire. */
export function listTokens(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  requirePrivilege(management, 'apiToken.read')
  const json = twin.credentials.tokensOf(management.account).map((token) => ({
    id: token.id,
    label: token.name,
    createdAt: isoTime(token.createdAt),
    ...(token.expiresAt === undefined ? {} : { expiry: isoTime(token.expiresAt) }),
    ...(token.lastUsedAt === undefined ? {} : { lastAccess: isoTime(token.lastUsedAt) }),
  }))
  return { status: 200, json }
}

/** DELETE /users/{account_id}/manage/api-tokens/{tokenId} */
export function deleteToken(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  requirePrivilege(management, 'apiToken.delete')
  const token = twin.credentials.tokensOf(management.account).find(({ id }) => id === call.param('tokenId'))
  if (token === undefined) refuse(404, 'notFound')
  twin.credentials.remove(token)
  twin.state.effects.count('apiTokensDeleted')
  return { status: 204 }
}
