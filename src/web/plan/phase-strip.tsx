import type { PlanView } from '../../contract/plans.ts'
import type { RunView } from '../../contract/runs.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../words/t.ts'

const phases = ['read-source', 'read-target', 'plan', 'guard', 'approve', 'apply', 'verify'] as const
type Phase = (typeof phases)[number]
type State = 'done' | 'now' | 'stopped' | 'open'

/** Where a run stands on its way, and what stopped it. */
export function PhaseStrip({ run, plan }: { readonly run: RunView; readonly plan: PlanView | undefined }) {
  return (
    <ol className="phases" aria-label={t('phase.strip')}>
      {phases.map((phase) => {
        const state = stateOf(phase, run, plan)
        return (
          <li key={phase} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
            <span className="phase-mark">
              {state === 'done' && <Icon name="check" size={12} />}
              {state === 'stopped' && <Icon name="pause" size={12} />}
            </span>
            <span>
              {t(`phase.${phase}`)}
              <span className="subtle small phase-note">{noteOf(phase, state, run, plan)}</span>
            </span>
          </li>
        )
      })}
    </ol>
  )
}

/** The phase that a run is in or ended in, as an index. */
function positionOf({ state, progress }: RunView, plan: PlanView | undefined): number {
  const at = (phase: Phase) => phases.indexOf(phase)
  if (state === 'applied') return phases.length
  if (state === 'planned' || state === 'waiting' || state === 'held')
    return plan?.approval === undefined ? at('approve') : at('apply')
  if (state === 'partial') return at('verify')
  if (progress !== undefined) return at(progress.phase)
  return plan === undefined ? 0 : at('approve')
}

function stateOf(phase: Phase, run: RunView, plan: PlanView | undefined): State {
  const index = phases.indexOf(phase)
  const position = positionOf(run, plan)
  if (phase === 'guard' && index < position && plan?.guards.some(({ tripped }) => tripped) === true) return 'stopped'
  if (index < position) return 'done'
  if (index > position) return 'open'
  return run.state === 'failed' || run.state === 'cancelled' || run.state === 'partial' ? 'stopped' : 'now'
}

function noteOf(phase: Phase, state: State, run: RunView, plan: PlanView | undefined): string {
  const { progress } = run
  if (progress?.phase === phase && state === 'now') {
    return progress.total === undefined
      ? t('run.progressOpen', { done: progress.done })
      : t('run.progress', { done: progress.done, total: progress.total })
  }
  if (state === 'open' || plan === undefined) return t(`phase.state.${state}`)
  const { read, total } = plan.summary
  if (phase === 'read-source')
    return t('phase.note.source', { people: read.sourceUsers ?? 0, groups: read.sourceGroups ?? 0 })
  if (phase === 'read-target')
    return t('phase.note.target', { accounts: read.targetAccounts ?? 0, groups: read.targetGroups ?? 0 })
  if (phase === 'plan') return t('phase.note.plan', { total })
  if (phase === 'guard') return t('phase.note.guard', { tripped: plan.guards.filter(({ tripped }) => tripped).length })
  return t(`phase.state.${state}`)
}
