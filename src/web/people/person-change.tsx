import type { ReportRow } from '../../contract/report.ts'
import { sortOf } from '../parts/change-bar.tsx'
import { Lozenge, type Tone } from '../parts/lozenge.tsx'
import { When } from '../parts/when.tsx'
import { kindName } from '../plan/kind-name.ts'
import { subjectOf } from '../plan/subject.ts'
import { RunLink } from '../runs/run-link.tsx'
import { t } from '../words/t.ts'

const tones: Readonly<Record<ReportRow['state'], Tone>> = { ready: 'neutral', held: 'warning', blocked: 'danger' }

/** One change of somebody: what, why, when, in which run; of an open one, what it waits for. */
export function PersonChange({ change, isDone = false }: { readonly change: ReportRow; readonly isDone?: boolean }) {
  const { kind, state, stateReasons, sentence, at, run } = change
  return (
    <div className="in-text">
      <span className={`tone-${sortOf(kind)}`}>{kindName(kind)}:</span> {subjectOf(change)}{' '}
      {!isDone && <Lozenge tone={tones[state]}>{t(`plan.state.${state}`)}</Lozenge>} <RunLink run={run} />,{' '}
      <When at={at} short />
      <span className="subtle small" style={{ display: 'block' }}>
        {sentence}
        {!isDone && stateReasons.map((each) => `; ${each.sentence}`)}
      </span>
    </div>
  )
}
