import { Link, useNavigate } from '@tanstack/react-router'
import type { RunView } from '../../contract/runs.ts'
import { RunStateLozenge } from '../parts/run-state.tsx'
import { When } from '../parts/when.tsx'
import { plannedCount } from '../runs/planned.tsx'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { shortTime } from '../words/times.ts'
import { heightOf } from './geometry.ts'
import { Picture } from './picture.tsx'

const sorts = ['create', 'change', 'remove', 'note'] as const

/** What each run of a connection planned: one stacked column for each, the oldest at the left. */
export function ChangeColumns({ runs }: { readonly runs: readonly RunView[] }) {
  const highest = runs.reduce((most, run) => Math.max(most, plannedCount(run)), 0)
  return (
    <Picture
      title={t('picture.columns')}
      sentence={t('picture.columnsSentence', { runs: runs.length, highest })}
      table={<ColumnTable runs={runs.toReversed()} />}
    >
      <Columns runs={runs} />
      <ul className="legend">
        {sorts.map((sort) => (
          <li key={sort}>
            <span className={`bar-${sort}`} /> {t(`picture.sort.${sort}`)}
          </li>
        ))}
      </ul>
    </Picture>
  )
}

/** The columns alone; small ones stand on cards. Whoever shows them hides them from readers and says the same in words. */
export function Columns({ runs, small = false }: { readonly runs: readonly RunView[]; readonly small?: boolean }) {
  const navigate = useNavigate()
  const highest = runs.reduce((most, run) => Math.max(most, plannedCount(run)), 0)
  return (
    <div className="columns-picture" data-small={small}>
      {runs.map((run) => {
        const count = plannedCount(run)
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the table beside it has the same as links
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above
          <div
            key={run.id}
            className="column"
            title={`#${run.number} ${t(`run.state.${run.state}`)}, ${shortTime(run.startedAt)}: ${t('picture.changes', { count })}`}
            onClick={() => void navigate({ to: '/runs/$run', params: { run: String(run.number) } })}
          >
            <div className="column-body" style={{ height: `max(2px, ${heightOf(count, highest, 6)}%)` }}>
              {sorts.toReversed().map((sort) => (
                <div key={sort} className={`bar-${sort}`} style={{ flexGrow: run.planned?.[sort] ?? 0 }} />
              ))}
            </div>
          </div>
        )
      })}
    </div>
  )
}

function ColumnTable({ runs }: { readonly runs: readonly RunView[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t('run.number')}</th>
          <th>{t('run.started')}</th>
          <th>{t('run.state')}</th>
          {sorts.map((sort) => (
            <th key={sort} className="right">
              {t(`picture.sort.${sort}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td className="num">
              <Link to="/runs/$run" params={{ run: String(run.number) }}>
                #{run.number}
              </Link>
            </td>
            <td>
              <When at={run.startedAt} short />
            </td>
            <td>
              <RunStateLozenge state={run.state} />
            </td>
            {sorts.map((sort) => (
              <td key={sort} className="right num">
                {shownNumber(run.planned?.[sort] ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
