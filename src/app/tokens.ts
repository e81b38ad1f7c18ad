import type { Handlers } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import type { UseCase } from './use-case.ts'
import { tokenView } from './views.ts'

export function tokenUseCases(useCase: UseCase): Handlers['tokens'] {
  const { store, clock } = useCase
  return {
    list: async () => ({ items: (await store.access.listTokens()).map(tokenView) }),
    async create({ principal }, { body: { name, roles, expiresAt } }) {
      const expires = expiresAt === undefined ? undefined : Date.parse(expiresAt)
      if (expires !== undefined && expires <= clock.now()) {
        throw fail.usage(`expiresAt ${expiresAt} is in the past.`, { hint: 'Name a later instant, or leave it out.' })
      }
      const made = await store.access.createToken(name, [...new Set(roles)], expires)
      await useCase.audit(principal, 'token.create', `token:${name}`, { id: made.token.id, roles })
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
