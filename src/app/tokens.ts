import type { Handlers, Principal } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import type { ApiToken } from '../ports/access.ts'
import { commonRights, rightsOf } from './authority.ts'
import { actorOf } from './sign-in/door.ts'
import type { UseCase } from './use-case.ts'
import { tokenView } from './views.ts'

/**
 * What an identity provider said about somebody counts this long for their personal tokens: it does not tell us when they
 * leave, and their tokens must not stay behind.
 */
const vouchedForMs = 14 * 86_400_000

/** Whom a token acts as. A personal one may do what it says and its owner may do now. Undefined when the owner is gone. */
export async function tokenPrincipal(
  { store: { signIn }, clock }: Pick<UseCase, 'store' | 'clock'>,
  { name, roles, connections, user }: ApiToken,
): Promise<Principal | undefined> {
  const token: Principal =
    connections === undefined
      ? { name: `token:${name}`, roles }
      : { name: `token:${name}`, roles: [], onConnections: Object.fromEntries(connections.map((key) => [key, roles])) }
  if (user === undefined) return token
  const owner = await signIn.users.get(user.id)
  if (owner === undefined || owner.disabledAt !== undefined) return undefined
  if (owner.kind === 'oidc' && (owner.lastSignedInAt ?? 0) < clock.now() - vouchedForMs) return undefined
  const rights = commonRights(token, { name: '', ...rightsOf(owner.grants) })
  const { id, userName, displayName } = owner
  return {
    name: `${actorOf(owner)}/${name}`,
    ...rights,
    user: { id, userName, ...(displayName === undefined ? {} : { displayName }) },
  }
}

export function tokenUseCases(useCase: UseCase): Handlers['tokens'] {
  const { store, clock } = useCase
  return {
    list: async () => ({ items: (await store.access.listTokens()).map(tokenView) }),
    async create({ principal }, { body: { name, roles, connections, expiresAt } }) {
      const expires = expiresAt === undefined ? undefined : Date.parse(expiresAt)
      if (expires !== undefined && expires <= clock.now()) {
        throw fail.usage(`expiresAt ${expiresAt} is in the past.`, { hint: 'Name a later instant, or leave it out.' })
      }
      const made = await store.access.createToken(name, [...new Set(roles)], expires, { connections })
      await useCase.audit(principal, 'token.create', `token:${name}`, { id: made.token.id, roles, connections })
      return { token: tokenView(made.token), value: made.value }
    },
    async revoke({ principal }, { params: { id } }) {
      const removed = await store.access.revokeToken(id)
      if (!removed)
        throw fail.notFound(`There is no token with the id ${id}.`, { hint: 'List them: muster token list' })
      await useCase.audit(principal, 'token.revoke', `token:${id}`)
      return { removed }
    },
  }
}
