import { type DriftKind, driftKinds } from '../../domain/drift.ts'

/** Which differences are shown; stands in the address. */
export interface DriftSearch {
  readonly kind?: DriftKind
  readonly text?: string
  /** Only what somebody decided about, or only the rest. */
  readonly decided?: 'yes' | 'no'
}

export function driftSearch(given: Record<string, unknown>): DriftSearch {
  const kind = (Object.keys(driftKinds) as DriftKind[]).find((each) => each === given.kind)
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(given.decided === 'yes' || given.decided === 'no' ? { decided: given.decided } : {}),
    ...(typeof given.text === 'string' && given.text !== '' ? { text: given.text.slice(0, 200) } : {}),
  }
}
