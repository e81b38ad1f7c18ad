import type { Instant } from '../../domain/identity.ts'
import type { Plan } from '../../domain/plan.ts'
import type { Run, UndoneSince } from '../../domain/run.ts'
import { isoTime } from '../../platform/clock.ts'

/** What is to be taken back: all that a connection did from then on, or what it did to one person. */
export interface SinceThen {
  readonly since: Instant
  readonly person?: string | undefined
}

/** A run that did something since then; without a plan its changes are no longer kept. */
export interface RunSince {
  readonly run: Run
  readonly plan: Plan | undefined
}

/** How the run of the undo names what it takes back. */
export function undoneSince(runs: readonly RunSince[], { since, person }: SinceThen): UndoneSince {
  const partly = runs.filter(({ run, plan }) => run.startedAt < since || plan === undefined)
  return {
    since,
    ...(person === undefined ? {} : { person }),
    runs: runs.map(({ run }) => run.number),
    ...(partly.length === 0 ? {} : { partly: partly.map(({ run }) => run.number) }),
  }
}

/** What a person approves, in words. */
export function whatOf(connection: string, runs: readonly RunSince[], { since, person }: SinceThen): string {
  const numbers = runs.map(({ run }) => run.number)
  const which =
    numbers.length === 1 ? `run ${numbers[0]}` : `${numbers.length} runs, ${numbers[0]} to ${numbers.at(-1)}`
  return `what "${connection}" did${person === undefined ? '' : ` to ${person}`} since ${isoTime(since)} (${which}), as far as it did not take it back itself`
}

/** What is not taken back, a sentence for each run; `here` = those that wrote to the directory of now. */
export function leftOut(
  runs: readonly RunSince[],
  here: readonly RunSince[],
  unanswered: readonly number[],
): readonly string[] {
  const lost = here.filter(({ plan }) => plan === undefined).map(({ run }) => run.number)
  const elsewhere = runs.filter((each) => !here.includes(each)).map(({ run }) => run.number)
  const sentences: readonly (readonly [readonly number[], string])[] = [
    [lost, 'are no longer kept; what it did stays'],
    [elsewhere, 'were written to another directory than this connection writes to now; they stay'],
    [unanswered, 'were sent in part and never answered; finish that run first if they are to be taken back too'],
  ]
  return sentences.flatMap(([numbers, sentence]) =>
    numbers.map((number) => `The changes of run ${number} ${sentence}.`),
  )
}
