import { foldKey } from '../domain/identity.ts'
import type { TargetSnapshot } from '../domain/snapshot.ts'
import type { Target } from '../ports/target.ts'
import type { PlanInput } from './planner/input.ts'
import { identifiers, valueMapper } from './planner/values.ts'

/**
 * Some targets do not show the address of an account in a list and still find it by an exact search. Before anybody is
 * called new, their address is searched for; what is found gets its address in the snapshot, so that correlation decides
 * about it by the same rules as about every other account. Asks nothing where no account hides its address.
 */
export async function revealAddresses(
  input: Pick<PlanInput, 'connection' | 'source' | 'target' | 'ends' | 'memory'>,
  target: Target,
  signal: AbortSignal,
): Promise<TargetSnapshot> {
  const { accounts } = input.target
  const hidden = new Map<string, number>()
  const shown = new Set<string>()
  accounts.forEach((account, position) => {
    if (account.kind !== 'person') return
    if (account.email === undefined) hidden.set(account.id, position)
    else shown.add(foldKey(account.email))
  })
  const match = input.connection.users.match ?? input.ends.defaultMatch
  if (hidden.size === 0 || !match.includes('email')) return input.target

  const linked = new Set(
    input.memory.links.filter((link) => link.source === input.connection.source).map((link) => link.sourceKey),
  )
  const valuesOf = valueMapper(input)
  const wanted = new Set<string>()
  for (const user of input.source.users) {
    if (!user.active || linked.has(user.key)) continue
    const { email } = identifiers(valuesOf(user))
    if (email !== undefined && !shown.has(foldKey(email))) wanted.add(email)
  }
  if (wanted.size === 0) return input.target

  const found = await target.accountsByEmail([...wanted], signal)
  const revealed = [...accounts]
  for (const email of wanted) {
    const position = hidden.get(found.get(foldKey(email))?.id ?? '')
    if (position !== undefined) revealed[position] = { ...accounts[position]!, email }
  }
  return { ...input.target, accounts: revealed }
}
