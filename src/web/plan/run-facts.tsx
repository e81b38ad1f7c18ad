import { Link } from '@tanstack/react-router'
import type { PlanView } from '../../contract/plans.ts'
import type { RunView } from '../../contract/runs.ts'
import { When } from '../parts/when.tsx'
import { listed, shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { duration } from '../words/times.ts'
import { openCounts } from './open-counts.ts'

/** Who started it, how long it took, what became of the changes, what it cost in calls. */
export function RunFacts({ run, plan }: { readonly run: RunView; readonly plan: PlanView | undefined }) {
  const outcomes = Object.entries(run.outcomes).map(
    ([outcome, count]) => `${shownNumber(count)} ${t(`outcome.${outcome as keyof RunView['outcomes']}`).toLowerCase()}`,
  )
  const open = plan === undefined ? undefined : openCounts(plan)
  const left =
    open === undefined
      ? []
      : (['ready', 'held', 'blocked'] as const).flatMap((state) =>
          open[state] === 0 ? [] : [`${shownNumber(open[state])} ${t(`plan.state.${state}`).toLowerCase()}`],
        )
  const calls = Object.values(run.calls ?? {}).reduce((sum, count) => sum + count, 0)
  return (
    <dl className="facts">
      <dt>{t('run.started')}</dt>
      <dd>
        {t('run.startedBy', {
          kind: t(`run.kind.${run.kind}`),
          who: run.startedBy,
          trigger: t(`run.trigger.${run.trigger}`),
          when: '',
        })}{' '}
        <When at={run.startedAt} short />
        {run.endedAt !== undefined && `, ${duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}`}
      </dd>
      {run.undoOf !== undefined && <Linked word="run.undoOf" number={run.undoOf} />}
      {run.undoneBy !== undefined && <Linked word="run.undoneBy" number={run.undoneBy} />}
      {left.length > 0 && (
        <>
          <dt>{t('outcome.open')}</dt>
          <dd>{listed(left)}</dd>
        </>
      )}
      {outcomes.length > 0 && (
        <>
          <dt>{t('run.outcomes')}</dt>
          <dd>{listed(outcomes)}</dd>
        </>
      )}
      {run.provenLater !== undefined && <ProvenLater {...run.provenLater} />}
      {run.leftOpen === true && (
        <>
          <dt>{t('run.proof')}</dt>
          <dd>{t('run.leftOpen')}</dd>
        </>
      )}
      {calls > 0 && (
        <>
          <dt>{t('run.calls')}</dt>
          <dd
            title={Object.entries(run.calls ?? {})
              .map(([name, count]) => `${name} ${count}`)
              .join(', ')}
          >
            {shownNumber(calls)}
          </dd>
        </>
      )}
    </dl>
  )
}

/** What later runs found of writes that this one did not prove itself. */
function ProvenLater({ proven, missing, runs }: NonNullable<RunView['provenLater']>) {
  const found = [
    ...(proven === 0 ? [] : [t('run.provenLater', { count: proven })]),
    ...(missing === 0 ? [] : [t('run.missingLater', { count: missing })]),
  ]
  return (
    <>
      <dt>{t('run.proof')}</dt>
      <dd>
        {listed(found)}:{' '}
        {runs.map((number, index) => (
          <span key={number}>
            {index > 0 && ', '}
            <Link to="/runs/$run" params={{ run: String(number) }}>
              {t('run.lookedBy', { number })}
            </Link>
          </span>
        ))}
      </dd>
    </>
  )
}

function Linked({ word, number }: { readonly word: 'run.undoOf' | 'run.undoneBy'; readonly number: number }) {
  return (
    <>
      <dt>{t('run.undo')}</dt>
      <dd>
        <Link to="/runs/$run" params={{ run: String(number) }}>
          {t(word, { number })}
        </Link>
      </dd>
    </>
  )
}
