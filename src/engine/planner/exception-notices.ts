import type { Change } from '../../domain/change.ts'
import type { Exception } from '../../domain/exception.ts'
import type { PlanInput } from './input.ts'
import type { PeopleBook } from './people-book.ts'
import { accountLabel } from './values.ts'

const namesShown = 10

/** What a plan leaves as it is because a person decided so, and what people decided that it cannot carry out yet. */
export function exceptionNotices(
  input: PlanInput,
  { exceptions, positionOf }: Pick<PeopleBook, 'exceptions' | 'positionOf'>,
  changes: readonly Change[],
): readonly string[] {
  const { target, part } = input
  const groupName = new Map(
    exceptions.used.size + exceptions.orders.length === 0 ? [] : target.groups.map(({ id, name }) => [id, name]),
  )
  const named = ({ accountId = '', groupId, attribute }: Exception) => {
    const account = target.accounts[positionOf.get(accountId) ?? -1]
    const where = groupId === undefined ? attribute : (groupName.get(groupId) ?? groupId)
    return `${account === undefined ? accountId : accountLabel(account)}${where === undefined ? '' : ` (${where})`}`
  }
  const list = (all: readonly Exception[]) => {
    const names = all.map(named).sort()
    const more = names.length > namesShown ? `, and ${names.length - namesShown} more` : ''
    return `${names.slice(0, namesShown).join(', ')}${more}`
  }
  const used = [...exceptions.used]
  // What keeps access counts for every connection of the directory, and is taken back where it was decided.
  const lists = [...new Set(used.map(({ connection }) => `muster drift decisions ${connection}`))].sort()
  const kept =
    used.length === 0
      ? []
      : [
          `${used.length} ${used.length === 1 ? 'difference is' : 'differences are'} left as a person decided (kept-by-decision): ${list(used)}. All decisions: ${lists.join(', ')}`,
        ]
  if (part !== undefined) return kept
  const planned = new Set(
    changes.flatMap(({ account, group }) =>
      account !== undefined && 'id' in account
        ? [`${account.id}\n${group !== undefined && 'id' in group ? group.id : ''}`]
        : [],
    ),
  )
  const undone = [...exceptions.orders, ...exceptions.deactivations].filter(
    ({ id, accountId, groupId = '' }) => !exceptions.spent.has(id) && !planned.has(`${accountId}\n${groupId}`),
  )
  if (undone.length === 0) return kept
  return [
    ...kept,
    `${undone.length} ${undone.length === 1 ? 'decision is' : 'decisions are'} not carried out by this plan, because the account or group is protected, not read completely, not ours to change, or could be somebody's at the source: ${list(undone)}.`,
  ]
}
