import type { TargetAccount, TargetGroup, WritableAttribute } from '../../../domain/account.ts'
import { type Attributes, type AttributeValue, firstValue, foldKey } from '../../../domain/identity.ts'
import { type LocalGroup, type LocalPerson, mailAttribute } from '../../../domain/local.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'

/** Records of the built-in directory as accounts and groups, and what is written as attributes of people. Pure. */

const seenAs = (what: string) => `${what} of the person in the built-in directory, for every connection that reads it.`

export const writableAttributes: readonly WritableAttribute[] = [
  { name: 'userName', required: true, when: 'always', maxLength: 255, seen: seenAs('Login') },
  { name: 'email', required: true, when: 'always', maxLength: 320, seen: seenAs('Address (mail)') },
  { name: 'displayName', required: false, when: 'always', maxLength: 1000, seen: seenAs('Full name') },
  { name: 'givenName', required: false, when: 'always', maxLength: 1000, seen: seenAs('First name') },
  { name: 'familyName', required: false, when: 'always', maxLength: 1000, seen: seenAs('Last name') },
]

const names = ['displayName', 'givenName', 'familyName'] as const

/** Names that a custom attribute cannot have here, because the mapping or the source itself fills them. */
export const takenNames: ReadonlySet<string> = new Set(['userName', 'mail', 'email', ...names])

const why = 'it is protected in the built-in directory'
const administers = new Set(builtInProtectedGroups.map(foldKey))

export function accountOf(person: LocalPerson): TargetAccount {
  const { key, userName, active, attributes, kept = [], origin } = person
  const displayName = firstValue(attributes.displayName)
  const custom = Object.fromEntries(kept.flatMap((name) => told(attributes, name)))
  return {
    id: key,
    kind: 'person',
    state: active ? 'active' : 'suspended',
    userName,
    email: firstValue(attributes[mailAttribute(person)]) ?? '',
    ...(displayName === undefined ? {} : { displayName }),
    ...(origin === undefined ? {} : { externalId: origin }),
    ...(person.protected === true ? { readOnlyBecause: why } : {}),
    attributes: { givenName: attributes.givenName ?? null, familyName: attributes.familyName ?? null },
    ...(kept.length === 0 ? {} : { custom }),
  }
}

function told(attributes: Attributes, name: string): [string, AttributeValue][] {
  const value = attributes[name]
  return value === undefined ? [] : [[name, value]]
}

export function groupOf({ key, name, description, protected: isProtected }: LocalGroup): TargetGroup {
  return {
    id: key,
    name,
    ...(description === undefined ? {} : { description }),
    ...(isProtected === true ? { readOnlyBecause: why } : {}),
    grantsAdmin: administers.has(foldKey(name)),
  }
}

/** The person with these attributes of the target; undefined = nothing is different. */
export function withAttributes(person: LocalPerson, after: Attributes): LocalPerson | undefined {
  const mail = mailAttribute(person)
  const wanted: Record<string, AttributeValue> = {}
  if (after.email !== undefined) wanted[mail] = after.email
  for (const name of names) {
    const value = after[name]
    if (value !== undefined) wanted[name] = value
  }
  const userName = firstValue(after.userName) ?? person.userName
  const next = { ...person, userName, attributes: { ...person.attributes, ...wanted } }
  return isSame(person, next) ? undefined : next
}

/** The person with exactly these custom attributes beside what others entered; undefined = nothing is different. */
export function withCustom(person: LocalPerson, after: Attributes): LocalPerson | undefined {
  const before = new Set(person.kept)
  const theirs = Object.entries(person.attributes).filter(([name]) => !before.has(name))
  const ours = Object.entries(after).filter(([, value]) => value !== null && value.length > 0)
  const next = {
    ...person,
    attributes: Object.fromEntries([...theirs, ...ours]),
    kept: ours.map(([name]) => name).toSorted(),
  }
  return isSame(person, next) ? undefined : next
}

function isSame(a: LocalPerson, b: LocalPerson): boolean {
  const text = ({ userName, active, attributes, kept = [] }: LocalPerson) =>
    JSON.stringify([userName, active, Object.entries(attributes).toSorted(([x], [y]) => (x < y ? -1 : 1)), kept])
  return text(a) === text(b)
}
