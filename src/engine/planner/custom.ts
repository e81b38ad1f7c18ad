import type { DraftChange, DraftRef } from '../../domain/change.ts'
import type { AttributeValue, SourceUser } from '../../domain/identity.ts'
import type { PlanInput } from './input.ts'
import { type PeopleBook, writability } from './people-book.ts'
import { accountLabel, customName, type MappedValues } from './values.ts'

type Account = PlanInput['target']['accounts'][number]
type Values = Record<string, AttributeValue>

const rule = 'users.customAttributes'

/** Custom attributes of somebody who is active, in scope and has an active account (D12). */
export function planCustom(input: PlanInput, book: PeopleBook, user: SourceUser, actual: Account): void {
  const ids = Object.keys(input.connection.users.customAttributes)
  if (!input.connection.users.update || ids.length === 0) return
  const values = book.valuesOf(user)
  const stands = book.custom.standing(actual)
  const before: Values = {}
  const after: Values = {}
  for (const id of ids) {
    const wanted = values.get(customName(id))
    if (wanted === undefined || book.attributes.isDecidedAbove(customName(id), actual.id)) continue
    const has = stands[id] ?? null
    // What is empty at the source empties only what we wrote (D21).
    if (wanted === null ? !book.custom.isOurs(id, actual.id) : wanted === has) continue
    before[id] = has
    after[id] = wanted
  }
  if (Object.keys(after).length === 0) return
  const needed = bytesOf({ ...stands, ...after })
  const state = isTooMuch(input, needed) ? tooLarge : writability(input, 'custom.update', actual)
  push(book, user, { id: actual.id }, accountLabel(actual), { before, after, ...state })
}

/** Custom attributes that an account of this plan begins with. */
export function planCustomOfNew(input: PlanInput, book: PeopleBook, user: SourceUser, creation: DraftChange): void {
  const values = book.valuesOf(user)
  const after: Values = {}
  for (const id of Object.keys(input.connection.users.customAttributes)) {
    const wanted = values.get(customName(id))
    if (typeof wanted === 'string') after[id] = wanted
  }
  if (Object.keys(after).length === 0) return
  const offered = input.ends.offered.has('custom.update')
  const state = isTooMuch(input, bytesOf(after)) ? tooLarge : offered ? ready : notOffered
  push(book, user, { created: creation }, creation.accountLabel, { after, ...state })
}

/** Custom attributes about which this connection has something to say, a value or that there is none (D4). */
export function customDelivered({ connection }: PlanInput, values: MappedValues): readonly string[] {
  const { update, customAttributes } = connection.users
  if (!update) return []
  return Object.keys(customAttributes)
    .map(customName)
    .filter((name) => values.get(name) !== undefined)
}

/** What is said about a plan that writes where people do not look (D27). */
export function customNotices({ ends }: PlanInput, changes: readonly { readonly kind: string }[]): readonly string[] {
  const { hidden, seen } = ends.customAttributes ?? {}
  if (hidden !== true || !changes.some(({ kind }) => kind === 'custom.update')) return []
  return [`Where custom attributes are seen: ${seen}`]
}

const ready = { state: 'ready', stateReasons: [] } as const
const notOffered = { state: 'blocked', stateReasons: ['not-offered'] } as const
const tooLarge = { state: 'blocked', stateReasons: ['custom-too-large'] } as const

function isTooMuch({ ends }: PlanInput, bytes: number): boolean {
  return ends.customAttributes !== undefined && bytes > ends.customAttributes.bytesAtMost
}

/** What the values take as the target counts them; empty ones are not kept. */
function bytesOf(values: Values): number {
  return Buffer.byteLength(
    JSON.stringify(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))),
  )
}

function push(
  book: PeopleBook,
  user: SourceUser,
  account: DraftRef,
  label: string | undefined,
  part: Pick<DraftChange, 'before' | 'after' | 'state' | 'stateReasons'>,
): void {
  book.changes.push({
    kind: 'custom.update',
    account,
    ...(label === undefined ? {} : { accountLabel: label }),
    person: book.personOf(user),
    reason: 'attribute-differs',
    rule,
    ...part,
  })
}
