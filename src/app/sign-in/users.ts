import type { Handlers } from '../../contract/routes.ts'
import type { SamePersonView, UserView } from '../../contract/users.ts'
import { fail } from '../../domain/errors.ts'
import { personBehind, personName } from '../../domain/review.ts'
import { isoTime } from '../../platform/clock.ts'
import type { SamePerson } from '../../ports/identities.ts'
import type { Grant, User } from '../../ports/sign-in.ts'
import type { UseCase } from '../use-case.ts'
import { timeOrNone } from '../views.ts'
import { renewSession } from './door.ts'
import type { OidcDoors } from './oidc.ts'
import { newPasswordHash } from './password-rules.ts'
import { newTypedCode } from './sign-in-codes.ts'

/** Who may sign in, kept by administrators. */
export function userUseCases(useCase: UseCase, doors: Pick<OidcDoors, 'open'>): Handlers['users'] {
  const { users, sessions, identities } = useCase.store.signIn

  const find = async (id: string): Promise<User> => (await users.get(id)) ?? unknown(id)

  /** Throws `not-found` for a connection that does not exist: a mistyped key must not look like a right. */
  const refuseUnknownConnections = async (grants: readonly Grant[] = []) => {
    for (const connection of new Set(grants.flatMap((grant) => grant.connection ?? [])))
      await useCase.object('connection', connection)
  }

  return {
    async list(_caller, { query }) {
      const { items, next } = await users.list(query)
      return { items: items.map(userView), next }
    },

    get: async (_caller, { params }) => userView(await find(params.id)),

    async create({ principal }, { body: { userName, displayName, grants: given, password: chosen } }) {
      const grants = given.map(asGrant)
      await refuseUnknownConnections(grants)
      const password = chosen ?? newTypedCode()
      const passwordHash = await newPasswordHash(password, userName)
      const user = await users.create(
        { userName, displayName, passwordHash, grants, mustChangePassword: true },
        principal.name,
      )
      await useCase.audit(principal, 'user.create', `user:${userName}`, { id: user.id, grants })
      return { user: userView(user), password: chosen === undefined ? password : undefined }
    },

    async update(caller, { params: { id }, body: { displayName, grants: given, disabled } }) {
      const { principal } = caller
      const before = await find(id)
      const grants = given?.map(asGrant)
      await refuseUnknownConnections(grants)
      if (before.kind === 'oidc' && grants !== undefined) {
        throw fail.notWritable(`The roles of ${before.userName} come from the groups of the identity provider.`, {
          hint: 'Change the groups there, or the roles of groups under Settings, Single sign-on.',
        })
      }
      const patch = { displayName, grants, isDisabled: disabled }
      const singleSignOn = (await doors.open()) !== undefined
      const user = (await users.update(id, patch, principal.name, { singleSignOn })) ?? unknown(id)
      if (grants !== undefined || disabled === true) {
        await sessions.endAll(id, principal.session?.id)
        if (principal.user?.id === id) await renewSession(useCase, caller)
      }
      await useCase.audit(principal, 'user.update', `user:${user.userName}`, {
        id,
        ...(displayName === undefined ? {} : { displayName }),
        ...(grants === undefined ? {} : { before: before.grants, grants }),
        ...(disabled === undefined ? {} : { disabled }),
      })
      return userView(user)
    },

    async resetPassword({ principal }, { params: { id }, body: { password: chosen } }) {
      const user = await find(id)
      refuseOtherProvider(user)
      const password = chosen ?? newTypedCode()
      const hash = await newPasswordHash(password, user.userName)
      await users.update(id, { password: { hash, mustChange: true } }, principal.name)
      await sessions.endAll(id)
      await useCase.audit(principal, 'user.reset-password', `user:${user.userName}`, { id })
      return { password: chosen === undefined ? password : undefined }
    },

    async identities(_caller, { query }) {
      const { items, next } = await identities.list(query)
      return { items: items.map(samePersonView), next }
    },

    async link({ principal }, { body }) {
      const [one, other] = [nameMeant(body.one), nameMeant(body.other)]
      if (one === other) {
        throw fail.usage(`"${body.one}" and "${body.other}" are one name, and count as one person already.`)
      }
      const made = await identities.link(one, other, principal.name)
      if (made === undefined) throw fail.conflict(`"${body.one}" and "${body.other}" are one person already.`)
      await useCase.audit(principal, 'identity.link', `user:${one}`, { other })
      return samePersonView(made)
    },

    async unlink({ principal }, { params: { id } }) {
      const ended = await identities.unlink(id, principal.name)
      if (ended === undefined) {
        throw fail.notFound(`There is no pair of names ${id}.`, { hint: 'List them: muster users identities' })
      }
      await useCase.audit(principal, 'identity.unlink', `user:${ended.one}`, { other: ended.other })
      return { removed: true }
    },

    async endSessions({ principal }, { params: { id } }) {
      const user = await find(id)
      const ended = await sessions.endAll(id)
      await useCase.audit(principal, 'user.end-sessions', `user:${user.userName}`, { id, ended })
      return { ended }
    },
  }
}

/** Throws `not-writable` for somebody whose password is kept elsewhere. */
export function refuseOtherProvider({ kind, userName }: Pick<User, 'kind' | 'userName'>): void {
  if (kind === 'local') return
  throw fail.notWritable(`The password of ${userName} is kept by the identity provider.`, {
    hint: 'Change it there.',
  })
}

/** The name by which somebody is compared, whether it is given alone or as the audit log tells it (`sso:a.kern@acme.test`). */
function nameMeant(text: string): string {
  return personBehind(text) ?? personBehind(`user:${text.trim()}`) ?? personName(text)
}

function unknown(id: string): never {
  throw fail.notFound(`There is no user with the id ${id}.`, { hint: 'List them: muster users' })
}

function asGrant({ role, connection }: { role: Grant['role']; connection?: string | undefined }): Grant {
  return connection === undefined ? { role } : { role, connection }
}

function samePersonView({ linkedAt, ...rest }: SamePerson): SamePersonView {
  return { ...rest, linkedAt: isoTime(linkedAt) }
}

function userView({ createdAt, disabledAt, lastSignedInAt, grants, ...rest }: User): UserView {
  return {
    ...rest,
    grants: grants.map((grant) => ({ ...grant })),
    createdAt: isoTime(createdAt),
    disabledAt: timeOrNone(disabledAt),
    lastSignedInAt: timeOrNone(lastSignedInAt),
  }
}
