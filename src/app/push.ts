import type { Handlers, Principal } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import { isoTime } from '../platform/clock.ts'
import type { PushRequest, PushToken } from '../ports/push-directory.ts'
import type { UseCase } from './use-case.ts'

const hourMs = 3_600_000
/** How long the old token stays valid after a rotation, unless somebody says otherwise. */
const rotationMs = 7 * 24 * hourMs

/** Sources that identity providers push into: address, tokens, baseline, log of requests. */
export function pushUseCases(useCase: UseCase): Handlers['push'] {
  const { store, clock } = useCase
  const { directory, tokens, requests } = store.push

  /** Throws `not-found`, and `config-invalid` for a source that receives nothing. */
  const assertPushed = async (key: string) => {
    const object = await useCase.object('source', key)
    const kind = useCase.catalog.sources.find(({ type }) => type === object.document.type)
    if (kind?.push !== undefined) return
    throw fail.configInvalid(`The source "${key}" is of type ${String(object.document.type)}; nobody pushes into it.`, {
      hint: 'Tokens, baseline and the log of requests belong to sources of type scim-push.',
    })
  }
  const instantOf = (text: string | undefined, name: string) => {
    const instant = text === undefined ? undefined : Date.parse(text)
    if (instant === undefined || instant > clock.now()) return instant
    throw fail.usage(`${name} ${text} is in the past.`, { hint: 'Name a later instant, or leave it out.' })
  }
  const create = async (principal: Principal, key: string, act: string, expiresAt: number | undefined) => {
    const made = await tokens.create(key, expiresAt)
    await useCase.audit(principal, act, `source:${key}`, { token: made.token.id })
    return { token: tokenView(made.token), value: made.value, baseUrl: useCase.scimBaseUrl(key) }
  }

  return {
    async status(_caller, { params: { key } }) {
      await assertPushed(key)
      const { changedAt, baselineAt, ...status } = await directory.status(key)
      return {
        baseUrl: useCase.scimBaseUrl(key),
        ...status,
        ...(changedAt === undefined ? {} : { changedAt: isoTime(changedAt) }),
        ...(baselineAt === undefined ? {} : { baselineAt: isoTime(baselineAt) }),
        baselineOffered: baselineAt === undefined && changedAt !== undefined && clock.now() - changedAt >= hourMs,
        tokens: (await tokens.list(key)).map(tokenView),
      }
    },
    async declareBaseline({ principal }, { params: { key } }) {
      await assertPushed(key)
      const { users, groups, memberships } = await directory.status(key)
      await directory.declareBaseline(key, principal.name)
      await useCase.audit(principal, 'source.baseline', `source:${key}`, { users, groups, memberships })
      return { done: true }
    },
    async createToken({ principal }, { params: { key }, body }) {
      await assertPushed(key)
      return await create(principal, key, 'source.token.create', instantOf(body.expiresAt, 'expiresAt'))
    },
    async rotateToken({ principal }, { params: { key }, body }) {
      await assertPushed(key)
      const present = await tokens.list(key)
      const endsAt = instantOf(body.oldEndsAt, 'oldEndsAt') ?? clock.now() + rotationMs
      const created = await create(principal, key, 'source.token.rotate', instantOf(body.expiresAt, 'expiresAt'))
      for (const { id, expiresAt = Number.POSITIVE_INFINITY } of present) {
        if (expiresAt > endsAt) await tokens.revoke(key, id, endsAt)
      }
      return created
    },
    async revokeToken({ principal }, { params: { key, id } }) {
      await assertPushed(key)
      if (!(await tokens.revoke(key, id))) {
        throw fail.notFound(`The source "${key}" has no valid token with the id ${id}.`, {
          hint: `List them: muster token list --source ${key}`,
        })
      }
      await useCase.audit(principal, 'source.token.revoke', `source:${key}`, { token: id })
      return { removed: true }
    },
    async requests(_caller, { params: { key }, query: { failed, ...page } }) {
      await assertPushed(key)
      const { items, next } = await requests.list(key, { failedOnly: failed === 'true' }, page)
      return { items: items.map(requestView), ...(next === undefined ? {} : { next }) }
    },
  }
}

function tokenView({ id, prefix, createdAt, expiresAt, lastUsedAt }: PushToken) {
  return {
    id,
    prefix,
    createdAt: isoTime(createdAt),
    ...(expiresAt === undefined ? {} : { expiresAt: isoTime(expiresAt) }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: isoTime(lastUsedAt) }),
  }
}

function requestView({ at, notices, ...request }: PushRequest & { readonly id: string }) {
  return { ...request, at: isoTime(at), notices: [...notices] }
}
