import type { ChangeKind } from '../../domain/change.ts'
import { t } from '../words/t.ts'

/** A kind as a filter is called: `Create accounts`. */
export function kindName(kind: ChangeKind): string {
  return t(`kindName.${kind}`)
}

/** A kind with its number, as a heading: `Create 3 accounts`. */
export function kindHeading(kind: ChangeKind, count: number): string {
  return t(`kind.${kind}`, { count })
}
