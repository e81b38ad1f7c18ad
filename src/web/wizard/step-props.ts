import type { Draft } from './draft.ts'

/** What each step of the wizard is handed. */
export interface StepProps {
  readonly draft: Draft
  readonly change: (part: Partial<Draft>) => void
}
