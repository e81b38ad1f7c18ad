import { isGranted, type User } from '../data-center/model.ts'
import { captchaAnswer, looksForged, xsrfAnswer } from '../data-center/refusals.ts'
import { type Call, Refusal } from '../server/call.ts'
import { confluenceDcDialect, refuse } from './dialect.ts'
import { type ConfluenceDcTwin, isAdministrator, isLicensed } from './twin.ts'

/** Who calls; undefined = a guest, and so is a wrong credential where the variant has it so. */
export function visitor(twin: ConfluenceDcTwin, call: Call): User | undefined {
  const plain = confluenceDcDialect(twin).unauthorized(call)
  const presented = twin.logins.callerOf(call)
  switch (presented.kind) {
    case 'none':
      return undefined
    case 'captcha':
      throw new Refusal(captchaAnswer(plain, twin.variants.get('captcha'), twin.url))
    case 'wrong':
      if (twin.variants.is('wrongCredential', 'anonymous')) return undefined
      throw new Refusal(plain)
    case 'known':
      return presented.user
  }
}

/** The caller, who has a licence; guests and others are refused. */
export function licensed(twin: ConfluenceDcTwin, call: Call): User {
  const user = visitor(twin, call)
  if (user === undefined || !isLicensed(user)) return refuse(403, 'User not permitted to use Confluence')
  if (looksForged(call, twin.variants.get('xsrf'))) throw new Refusal(xsrfAnswer)
  return user
}

/** The caller, who administers Confluence. */
export function administrator(twin: ConfluenceDcTwin, call: Call): User {
  if (visitor(twin, call) === undefined && call.method !== 'GET') {
    throw new Refusal(confluenceDcDialect(twin).unauthorized(call))
  }
  const user = licensed(twin, call)
  if (!isAdministrator(user)) refuse(403, 'User is not an administrator of Confluence')
  return user
}

/** The caller, who administers the system. */
export function systemAdministrator(twin: ConfluenceDcTwin, call: Call): User {
  const user = administrator(twin, call)
  if (!isGranted(user, 'system administer')) refuse(403, 'User is not a system administrator')
  return user
}
