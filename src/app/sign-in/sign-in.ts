import type { Handlers } from '../../contract/routes.ts'
import { fail } from '../../domain/errors.ts'
import { isPassword } from '../../platform/password.ts'
import type { UseCase } from '../use-case.ts'
import { admit, meView, visitorOf } from './door.ts'
import { type OidcDoors, oidcUseCases } from './oidc.ts'
import { oidcProblems } from './oidc-problems.ts'
import { newPasswordHash, tooBusy } from './password-rules.ts'
import { codeAsKept, newLinkCode, newTypedCode } from './sign-in-codes.ts'
import { beginAttempt } from './throttle.ts'

const setupCodeMs = 24 * 3_600_000
const linkMs = 3_600_000

/** First set-up: whoever sees the terminal of the server may make the first administrator. */
export function setupUseCases(useCase: UseCase): Handlers['setup'] {
  const { users, attempts } = useCase.store.signIn
  return {
    state: async () => ({ needed: !(await users.any()) }),

    async complete(caller, { body: { code, userName, displayName, password } }) {
      const visitor = visitorOf(caller)
      if (await users.any()) throw isSetUp()
      const succeeded = await beginAttempt(attempts, useCase.clock.now, { address: visitor.address, account: 'set-up' })
      const passwordHash = await newPasswordHash(password, userName)
      const grants = [{ role: 'admin' as const }, { role: 'approver' as const }]
      const made = await users.createFirst(codeAsKept(code), { userName, displayName, passwordHash, grants })
      if (made === 'already-set-up') throw isSetUp()
      if (made === 'wrong-code') {
        throw fail.unauthenticated('The code is wrong, was used, or is older than a day.', {
          hint: 'It stands where `muster serve` was started; starting it again prints a new one.',
        })
      }
      await succeeded()
      const principal = await admit(useCase, visitor, made, 'set-up')
      await useCase.audit(principal, 'set-up', `user:${made.userName}`, { grants: made.grants })
      return meView(useCase, principal)
    },
  }
}

function isSetUp() {
  return fail.conflict('Muster is set up already.', { hint: 'Sign in, or ask an administrator for an account.' })
}

export function signInUseCases(useCase: UseCase, oidc: OidcDoors): Handlers['signIn'] {
  const { users, sessions, attempts, codes } = useCase.store.signIn
  return {
    async options() {
      const provider = (await oidc.open())?.settings
      return {
        setupNeeded: !(await users.any()),
        password: true,
        oidc:
          provider === undefined
            ? undefined
            : { displayName: provider.displayName, start: '/api/v1/sign-in/oidc/start' },
        problems: oidcProblems,
      }
    },

    ...oidcUseCases(useCase, oidc),

    async withPassword(caller, { body: { userName, password } }) {
      const visitor = visitorOf(caller)
      const { address } = visitor
      const succeeded = await beginAttempt(attempts, useCase.clock.now, { address, account: userName })
      const user = await users.byName(userName)
      const hash = user?.disabledAt === undefined && user !== undefined ? await users.passwordHash(user.id) : undefined
      const isRight = await isPassword(password, hash)
      if (isRight === undefined) throw tooBusy()
      if (!isRight || user === undefined) {
        // A name that nobody has may be a password typed into the wrong field.
        const subject = user === undefined ? 'user unknown' : `user:${user.userName}`
        await useCase.audit(caller.principal, 'sign-in.refused', subject, { address })
        throw fail.unauthenticated('The name or the password is wrong, or the user is disabled.', {
          hint: 'An administrator can set a new password: muster users reset <name>',
        })
      }
      await succeeded()
      return meView(useCase, await admit(useCase, visitor, user, 'password'))
    },

    async withLink(caller, { query: { code } }) {
      const visitor = visitorOf(caller)
      const succeeded = await beginAttempt(attempts, useCase.clock.now, { address: visitor.address })
      const user = await codes.spendLink(code)
      if (user === undefined) {
        throw fail.unauthenticated('The link was used already, or is older than an hour.', {
          hint: 'Sign in by name and password, or start the demo again.',
        })
      }
      await succeeded()
      await admit(useCase, visitor, user, 'link')
      return { location: '/' }
    },

    async signOut({ principal, visitor }) {
      if (principal.session !== undefined) {
        await sessions.end(principal.session.id)
        await useCase.audit(principal, 'sign-out', principal.name)
      }
      visitor?.drop('session')
      return { done: true }
    },
  }
}

/** A code for the first set-up; undefined when somebody was made already. */
export async function offerSetup({ store, clock }: UseCase): Promise<string | undefined> {
  const { users, codes } = store.signIn
  if (await users.any()) return undefined
  const code = newTypedCode()
  await codes.keep(codeAsKept(code), 'set-up', clock.now() + setupCodeMs)
  return code
}

/** Path that signs a browser in as a user of the demo, who has no password; it works once. */
export async function offerLink({ store, clock }: UseCase, userName: string): Promise<string> {
  const { users, codes } = store.signIn
  const grants = [{ role: 'admin' as const }, { role: 'approver' as const }]
  const user = (await users.byName(userName)) ?? (await users.create({ userName, grants }, 'demo'))
  const code = newLinkCode()
  await codes.keep(code, 'link', clock.now() + linkMs, user.id)
  return `/api/v1/sign-in/link?code=${code}`
}
