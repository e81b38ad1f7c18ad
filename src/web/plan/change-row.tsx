import { Checkbox } from '@mantine/core'
import type { ChangeView } from '../../contract/plans.ts'
import { sortOf } from '../parts/change-bar.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Lozenge, type Tone } from '../parts/lozenge.tsx'
import { t } from '../words/t.ts'
import { subjectOf, viaOf } from './subject.ts'

const icons = { create: 'plus', change: 'change', remove: 'minus', note: 'note' } as const satisfies Record<
  string,
  IconName
>

const outcomeTones: Readonly<Record<Exclude<ChangeView['outcome'], 'open'>, Tone>> = {
  applied: 'info',
  alreadyTrue: 'success',
  unproven: 'warning',
  failed: 'danger',
  skipped: 'warning',
}

export interface ChangeRowProps {
  readonly change: ChangeView
  readonly opened: boolean
  readonly selected: boolean
  readonly toggle: () => void
  /** Absent where nothing can be chosen. */
  readonly select: (() => void) | undefined
}

/** One change: sign, subject, reason, state. Opens to its details. */
export function ChangeRow({ change, opened, selected, toggle, select }: ChangeRowProps) {
  const { seq, kind, sentence, state, outcome } = change
  const sort = sortOf(kind)
  const via = viaOf(change)
  return (
    <div className="change">
      {select !== undefined && state === 'held' && outcome === 'open' ? (
        <Checkbox aria-label={t('plan.select', { seq })} checked={selected} onChange={select} />
      ) : (
        <span />
      )}
      <span className="num subtle small">{seq}</span>
      <span className={`tone-${sort}`}>
        <Icon name={icons[sort]} />
      </span>
      <button type="button" className="change-open" aria-expanded={opened} onClick={toggle}>
        <span className="change-subject break">{subjectOf(change)}</span>
        {via !== '' && <span className="subtle"> ({via})</span>}
        <span className="subtle small" style={{ display: 'block' }}>
          {sentence}
        </span>
      </button>
      <Fate change={change} />
    </div>
  )
}

function Fate({ change: { state, outcome, verifiedAt } }: { readonly change: ChangeView }) {
  if (outcome === 'applied' && verifiedAt !== undefined)
    return <Lozenge tone="success">{t('outcome.verified')}</Lozenge>
  if (outcome !== 'open') return <Lozenge tone={outcomeTones[outcome]}>{t(`outcome.${outcome}`)}</Lozenge>
  const tone = state === 'held' ? 'warning' : state === 'blocked' ? 'danger' : 'neutral'
  return <Lozenge tone={tone}>{t(`plan.state.${state}`)}</Lozenge>
}
