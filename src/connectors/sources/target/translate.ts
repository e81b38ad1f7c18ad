import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import type { Attributes, SourceGroup, SourceUser } from '../../../domain/identity.ts'

/** Only people come from a site: apps, customers of a help desk and whatever cannot be told apart from them stay there. */
export function isPerson({ kind }: TargetAccount): boolean {
  return kind === 'person'
}

/** What the target does not show - a hidden address - is unknown, not empty (D21), so it is left out. */
export function asUser({ id, state, userName, email, displayName, externalId, attributes }: TargetAccount): SourceUser {
  const own: Record<string, string | undefined> = { userName, email, displayName, externalId }
  const told = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    key: id,
    active: state === 'active',
    attributes: { ...attributes, ...Object.fromEntries(told), accountId: id, state } satisfies Attributes,
  }
}

export function asGroup({ id, name, description }: TargetGroup): SourceGroup {
  return { key: id, name, ...(description === undefined ? {} : { description }) }
}
