import { Link } from '@tanstack/react-router'
import type { RunView } from '../../contract/runs.ts'
import { RunStateLozenge } from '../parts/run-state.tsx'
import { When } from '../parts/when.tsx'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { duration } from '../words/times.ts'
import { Planned } from './planned.tsx'

/** Runs as rows, the newest first. */
export function RunTable({ runs }: { readonly runs: readonly RunView[] }) {
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th>{t('run.number')}</th>
            <th>{t('run.connection')}</th>
            <th>{t('run.state')}</th>
            <th>{t('run.kind')}</th>
            <th>{t('run.trigger')}</th>
            <th>{t('run.started')}</th>
            <th className="right">{t('run.duration')}</th>
            <th>{t('runs.changes')}</th>
            <th className="right">{t('runs.done')}</th>
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
                <Link to="/connections/$key" params={{ key: run.connection }}>
                  {run.connection}
                </Link>
              </td>
              <td>
                <RunStateLozenge state={run.state} />
              </td>
              <td>{t(`run.kind.${run.kind}`)}</td>
              <td>{t(`run.trigger.${run.trigger}`)}</td>
              <td>
                <When at={run.startedAt} short />
              </td>
              <td className="right num nowrap">
                {run.endedAt === undefined ? '' : duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}
              </td>
              <td>
                <Planned run={run} />
              </td>
              <td className="right num">{doneOf(run)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function doneOf({ outcomes }: RunView): string {
  const count = (outcomes.applied ?? 0) + (outcomes.alreadyTrue ?? 0)
  return count === 0 ? '' : shownNumber(count)
}
