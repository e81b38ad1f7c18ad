import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { PlanView } from '../../contract/plans.ts'
import type { RunView } from '../../contract/runs.ts'
import '../look/plan.css'
import { ChangeBar, sortOf } from '../parts/change-bar.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Message } from '../parts/message.tsx'
import { Page } from '../parts/page.tsx'
import { RunStateLozenge } from '../parts/run-state.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { effectSentence } from './effect.ts'
import type { PlanFilter } from './filter.ts'
import { useLiveRun } from './live-run.ts'
import { PhaseStrip } from './phase-strip.tsx'
import { PlanActions } from './plan-actions.tsx'
import { PlanChanges } from './plan-view.tsx'
import { planQuery } from './queries.ts'
import { RunFacts } from './run-facts.tsx'

const route = getRouteApi('/runs/$run')

export function RunPage() {
  const { run: reference } = route.useParams()
  const filter = route.useSearch()
  const run = useLiveRun(reference, filter)
  const planId = run.data?.planId
  const plan = useQuery({ ...planQuery(planId ?? ''), enabled: planId !== undefined })
  if (run.data === undefined) return <Loaded query={run}>{() => null}</Loaded>
  return <Ready run={run.data} plan={plan.data} error={plan.error} />
}

function Ready({
  run,
  plan,
  error,
}: {
  readonly run: RunView
  readonly plan: PlanView | undefined
  readonly error: Error | null
}) {
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const setFilter = useCallback(
    (change: (before: PlanFilter) => PlanFilter) =>
      void navigate({ search: (before) => change(before), replace: true, resetScroll: false }),
    [navigate],
  )
  return (
    <Page
      title={`${t('run.number')} ${run.number}`}
      marks={<RunStateLozenge state={run.state} />}
      crumbs={[
        <Link key="runs" to="/runs">
          {t('nav.runs')}
        </Link>,
        <Link key="connection" to="/connections/$key" params={{ key: run.connection }}>
          {run.connection}
        </Link>,
      ]}
      lead={t(`run.stateHelp.${run.state}`)}
      actions={<PlanActions run={run} plan={plan} />}
    >
      {run.error !== undefined && (
        <Message tone="danger" title={`${t('run.error')}: ${run.error.message}`}>
          {run.error.hint !== undefined && <div>{run.error.hint}</div>}
          {run.error.problems?.map(({ where, message, hint }) => (
            <div key={`${where}${message}`}>
              {where} {message} {hint}
            </div>
          ))}
        </Message>
      )}
      <PhaseStrip run={run} plan={plan} />
      {plan !== undefined && <Effect plan={plan} />}
      <RunFacts run={run} plan={plan} />
      {error !== null && <Failure error={error} />}
      {plan === undefined ? (
        run.planId === undefined && run.state !== 'planning' && <div className="subtle">{t('run.noPlan')}</div>
      ) : (
        <PlanChanges plan={plan} filter={filter} setFilter={setFilter} />
      )}
    </Page>
  )
}

/** What the plan does, in one sentence and as a bar, with what it costs. */
function Effect({ plan }: { readonly plan: PlanView }) {
  const { tally, summary, approval, rejection, expiresAt, run } = plan
  const counts = { create: 0, change: 0, remove: 0, note: 0 }
  for (const { kind, count } of tally) counts[sortOf(kind)] += count
  const isEmpty = summary.total === 0
  return (
    <div className="card stack-tight">
      <div style={{ fontSize: 16, fontWeight: 600 }}>
        {isEmpty ? t((summary.read.unproven ?? 0) > 0 ? 'plan.emptyUnproven' : 'plan.empty') : effectSentence(tally)}
      </div>
      {!isEmpty && <ChangeBar counts={counts} />}
      {Object.entries(summary.seats ?? {}).map(([key, { title, taken, freed, total, used }]) => (
        <div key={key}>
          {t('plan.seats', { title, taken, freed })}
          {total !== undefined && used !== undefined && ` (${t('plan.seatsUsed', { total, used })})`}
        </div>
      ))}
      {(summary.mails ?? 0) > 0 && <div>{t('plan.mails', { count: summary.mails ?? 0 })}</div>}
      {approval !== undefined && (
        <div className="subtle">
          {t('plan.approved', { who: approval.by, when: '' })} <When at={approval.at} short />
          {approval.comment !== undefined && `: ${approval.comment}`}
        </div>
      )}
      {rejection !== undefined && (
        <div className="tone-remove">
          {t('plan.rejected', { who: rejection.by })} <When at={rejection.at} short />
          {rejection.comment !== undefined && `: ${rejection.comment}`}
        </div>
      )}
      {expiresAt !== undefined && ['planned', 'waiting', 'held'].includes(run.state) && (
        <div className="subtle">
          {t('plan.expires')} <When at={expiresAt} />
        </div>
      )}
    </div>
  )
}
