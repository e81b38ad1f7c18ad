import type { Handlers } from '../contract/routes.ts'
import { isoTime } from '../platform/clock.ts'
import type { UseCase } from './use-case.ts'
import { timeOrNone } from './views.ts'

/** What can be looked up: audit log, members of a group, sealed secrets. */
export function auditUseCases({ store }: UseCase): Handlers['audit'] {
  return {
    async list(_caller, { query }) {
      const { items, next } = await store.audit.list(query)
      return {
        items: items.map(({ at, detail, ...rest }) => ({
          ...rest,
          at: isoTime(at),
          detail: detail === undefined ? undefined : { ...detail },
        })),
        next,
      }
    },
    async verify() {
      const firstBrokenSeq = await store.audit.verify()
      return { whole: firstBrokenSeq === undefined, firstBrokenSeq }
    },
  }
}

export function groupUseCases({ store }: UseCase): Handlers['groups'] {
  return {
    async list(_caller, { query: { target, text, cursor, limit } }) {
      const directoryKey = await store.directories.boundKey(target)
      if (directoryKey === undefined) return { items: [] }
      const { items, next } = await store.directories.groups(directoryKey, text, { cursor, limit })
      return { items: items.map((group) => ({ ...group, directoryKey })), next }
    },
    async members(_caller, { params: { directoryKey, groupId }, query: { at, text, cursor, limit } }) {
      const filter = { at: at === undefined ? undefined : Date.parse(at), text }
      const { items, next } = await store.directories.findMembers(directoryKey, groupId, filter, { cursor, limit })
      return { items: items.map(({ since, ...rest }) => ({ ...rest, since: isoTime(since) })), next }
    },
  }
}

export function secretUseCases(useCase: UseCase): Handlers['secrets'] {
  const { store } = useCase
  return {
    async list() {
      const secrets = await store.secrets.list()
      return { items: secrets.map(({ expires, ...rest }) => ({ ...rest, expires: timeOrNone(expires) })) }
    },
    async rotate({ principal }) {
      const sealed = await store.secrets.rotate()
      await useCase.audit(principal, 'secrets.rotate', 'secrets', { sealed })
      return { sealed }
    },
  }
}
