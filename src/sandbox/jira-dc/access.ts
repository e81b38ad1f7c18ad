import { isGranted, type User } from '../data-center/model.ts'
import { captchaAnswer, looksForged, xsrfAnswer } from '../data-center/refusals.ts'
import { type Call, Refusal } from '../server/call.ts'
import { jiraDcDialect, refuse } from './dialect.ts'
import { isAdministrator, type JiraDcTwin } from './twin.ts'

/** The caller of an operation that nobody may call unknown. A write is looked at for forgery as well. */
export function caller(twin: JiraDcTwin, call: Call): User {
  const user = guest(twin, call, false)
  if (user === undefined) throw new Refusal(jiraDcDialect(twin).unauthorized(call))
  if (looksForged(call, twin.variants.get('xsrf'))) throw new Refusal(xsrfAnswer)
  return user
}

/**
 * The caller of an operation that is open to everybody; undefined = unknown. A wrong credential counts as none only
 * where the vendor has it so (`isOpen` and the variant).
 */
export function guest(twin: JiraDcTwin, call: Call, isOpen = true): User | undefined {
  const presented = twin.logins.callerOf(call)
  switch (presented.kind) {
    case 'none':
      return undefined
    case 'captcha':
      throw new Refusal(captchaAnswer(jiraDcDialect(twin).unauthorized(call), twin.variants.get('captcha'), twin.url))
    case 'wrong':
      if (isOpen && twin.variants.is('wrongCredentialOnAnonymousEndpoint', 'anonymous')) return undefined
      throw new Refusal(jiraDcDialect(twin).unauthorized(call))
    case 'known':
      // Personal access tokens came with 8.14.
      if (presented.scheme === 'bearer' && !twin.version.isAtLeast('8.14')) {
        throw new Refusal(jiraDcDialect(twin).unauthorized(call))
      }
      return presented.user
  }
}

/** The caller, who administers Jira; anybody else is refused. */
export function administrator(twin: JiraDcTwin, call: Call): User {
  const user = caller(twin, call)
  if (!isAdministrator(user)) refuse(twin, 403, 'The user does not have permission to administer Jira.')
  return user
}

/** The caller, who administers the system. */
export function systemAdministrator(twin: JiraDcTwin, call: Call): User {
  const user = administrator(twin, call)
  if (!isGranted(user, 'SYSTEM_ADMIN')) refuse(twin, 403, 'The user is not a system administrator.')
  return user
}
