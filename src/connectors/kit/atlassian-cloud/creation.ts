import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import { firstValue, foldKey } from '../../../domain/identity.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { applied, failed } from '../verdicts.ts'
import { settled } from '../waiting.ts'
import type { Writing } from './writing.ts'

/** Accounts are created by inviting an e-mail address. Whatever happens, no address is invited twice. */

/** An account that is to be there. */
export interface Wish {
  readonly order: Order
  /** As the source spells it. */
  readonly email: string
  readonly key: string
}

/** Looks for the accounts, for up to a minute where they may still appear; the others fail with what `why` says. */
export async function lookedUp(
  wishes: readonly Wish[],
  { signal }: ApplyContext,
  { reads, clock, memory }: Writing,
  why: (wish: Wish) => ProvisioningError,
  mayAppear = (wish: Wish) => why(wish).mayHaveApplied,
): Promise<readonly Applied[]> {
  const found = new Map<string, string>()
  await settled(clock, signal, async () => {
    const open = wishes.filter(({ key }) => !found.has(key))
    const accounts = await reads.accountsByEmail(
      open.map(({ key }) => key),
      signal,
    )
    for (const [key, { id }] of accounts) found.set(key, id)
    return wishes.every((wish) => found.has(wish.key) || !mayAppear(wish)) ? true : undefined
  })
  return wishes.map((wish) => {
    const id = found.get(wish.key)
    if (id === undefined) return failed(wish.order, why(wish))
    memory.created(id)
    return applied(wish.order, id)
  })
}

export function alreadyThere({ order }: Wish, createdId: string): Applied {
  return { seq: order.seq, outcome: 'alreadyTrue', createdId }
}

/** Orders with a usable address, each address once; the others with their answer. */
export function sorted(orders: readonly Order[]): {
  readonly wishes: readonly Wish[]
  readonly refused: readonly Applied[]
} {
  const wishes = new Map<string, Wish>()
  const refused: Applied[] = []
  for (const order of orders) {
    const email = firstValue(order.after?.email)?.trim()
    if (email === undefined || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
      refused.push(failed(order, fail.rejected(`An account needs an e-mail address; ${email ?? 'none'} was given.`)))
      continue
    }
    const key = foldKey(email)
    if (wishes.has(key)) {
      refused.push(failed(order, fail.conflict(`Another change of the same plan creates the account of ${email}.`)))
      continue
    }
    wishes.set(key, { order, email, key })
  }
  return { wishes: [...wishes.values()], refused }
}

export function unclear({ email }: Pick<Wish, 'email'>): ProvisioningError {
  return fail.unreachable(`Whether the account of ${email} was created cannot be seen yet.`, {
    mayHaveApplied: true,
    hint: 'The address is not invited again. The next run finds the account, or plans it anew.',
  })
}

export function refusalHint(text: string): { readonly hint?: string } {
  return /deactivat|inactive/i.test(text)
    ? { hint: 'Deactivated accounts cannot be invited: reactivate the account in Atlassian Administration first.' }
    : {}
}
