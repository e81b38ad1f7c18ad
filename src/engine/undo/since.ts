import { fail } from '../../domain/errors.ts'
import type { Plan } from '../../domain/plan.ts'
import { isoTime } from '../../platform/clock.ts'
import type { Store } from '../../ports/store.ts'
import { saveTargetPlan, sightOfTarget, type TargetPlanning } from '../target-plan.ts'
import type { Done } from './folding.ts'
import { changesThatCameTrue, sentWithoutAnswer } from './planning.ts'
import { chosenPerson, withIds } from './selection.ts'
import { type EndingRun, makeUndoOfRuns } from './several.ts'
import { leftOut, type RunSince, type SinceThen, whatOf } from './since-words.ts'

const pageSize = 200

/** The runs of a connection that did something since then, the oldest first. Throws `conflict` when there are none. */
export async function runsSince(
  store: Pick<Store, 'runs' | 'plans'>,
  connection: string,
  { since }: SinceThen,
): Promise<readonly [RunSince, ...RunSince[]]> {
  const found: RunSince[] = []
  let cursor: string | undefined
  do {
    const { items, next } = await store.runs.list({ connection, endedSince: since }, { cursor, limit: pageSize })
    for (const run of items) {
      const { applied = 0, alreadyTrue = 0, unproven = 0 } = run.outcomes
      if (applied + alreadyTrue + unproven === 0) continue
      found.push({ run, plan: run.planId === undefined ? undefined : await store.plans.get(run.planId) })
    }
    cursor = next
  } while (cursor !== undefined)
  const [first, ...rest] = found.reverse()
  if (first !== undefined) return [first, ...rest]
  throw fail.conflict(`"${connection}" changed nothing since ${isoTime(since)}; there is nothing to undo.`, {
    hint: `Its runs and how many changes they made: muster runs --connection ${connection}`,
  })
}

/** What these runs did since then. Throws like `chosenPerson` when a person is named. */
export async function doneSince(
  store: Pick<Store, 'plans'>,
  runs: readonly RunSince[],
  { since, person }: SinceThen,
  signal: AbortSignal,
): Promise<readonly Done[]> {
  const done: Done[] = []
  for (const { run, plan } of runs) {
    if (plan === undefined) continue
    for (const record of withIds(await changesThatCameTrue(store.plans, plan.id, signal))) {
      if ((record.finishedAt ?? run.startedAt) >= since) done.push({ record, run: run.number })
    }
  }
  if (person === undefined) return done
  const told = { what: 'These runs', hint: `What was done to whom: muster report --from ${isoTime(since)}` }
  return chosenPerson(done, ({ record }) => record, person, told)
}

export interface SincePlanning extends TargetPlanning {
  readonly runs: readonly [RunSince, ...RunSince[]]
  readonly then: SinceThen
  /** What was done, where that was read before. */
  readonly done?: readonly Done[] | undefined
}

/** Reads the target, plans what takes back all of these runs at once, and stores the plan. */
export async function planSince(planning: SincePlanning): Promise<Plan> {
  const { store, open, signal, runs, then } = planning
  const { connection } = open
  const isHere = (directoryKey: string) => (each: RunSince) =>
    each.plan === undefined || each.plan.directoryKey === directoryKey
  const sight = await sightOfTarget(planning, (directoryKey) => {
    if (runs.some(isHere(directoryKey))) return
    throw fail.conflict(
      `What "${connection.key}" did since ${isoTime(then.since)} was written to another directory than ${directoryKey}, to which it writes now.`,
      { hint: 'It cannot be undone from here. Restore the earlier target of the connection first.' },
    )
  })
  const here = runs.filter(isHere(sight.directoryKey))
  const numbers = new Set(here.map(({ run }) => run.number))
  const done = (planning.done ?? (await doneSince(store, here, then, signal))).filter(({ run }) => numbers.has(run))
  const ending: EndingRun[] = []
  for (const { run } of here) {
    const ended = await store.directories.grantsEnded(connection.key, sight.directoryKey, run.id)
    ending.push({ number: run.number, ...ended })
  }
  const draft = makeUndoOfRuns({ ...sight, connection }, ending, done, {
    what: whatOf(connection.key, here, then),
    leftOut: leftOut(runs, here, await unansweredRuns(store, here, signal)),
  })
  return await saveTargetPlan(planning, sight, draft)
}

async function unansweredRuns(
  store: Pick<Store, 'plans'>,
  runs: readonly RunSince[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const found: number[] = []
  for (const { run, plan } of runs) {
    if (plan === undefined) continue
    if ((await sentWithoutAnswer(store.plans, plan.id, signal)) > 0) found.push(run.number)
  }
  return found
}
