import type { RunState } from '../../domain/run.ts'
import { t } from '../words/t.ts'
import { Lozenge, type Tone } from './lozenge.tsx'

const tones: Readonly<Record<RunState, Tone>> = {
  planning: 'info',
  planned: 'discovery',
  waiting: 'warning',
  applying: 'info',
  applied: 'success',
  partial: 'warning',
  held: 'danger',
  failed: 'danger',
  cancelled: 'neutral',
  superseded: 'neutral',
}

/** The colour of a state, also where it is no lozenge. */
export function toneOf(state: RunState): Tone {
  return tones[state]
}

export function RunStateLozenge({ state }: { readonly state: RunState }) {
  return <Lozenge tone={tones[state]}>{t(`run.state.${state}`)}</Lozenge>
}
