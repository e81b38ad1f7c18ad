import { identityAttributes } from '../../domain/change.ts'
import { type Attributes, foldKey, type SourceUser } from '../../domain/identity.ts'
import { attributesRead, type Mapped, type MappingRule, mappingRule } from '../../domain/mapping.ts'
import type { GuardResult } from '../../domain/plan.ts'
import type { StandReason } from '../../domain/reason.ts'
import type { AccountsNamed } from './account-names.ts'
import type { AttributeLedger } from './attributes.ts'
import type { PlanInput, TargetEnd } from './input.ts'

export type MappedValues = Pick<ReadonlyMap<string, Mapped>, 'get'>
type Account = PlanInput['target']['accounts'][number]

interface Rules extends Pick<PlanInput, 'connection'> {
  readonly ends: Pick<PlanInput['ends'], 'defaultMapping'>
}
type Read = { readonly source: Pick<PlanInput['source'], 'users' | 'absentMeansEmpty'> }

/** What a custom attribute is called among the attributes of the target. */
export const customName = (id: string) => `custom:${id}`

/** Every rule that fills something in the target, custom attributes too, by `customName`. */
export function rulesOf({ connection, ends }: Rules): [string, MappingRule][] {
  const { mapping, customAttributes } = connection.users
  const custom = Object.entries(customAttributes).map(([id, rule]): [string, MappingRule] => [customName(id), rule])
  return [...Object.entries({ ...ends.defaultMapping, ...mapping }), ...custom]
}

/**
 * Attributes that a rule or the scope asks for and whose absence from a record means that they are empty: the source says
 * so, and delivers them for others (D21).
 */
export function emptyIfAbsent(input: Rules & Read): ReadonlySet<string> {
  const { source, connection } = input
  if (source.absentMeansEmpty !== true) return new Set()
  const { include, exclude } = connection.users.scope
  const inScope = [...include, ...exclude].flatMap((each) => ('attribute' in each ? [each.attribute] : []))
  const asked = new Set([...inScope, ...rulesOf(input).flatMap(([, rule]) => [...attributesRead(rule)])])
  const isDelivered = (name: string) => source.users.some(({ attributes }) => Object.hasOwn(attributes, name))
  return new Set([...asked].filter(isDelivered))
}

/** Attributes of the target that rest on one of the source which has suddenly vanished. */
export function attributesWithout(input: Rules, guards: readonly GuardResult[]): ReadonlySet<string> {
  const gone = guards.flatMap(({ guard, about, tripped }) =>
    guard === 'guard:attribute-vanished' && tripped && about !== undefined ? [about] : [],
  )
  if (gone.length === 0) return new Set()
  const resting = rulesOf(input).filter(([, rule]) => gone.some((name) => attributesRead(rule).has(name)))
  return new Set(resting.map(([attribute]) => attribute))
}

/**
 * Maps a person's attributes when they are asked for. Those of the last person are remembered: whatever is planned for one
 * person asks for the same few, and then nobody asks again.
 */
export function valueMapper(input: Rules & Read): (user: SourceUser) => MappedValues {
  const emptyNames = emptyIfAbsent(input)
  const compiled = new Map(rulesOf(input).map(([name, rule]) => [name, mappingRule(rule, emptyNames)]))
  const known = new Map<string, Mapped>()
  let knownOf: Attributes | undefined
  return ({ attributes }) => ({
    get(name) {
      if (knownOf !== attributes) {
        knownOf = attributes
        known.clear()
      }
      if (known.has(name)) return known.get(name)
      const value = compiled.get(name)?.(attributes)
      known.set(name, value)
      return value
    },
  })
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

type Values = Record<string, string | null>

/** How an account differs from the mapped values of its person. */
export interface Differences {
  readonly before: Values
  readonly after: Values
  /** Values of ours that the source emptied and the target needs; they stay (D21). */
  readonly needed: Values
}

/** By these people sign in, are found and are known: an account is never left without them. */
const identity: readonly string[] = ['email', 'userName', 'displayName']

/**
 * Mapped values that differ from the account's. What is unknown changes nothing (P15), what is empty empties only what we
 * wrote (D21), and what another connection with more say delivers is left to it (D4). Undefined = nothing differs.
 */
export function differences(
  input: PlanInput,
  values: MappedValues,
  actual: Account,
  ledger: AttributeLedger,
  listen?: (name: string, reason: StandReason) => void,
): Differences | undefined {
  let differing: Differences | undefined
  const found = () => {
    differing ??= { before: {}, after: {}, needed: {} }
    return differing
  }
  for (const { name, when, required } of input.ends.writableAttributes) {
    const wanted = when === 'always' ? values.get(name) : undefined
    if (wanted === undefined || ledger.isDecidedAbove(name, actual.id)) {
      listen?.(name, when !== 'always' ? 'only-at-creation' : wanted === undefined ? 'value-unknown' : 'decided-above')
      continue
    }
    const has = attributeOf(actual, name)
    // Hidden from us: nobody can say whether it differs.
    if (has === undefined) {
      listen?.(name, 'value-hidden')
      continue
    }
    const isEmpty = has === null || has === ''
    if (wanted === null) {
      if (isEmpty || !ledger.isOurs(name, actual.id, has)) {
        listen?.(name, isEmpty ? 'as-wanted' : 'value-foreign')
        continue
      }
      if (required || identity.includes(name)) {
        found().needed[name] = has
        continue
      }
    } else {
      const caseMatters = name !== 'email' && name !== 'userName'
      const isSame = caseMatters ? has === wanted : foldKey(has ?? '') === foldKey(wanted)
      if (isSame || (!isEmpty && isOnlyIfEmpty(input, name))) {
        listen?.(name, isSame ? 'as-wanted' : 'only-if-empty')
        continue
      }
    }
    found().before[name] = has
    found().after[name] = wanted
  }
  return differing
}

const isOnlyIfEmpty = ({ connection }: PlanInput, name: string) => connection.users.mapping[name]?.onlyIfEmpty === true

/**
 * Has this connection something to say about an attribute of the target, a value or that there is none? One that only fills
 * what is empty says nothing about an account that has another value.
 */
export function isDelivered(
  input: PlanInput,
  { name, when }: PlanInput['ends']['writableAttributes'][number],
  values: MappedValues,
  actual: Account | undefined,
): boolean {
  const wanted = when === 'always' ? values.get(name) : undefined
  if (wanted === undefined) return false
  const has = actual === undefined ? undefined : attributeOf(actual, name)
  return !(isOnlyIfEmpty(input, name) && has !== undefined && has !== null && has !== '' && has !== wanted)
}

/**
 * Tells whether an address or username among new values is another account's. For an account that is to be created (-1)
 * only those of people count: customers and apps have a directory of their own.
 */
export function takenNames(
  { target }: Pick<PlanInput, 'target'>,
  named: AccountsNamed,
): (after: Attributes, account: number) => boolean {
  return (after, account) =>
    identityAttributes.some((name) => {
      const value = after[name]
      if (typeof value !== 'string') return false
      const isInTheWay = (holder: number) =>
        holder !== account && (account >= 0 || target.accounts[holder]!.kind === 'person')
      return named(name, value).some(isInTheWay)
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
