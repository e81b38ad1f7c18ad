import type { Handlers, Principal } from '../../contract/routes.ts'
import { fail } from '../../domain/errors.ts'
import { isoTime } from '../../platform/clock.ts'
import { isPassword } from '../../platform/password.ts'
import type { UseCase } from '../use-case.ts'
import { tokenView } from '../views.ts'
import { renewSession, sessionLimits, visitorOf } from './door.ts'
import { newPasswordHash, tooBusy } from './password-rules.ts'
import { beginAttempt } from './throttle.ts'
import { refuseOtherProvider } from './users.ts'

const longestTokenMs = 366 * 86_400_000
const mostTokens = 50

/** What people do about themselves. */
export function accountUseCases(useCase: UseCase): Handlers['account'] {
  const { store, clock } = useCase
  const { users, sessions, attempts } = store.signIn
  return {
    async changePassword(caller, { body: { current, next } }) {
      const { principal } = caller
      const { id, userName } = signedInUser(principal)
      const user = await users.get(id)
      if (user !== undefined) refuseOtherProvider(user)
      // Whoever found an open browser must not be able to guess here instead of at the front door.
      const attempt = { address: visitorOf(caller).address, account: userName }
      const succeeded = await beginAttempt(attempts, clock.now, attempt)
      const isRight = await isPassword(current, await users.passwordHash(id))
      if (isRight === undefined) throw tooBusy()
      if (!isRight) throw fail.notAllowed('The present password is wrong.', { hint: 'Nothing was changed.' })
      await succeeded()
      if (next === current) {
        throw fail.configInvalid('The new password is the present one.', { hint: 'Choose another one.' })
      }
      const hash = await newPasswordHash(next, userName)
      await users.update(id, { password: { hash, mustChange: false } }, principal.name)
      const ended = await sessions.endAll(id, principal.session?.id)
      await renewSession(useCase, caller)
      await useCase.audit(principal, 'password.change', `user:${userName}`, { id, ended })
      return { done: true }
    },

    async sessions({ principal }) {
      const { id } = signedInUser(principal)
      const items = await sessions.list(id, sessionLimits.idleMs)
      return {
        items: items.map(({ userId: _, createdAt, lastUsedAt, expiresAt, ...rest }) => ({
          ...rest,
          createdAt: isoTime(createdAt),
          lastUsedAt: isoTime(lastUsedAt),
          expiresAt: isoTime(expiresAt),
          current: rest.id === principal.session?.id,
        })),
      }
    },

    async endSession({ principal }, { params }) {
      const { id, userName } = signedInUser(principal)
      const own = await sessions.list(id, sessionLimits.idleMs)
      if (!own.some((each) => each.id === params.id)) {
        throw fail.notFound(`There is no session ${params.id} of yours.`, { hint: 'It may have ended already.' })
      }
      const removed = await sessions.end(params.id)
      await useCase.audit(principal, 'session.end', `user:${userName}`, { session: params.id })
      return { removed }
    },

    async tokens({ principal }) {
      return { items: (await store.access.listTokens(signedInUser(principal).id)).map(tokenView) }
    },

    async createToken({ principal }, { body: { name, roles, connections, expiresAt } }) {
      const { id } = signedInUser(principal)
      const expires = Date.parse(expiresAt)
      if (expires <= clock.now() || expires > clock.now() + longestTokenMs) {
        throw fail.usage(`expiresAt ${expiresAt} is ${expires <= clock.now() ? 'in the past' : 'too far ahead'}.`, {
          hint: 'A personal token ends within a year.',
        })
      }
      if ((await store.access.listTokens(id)).length >= mostTokens) {
        throw fail.usage(`You have ${mostTokens} personal tokens already.`, {
          hint: 'Revoke one that is not used any more.',
        })
      }
      const made = await store.access.createToken(name, [...new Set(roles)], expires, { connections, userId: id })
      await useCase.audit(principal, 'token.create', `token:${name}`, {
        id: made.token.id,
        roles,
        connections,
        user: id,
      })
      return { token: tokenView(made.token), value: made.value }
    },

    async revokeToken({ principal }, { params }) {
      const removed = await store.access.revokeToken(params.id, signedInUser(principal).id)
      if (!removed) {
        throw fail.notFound(`There is no personal token ${params.id} of yours.`, {
          hint: 'It may have been revoked already.',
        })
      }
      await useCase.audit(principal, 'token.revoke', `token:${params.id}`)
      return { removed }
    },
  }
}

/** Throws `usage` for a token, which must not be able to make more of itself, and for the command line. */
function signedInUser({ user, session, name }: Principal): NonNullable<Principal['user']> {
  if (user !== undefined && session !== undefined) return user
  throw fail.usage(`${name} did not sign in with a browser, which this needs.`, {
    hint: 'Administrators keep users and tokens with `muster users` and `muster token`.',
  })
}
