import { foldKey } from '../domain/identity.ts'
import type { TargetSnapshot } from '../domain/snapshot.ts'
import type { Target } from '../ports/target.ts'
import type { PlanDraft, PlanInput } from './planner/input.ts'

/**
 * Before anybody is called new, the target is asked about their address: some targets do not show the address of an
 * account in a list and still find it by an exact search, and some make no account for an address although their
 * directory holds none. Returns what a second draft has to know, or undefined when the first one stands.
 */
export async function askAboutNewPeople(
  input: PlanInput,
  { unmatched }: PlanDraft,
  target: Target,
  signal: AbortSignal,
): Promise<Pick<PlanInput, 'target' | 'notCreatable'> | undefined> {
  if (unmatched.length === 0) return undefined
  const revealed = await withRevealed(input, unmatched, target, signal)
  const shown = new Set(revealed?.emails)
  const stillNew = unmatched.filter((email) => !shown.has(email))
  const asks = input.connection.users.create && input.ends.offered.has('account.create') && stillNew.length > 0
  const notCreatable = asks ? await target.notCreatable?.(stillNew, signal) : undefined
  if (revealed === undefined && (notCreatable === undefined || notCreatable.size === 0)) return undefined
  return {
    target: revealed?.snapshot ?? input.target,
    ...(notCreatable === undefined ? {} : { notCreatable }),
  }
}

/**
 * Accounts that hide their address and belong to one of these get it in the snapshot, so that correlation decides about
 * them by the same rules as about all others. Asks nothing where no account hides its address.
 */
async function withRevealed(
  { target: snapshot, connection, ends }: PlanInput,
  unmatched: readonly string[],
  target: Target,
  signal: AbortSignal,
): Promise<{ readonly snapshot: TargetSnapshot; readonly emails: readonly string[] } | undefined> {
  const hidden = new Map<string, number>()
  snapshot.accounts.forEach((account, position) => {
    if (account.kind === 'person' && account.email === undefined) hidden.set(account.id, position)
  })
  if (hidden.size === 0 || !(connection.users.match ?? ends.defaultMatch).includes('email')) return undefined
  const found = await target.accountsByEmail([...new Set(unmatched)], signal)
  const accounts = [...snapshot.accounts]
  const emails: string[] = []
  for (const email of unmatched) {
    const position = hidden.get(found.get(foldKey(email))?.id ?? '')
    if (position === undefined) continue
    accounts[position] = { ...accounts[position]!, email }
    emails.push(email)
  }
  return emails.length === 0 ? undefined : { snapshot: { ...snapshot, accounts }, emails }
}
