import type { Change } from '../../../domain/change.ts'
import type { SourceReadSummary } from '../../../domain/snapshot.ts'
import type { Groups } from '../groups.ts'
import type { PlanInput } from '../input.ts'
import type { PeopleBook } from '../people-book.ts'
import type { Protection } from '../protection.ts'
import { judgeEffects } from './effects.ts'
import type { Judged } from './judgement.ts'
import { judgeReads } from './reads.ts'
import { judgeTrust } from './trust.ts'

/** Judges a numbered plan: what is over a limit or rests on doubtful reads is held, never dropped (D18). */
export function applyGuards(
  input: PlanInput,
  protection: Protection,
  people: Pick<PeopleBook, 'missing'>,
  groups: Groups,
  changes: readonly Change[],
  read: SourceReadSummary,
): Judged {
  const scales = judgeEffects(input, protection, changes)
  judgeReads(input, groups, read, scales)
  judgeTrust(input, changes.length === 0, people.missing.length, scales)
  return scales.judged()
}
