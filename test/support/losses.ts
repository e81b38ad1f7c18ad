import type { Change } from '../../src/domain/change.ts'
import type { PlanDraft } from '../../src/engine/planner/input.ts'
import { applied, type World } from './world.ts'

/** Which products an active account may use, in any role: by itself, or by a group. */
function productsOf(w: World, accountId: string): ReadonlySet<string> {
  const { state = 'active', access } = w.accounts[accountId] ?? { state: 'disabled' }
  if (state !== 'active') return new Set()
  const given = Object.keys(w.accessGrants).filter(
    (key) => key.endsWith(`/${accountId}`) && (w.accessGrants[key]?.length ?? 0) > 0,
  )
  const direct = access ?? given.map((key) => key.slice(0, key.indexOf('/')))
  const byGroups = Object.values(w.targetGroups).flatMap((group) =>
    group.members.includes(accountId) ? (group.access ?? []) : [],
  )
  return new Set([...direct, ...byGroups].map((role) => role.split(':')[0]!))
}

/**
 * The worlds that the execution of a plan goes through, change by change in its order. `fails` = the change meets trouble;
 * what needs it is then left out, as the executor does.
 */
function* stepsOf(
  w: World,
  plan: Pick<PlanDraft, 'changes'>,
  fails: (change: Change) => boolean = () => false,
): Generator<{ readonly change: Change; readonly now: World }> {
  const done: Change[] = []
  const cameTrue = new Set<number>()
  for (const change of plan.changes) {
    if (change.state !== 'ready' || fails(change) || !change.needs.every((seq) => cameTrue.has(seq))) continue
    done.push(change)
    cameTrue.add(change.seq)
    yield { change, now: applied(w, { changes: done }) }
  }
}

/** Who has a product before and after a plan, and not at every step between. */
export function lossesUnderWay(
  w: World,
  plan: Pick<PlanDraft, 'changes'>,
  fails?: (change: Change) => boolean,
): readonly string[] {
  const end = applied(w, plan)
  const held = Object.keys(w.accounts).flatMap((id) => {
    const after = productsOf(end, id)
    return [...productsOf(w, id)].filter((product) => after.has(product)).map((product) => [id, product] as const)
  })
  if (held.length === 0) return []
  for (const { change, now } of stepsOf(w, plan, fails)) {
    const lost = held.filter(([id, product]) => !productsOf(now, id).has(product))
    if (lost.length > 0) return lost.map(([id, product]) => `${id} loses ${product} by change ${change.seq}`)
  }
  return []
}

/** Who is meant to have a product by a rule, has it before a plan, and not after it. */
export function lossesOfMeant(w: World, plan: Pick<PlanDraft, 'changes'>): readonly string[] {
  const { access, scope = {} } = w.rules.users as { access: { product: string }[]; scope?: object }
  const wanted = access.map(({ product }) => product)
  if (wanted.length === 0 || Object.keys(scope).length > 0) return []
  const end = applied(w, plan)
  return Object.entries(end.links).flatMap(([key, id]) => {
    if (w.people[key]?.active !== true || !(id in w.accounts)) return []
    const after = productsOf(end, id)
    return [...productsOf(w, id)]
      .filter((product) => wanted.includes(product) && !after.has(product))
      .map((product) => `${id} (${key}) loses ${product}`)
  })
}
