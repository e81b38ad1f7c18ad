import type { Outcome } from './change.ts'
import type { Instant } from './identity.ts'

export const runStates = [
  'planning',
  'planned',
  'waiting',
  'applying',
  'applied',
  'partial',
  'held',
  'failed',
  'cancelled',
  'superseded',
] as const
/**
 * `planned` = a preview, finished; `waiting` = for approval; `held` = nothing may go on without a person; `applied` only
 * when every change was applied and verified (D24); `partial` when something is left.
 */
export type RunState = (typeof runStates)[number]

export const endedStates: readonly RunState[] = [
  'planned',
  'applied',
  'partial',
  'held',
  'failed',
  'cancelled',
  'superseded',
]

export type RunTrigger = 'cli' | 'api' | 'schedule' | 'push'

export interface RunError {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly problems?: readonly { readonly where?: string; readonly message: string; readonly hint?: string }[]
}

/** A read of the source that several runs waited for. */
export interface SharedRead {
  /** When it began: what every one of these runs knows of the source is as old as this. */
  readonly since: Instant
  /** The other connections. */
  readonly with: readonly string[]
}

/** Counted progress of the phase under way. */
export interface RunProgress {
  readonly phase: 'read-source' | 'read-target' | 'plan' | 'apply' | 'verify'
  readonly done: number
  /** Unknown while reading. */
  readonly total?: number
}

/** One execution from reading to reporting. */
export interface Run {
  readonly id: string
  /** Counts from 1 in one installation: what people say to each other. */
  readonly number: number
  readonly connection: string
  readonly directoryKey?: string
  /**
   * `incremental` = some people only, after a push or because somebody asked for one person; `retire` = takes away what
   * the connection granted, because it goes out of use.
   */
  readonly kind: 'full' | 'preview' | 'incremental' | 'undo' | 'retire'
  readonly trigger: RunTrigger
  /** `os:anna`, `token:ci`, `schedule`. */
  readonly startedBy: string
  readonly state: RunState
  readonly startedAt: Instant
  readonly endedAt?: Instant
  readonly planId?: string
  /** Number of the run that this one takes back. */
  readonly undoOf?: number
  /** Of an undo: what of that run it is about; absent = all of it. */
  readonly undoPart?: { readonly changes?: number; readonly person?: string }
  /** Of an undo of several runs: everything that the connection did from that time on. */
  readonly undoSince?: UndoneSince
  /** Number of the newest undo of this whole run that changed something. Undone is a link, not a state. */
  readonly undoneBy?: number
  /** Absent = the source was read for this run alone. */
  readonly sharedRead?: SharedRead
  readonly progress?: RunProgress
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>
  readonly error?: RunError
  /** It ended with writes that were never answered, or were accepted and never seen: the next run of the connection looks. */
  readonly leftOpen?: boolean
  /** What later runs found of writes that this one did not prove itself. */
  readonly provenLater?: ProvenLater
  /** Calls sent to the target, by operation. */
  readonly calls?: Readonly<Record<string, number>>
}

/** What became of writes that a run could not prove itself. */
export interface ProvenLater {
  /** Writes that later runs saw, and writes that they did not find, which were planned afresh. */
  readonly proven: number
  readonly missing: number
  /** Numbers of the runs that looked, the oldest first. */
  readonly runs: readonly number[]
}

/** What is known after one more run looked; nothing new where it decided nothing. Pure. */
export function provenBy(
  before: ProvenLater | undefined,
  run: number,
  { proven, missing }: Pick<ProvenLater, 'proven' | 'missing'>,
): ProvenLater | undefined {
  if (proven + missing === 0) return before
  const { proven: wereProven, missing: wereMissing, runs } = before ?? { proven: 0, missing: 0, runs: [] }
  return {
    proven: wereProven + proven,
    missing: wereMissing + missing,
    runs: runs.includes(run) ? runs : [...runs, run],
  }
}

/** Since when the sources of a run were read: what came later it does not know. */
export function readSince({ startedAt, sharedRead }: Pick<Run, 'startedAt' | 'sharedRead'>): Instant {
  return sharedRead === undefined ? startedAt : Math.min(startedAt, sharedRead.since)
}

/** What an undo of several runs takes back. */
export interface UndoneSince {
  readonly since: Instant
  /** Only what was done to this person. */
  readonly person?: string
  /** Numbers of the runs that did something, the oldest first. */
  readonly runs: readonly number[]
  /** Those among them that began before that time: what they did earlier stays. */
  readonly partly?: readonly number[]
}

/** Counts that decide the state of a run that stopped applying. */
export interface ApplyTally {
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>
  /** Ready changes without an outcome. */
  readonly open: number
  readonly held: number
  readonly blocked: number
}

/** No state says success while a change is unverified, failed, held or blocked. */
export function stateAfterApply({ outcomes, open, held, blocked }: ApplyTally): RunState {
  const unfinished = open + (outcomes.failed ?? 0) + (outcomes.skipped ?? 0) + (outcomes.unproven ?? 0) + blocked
  const finished = (outcomes.applied ?? 0) + (outcomes.alreadyTrue ?? 0)
  if (unfinished === 0 && held === 0) return 'applied'
  return finished === 0 && held > 0 && unfinished === 0 ? 'held' : 'partial'
}
