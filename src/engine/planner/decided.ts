import type { Decision, RememberedKind } from '../../domain/decision.ts'
import type { PlanInput } from './input.ts'

/** What people decided earlier, asked by subject. */
export interface Decided {
  /** A person said that this account does not belong to the one with this key. */
  isNot(personKey: string, accountId: string): boolean
  /** No account is made for this person. */
  forgotten(personKey: string): Decision | undefined
  /** The foreign suspension of the account may be lifted, once. */
  reactivates(personKey: string, accountId: string): Decision | undefined
  /** What was taken from the account when the person left is given back. */
  givesBack(personKey: string, accountId: string): Decision | undefined
  /** The source group may have a name that others want, too. */
  takesName(groupKey: string): Decision | undefined
  /** The source group is left out under this rule. */
  ignores(groupKey: string, rule: string): boolean
}

const none: Decided = {
  isNot: () => false,
  forgotten: () => undefined,
  reactivates: () => undefined,
  givesBack: () => undefined,
  takesName: () => undefined,
  ignores: () => false,
}

export function decided({ memory, connection }: Pick<PlanInput, 'memory' | 'connection'>): Decided {
  const ours = memory.decisions.filter(({ subject }) => subject.source === connection.source)
  if (ours.length === 0) return none
  const name = (of: string, key: string, decision: RememberedKind, about = '') =>
    JSON.stringify([of, key, decision, about])
  const found = new Map(
    ours.map((each) => {
      const { of, key, rule } = each.subject
      return [name(of, key, each.decision, of === 'person' ? each.objectId : rule), each]
    }),
  )
  const person = (key: string, decision: RememberedKind, accountId?: string) =>
    found.get(name('person', key, decision, accountId))
  return {
    isNot: (key, accountId) => person(key, 'none', accountId) !== undefined,
    forgotten: (key) => person(key, 'forget'),
    reactivates: (key, accountId) => person(key, 'reactivate', accountId),
    givesBack: (key, accountId) => person(key, 'give-back', accountId),
    takesName: (key) => found.get(name('group', key, 'take', 'byName')),
    ignores: (key, rule) => found.has(name('group', key, 'ignore', rule)),
  }
}
