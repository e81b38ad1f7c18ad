import type { RunView } from '../../contract/runs.ts'
import { ChangeBar } from '../parts/change-bar.tsx'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'

const sorts = ['create', 'change', 'remove', 'note'] as const
const signs = { create: '+', change: '~', remove: '−', note: '=' } as const

/** How many changes the plan of a run asked for. */
export function plannedCount({ planned }: RunView): number {
  return planned === undefined ? 0 : sorts.reduce((sum, sort) => sum + planned[sort], 0)
}

/** What the plan of a run asked for: a bar in the colours of all changes, and the same in figures. */
export function Planned({ run }: { readonly run: RunView }) {
  const { planned } = run
  if (planned === undefined) return null
  if (plannedCount(run) === 0) return <span className="subtle">{t('runs.noChange')}</span>
  const figures = sorts.flatMap((sort) => (planned[sort] === 0 ? [] : [[sort, planned[sort]] as const]))
  return (
    <div className="planned">
      <ChangeBar counts={planned} />
      <span className="num nowrap small">
        {figures.map(([sort, count]) => (
          <span key={sort} className={`tone-${sort}`} title={t(`runs.planned.${sort}`, { count })}>
            {signs[sort]}
            {shownNumber(count)}{' '}
          </span>
        ))}
      </span>
    </div>
  )
}
