import { identityAttributes } from '../../domain/change.ts'
import { type Attributes, foldKey, type SourceUser } from '../../domain/identity.ts'
import { type Mapped, mappingRule } from '../../domain/mapping.ts'
import type { PlanInput, TargetEnd } from './input.ts'

export type MappedValues = Pick<ReadonlyMap<string, Mapped>, 'get'>
type Account = PlanInput['target']['accounts'][number]

/** Maps a person's attributes when they are asked for; nothing is remembered, because most are asked for once. */
export function valueMapper(input: Pick<PlanInput, 'connection' | 'ends'>): (user: SourceUser) => MappedValues {
  const rules = Object.entries({ ...input.ends.defaultMapping, ...input.connection.users.mapping })
  const compiled = new Map(rules.map(([name, rule]) => [name, mappingRule(rule)]))
  return ({ attributes }) => ({ get: (name) => compiled.get(name)?.(attributes) })
}

/** The values a person may be recognised by. */
export function identifiers(values: MappedValues): { email?: string; userName?: string } {
  const email = values.get('email')
  const userName = values.get('userName')
  return { ...(email ? { email } : {}), ...(userName ? { userName } : {}) }
}

/** What a new account is created with. */
export function creationValues(input: PlanInput, values: MappedValues): Record<string, string> {
  const after: Record<string, string> = {}
  const { writableAttributes, emailDomains } = input.ends
  const willBeManaged = emailDomains?.includes(domainOf(values.get('email') ?? '')) === true
  for (const { name, managedOnly } of writableAttributes) {
    const value = values.get(name)
    if (typeof value === 'string' && (willBeManaged || managedOnly !== true)) after[name] = value
  }
  return after
}

/** Folded, for comparing; the whole text where there is no `@`. */
export function domainOf(address: string): string {
  return foldKey(address.slice(address.lastIndexOf('@') + 1))
}

/** True when a new value is longer than the target takes. */
export function isTooLong({ writableAttributes }: Pick<TargetEnd, 'writableAttributes'>, after: Attributes): boolean {
  return writableAttributes.some(({ name, maxLength }) => {
    const value = after[name]
    return maxLength !== undefined && typeof value === 'string' && [...value].length > maxLength
  })
}

/** Mapped values that differ from the account's. Unknown and empty values change nothing (P15). */
export function differences(
  input: PlanInput,
  values: MappedValues,
  actual: Account,
): { before: Attributes; after: Attributes } | undefined {
  const before: Record<string, string | null> = {}
  const after: Record<string, string | null> = {}
  for (const { name, when } of input.ends.writableAttributes) {
    const wanted = values.get(name)
    if (when !== 'always' || wanted === undefined || wanted === null) continue
    const has = attributeOf(actual, name)
    // Hidden from us: nobody can say whether it differs.
    if (has === undefined) continue
    const caseMatters = name !== 'email' && name !== 'userName'
    if (caseMatters ? has === wanted : foldKey(has ?? '') === foldKey(wanted)) continue
    if (input.connection.users.mapping[name]?.onlyIfEmpty === true && has !== null && has !== '') continue
    before[name] = has
    after[name] = wanted
  }
  return Object.keys(after).length === 0 ? undefined : { before, after }
}

/**
 * Tells whether an address or username among new values is another account's; indexes are built when first asked. For an
 * account that is to be created (-1) only those of people count: customers and apps have a directory of their own.
 */
export function takenNames({ target }: Pick<PlanInput, 'target'>): (after: Attributes, account: number) => boolean {
  const holdersOf = (name: 'email' | 'userName') => {
    const holders = new Map<string, number[]>()
    target.accounts.forEach((account, position) => {
      const key = foldKey(account[name] ?? '')
      if (key === '') return
      const list = holders.get(key)
      if (list === undefined) holders.set(key, [position])
      else list.push(position)
    })
    return holders
  }
  const known: { email?: Map<string, number[]>; userName?: Map<string, number[]> } = {}
  return (after, account) =>
    identityAttributes.some((name) => {
      const value = after[name]
      if (typeof value !== 'string') return false
      known[name] ??= holdersOf(name)
      const isInTheWay = (holder: number) =>
        holder !== account && (account >= 0 || target.accounts[holder]!.kind === 'person')
      return known[name].get(foldKey(value))?.some(isInTheWay) === true
    })
}

/** The value as the target shows it; undefined = it is hidden from us. */
export function attributeOf(account: Account, name: string): string | null | undefined {
  if (name === 'email' || name === 'userName' || name === 'displayName') return account[name]
  const value = account.attributes?.[name]
  return typeof value === 'string' || value === null ? value : value?.[0]
}

/** What people call an account: name and address, as far as they are known. */
export function accountLabel(account: Pick<Account, 'id' | 'displayName' | 'email' | 'userName'>): string {
  return called(account.displayName ?? account.userName, account.email) ?? account.id
}

/** What people call a person at the source. */
export function personLabel(user: SourceUser, values: MappedValues): string {
  return called(values.get('displayName') ?? values.get('userName'), values.get('email')) ?? user.key
}

function called(name: Mapped, email: Mapped): string | undefined {
  if (name && email) return `${name} <${email}>`
  return name || email || undefined
}

/** One `@`, something on both sides, no blanks: enough to catch a wrong column, the target decides the rest. */
export function isMailAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text)
}
