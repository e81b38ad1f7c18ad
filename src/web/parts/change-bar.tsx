import { type ChangeKind, changeKinds } from '../../domain/change.ts'
import { shownNumber } from '../words/numbers.ts'

type Sort = 'create' | 'change' | 'remove' | 'note'

const sorts = { '+': 'create', '~': 'change', '-': 'remove', '=': 'note' } as const satisfies Record<string, Sort>

/** How a kind is coloured everywhere: what is given, changed, taken away, or only noted. */
export function sortOf(kind: ChangeKind): Sort {
  return sorts[changeKinds[kind].sign]
}

/** Proportions of what a plan does; the numbers stand beside it as text. */
export function ChangeBar({ counts }: { readonly counts: Readonly<Partial<Record<Sort, number>>> }) {
  const parts = (['create', 'change', 'remove', 'note'] as const).flatMap((sort) => {
    const count = counts[sort] ?? 0
    return count === 0 ? [] : [[sort, count] as const]
  })
  return (
    <div
      className="bar"
      aria-hidden="true"
      title={parts.map(([sort, count]) => `${sort} ${shownNumber(count)}`).join(', ')}
    >
      {parts.map(([sort, count]) => (
        <div key={sort} className={`bar-${sort}`} style={{ flexGrow: count, flexBasis: 3 }} />
      ))}
    </div>
  )
}
