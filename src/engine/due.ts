import type { Instant } from '../domain/identity.ts'
import { dueAt, mayBeginAt, type Schedule } from '../domain/schedule.ts'
import type { RunStore } from '../ports/runs.ts'

/** A connection that runs by itself. */
export interface Scheduled {
  readonly key: string
  readonly schedule: Schedule
  /** When these settings were saved: before the first run the schedule counts from here. */
  readonly savedAt: Instant
}

interface Begun {
  readonly since: Instant
  readonly hasRun: boolean
}

/** When the last full run of a connection began, whoever began it. */
export async function lastBegun(
  { runs }: { readonly runs: Pick<RunStore, 'list'> },
  { key, savedAt }: Pick<Scheduled, 'key' | 'savedAt'>,
): Promise<Begun> {
  // Other runs do not count, however many there were: only a full one compares everybody (P19).
  const [last] = (await runs.list({ connection: key, kinds: ['full'] }, { limit: 1 })).items
  return last === undefined ? { since: savedAt, hasRun: false } : { since: last.startedAt, hasRun: true }
}

/** True when a run should begin now: what was missed runs once, and nothing begins outside a window or in a freeze. */
export function isDue({ schedule }: Scheduled, { since, hasRun }: Begun, now: Instant): boolean {
  const due = dueAt(schedule, since, hasRun)
  return due !== undefined && due <= now && mayBeginAt(schedule, now)
}
