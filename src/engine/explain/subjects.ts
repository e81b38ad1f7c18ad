import { foldKey } from '../../domain/identity.ts'
import type { PlanInput } from '../planner/input.ts'
import { identifiers, personLabel, valueMapper } from '../planner/values.ts'
import type { Subject } from './explanation.ts'

/** More people than this under one name are not an answer. */
const mostPeople = 5

/**
 * Who of a connection is called this: by key, address, login or name at the source; by key, who left it; else by id, address,
 * login or name in the target.
 */
export function subjectsOf(input: PlanInput, asked: string): readonly Subject[] {
  const { source, target, memory, connection } = input
  const wanted = foldKey(asked)
  const is = (...names: readonly (string | null | undefined)[]) =>
    names.some((name) => name === asked || (typeof name === 'string' && name !== '' && foldKey(name) === wanted))
  const links = memory.links.filter((link) => link.source === connection.source)
  const accountAt = new Map(target.accounts.map(({ id }, position) => [id, position]))
  const userAt = new Map(source.users.map(({ key }, position) => [key, position]))
  const bySourceKey = (sourceKey: string): Subject => {
    const link = links.find((each) => each.sourceKey === sourceKey)
    return { user: userAt.get(sourceKey) ?? -1, account: accountAt.get(link?.accountId ?? '') ?? -1, sourceKey }
  }

  const found: Subject[] = []
  const valuesOf = valueMapper(input)
  for (const user of source.users) {
    const values = valuesOf(user)
    const { email, userName } = identifiers(values)
    if (is(user.key, email, userName, values.get('displayName'), personLabel(user, values))) {
      found.push(bySourceKey(user.key))
    }
  }
  for (const { sourceKey } of links) {
    if (!userAt.has(sourceKey) && sourceKey === asked) found.push(bySourceKey(sourceKey))
  }
  if (found.length > 0) return found.slice(0, mostPeople)
  target.accounts.forEach(({ id, email, userName, displayName }, account) => {
    if (!is(id, email, userName, displayName)) return
    const sourceKey = links.find(({ accountId }) => accountId === id)?.sourceKey
    found.push(sourceKey === undefined ? { user: -1, account, sourceKey } : bySourceKey(sourceKey))
  })
  return found.slice(0, mostPeople)
}
