import type { ChangeView, PlanView } from '../../contract/plans.ts'
import type { RunView } from '../../contract/runs.ts'
import type { Outcome } from '../../domain/change.ts'
import type { RunState } from '../../domain/run.ts'
import { type Colour, errorLines, type Paint } from '../output.ts'
import { subjectOf } from './changes.ts'
import { effectSentence, emptySentence } from './kinds.ts'
import { counted, grouped, listed, plain, shownDuration, shownTime, wrap } from './text.ts'

/** A state as a word on a list, and as the end of a sentence about the run. */
export const stateWords: Readonly<
  Record<RunState, { readonly word: string; readonly means: string; readonly colour: Colour }>
> = {
  planning: { word: 'planning', means: 'is reading both sides and planning', colour: 'blue' },
  planned: { word: 'planned', means: 'is a preview; nothing was sent', colour: 'grey' },
  waiting: { word: 'waiting', means: 'waits for approval; nothing was sent', colour: 'yellow' },
  applying: { word: 'applying', means: 'is applying', colour: 'blue' },
  applied: { word: 'applied', means: 'is applied and verified', colour: 'green' },
  partial: { word: 'applied in part', means: 'is applied in part', colour: 'yellow' },
  held: { word: 'held', means: 'is held; a person has to look', colour: 'red' },
  failed: { word: 'failed', means: 'failed', colour: 'red' },
  cancelled: { word: 'cancelled', means: 'was stopped between two writes', colour: 'grey' },
  superseded: { word: 'superseded', means: 'was superseded by a newer plan', colour: 'grey' },
}

const outcomeWords: Readonly<Record<Outcome, string>> = {
  applied: 'applied',
  alreadyTrue: 'were so already',
  unproven: 'sent but not seen yet',
  failed: 'failed',
  skipped: 'skipped',
}

/** What a run did, from its row and its plan. */
export function runLines(run: RunView, plan: PlanView | undefined, paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns)
  const { means, colour } = stateWords[run.state]
  const took = run.endedAt === undefined ? undefined : Date.parse(run.endedAt) - Date.parse(run.startedAt)
  const lines = [
    paint(colour, `Run ${run.number} of "${run.connection}" ${means}.`),
    `Started ${shownTime(run.startedAt)} by ${plain(run.startedBy)} (${run.kind}, ${run.trigger})${took === undefined ? '' : `, ended after ${shownDuration(took)}`}.`,
  ]
  if (run.undoOf !== undefined || run.undoSince !== undefined) lines.push(`It takes back ${undoneOf(run)}.`)
  if (run.undoneBy !== undefined) lines.push(`It was taken back by run ${run.undoneBy}.`)
  if (run.sharedRead !== undefined) lines.push(sharedSentence(run.sharedRead))
  const outcomes = outcomeSentence(run.outcomes)
  if (outcomes !== '') lines.push(outcomes)
  lines.push(...proofSentences(run).flatMap((sentence) => wrap(sentence, width)))
  if (plan?.summary.total === 0) lines.push(...wrap(emptySentence(plan.summary.read, run), width))
  if (plan !== undefined) {
    const done = plan.tally.filter(({ outcome }) => outcome === 'applied' || outcome === 'alreadyTrue')
    if (done.length > 0) lines.push(...wrap(`Done: ${effectSentence(done)}`, width))
    lines.push(...leftLines(plan, width))
  }
  if (run.calls !== undefined) lines.push(...wrap(callSentence(run.calls), width))
  if (run.error !== undefined) lines.push('', ...errorLines(run.error, paint, columns))
  return lines
}

/** What is known by now of writes that the run did not prove itself. */
function proofSentences({ connection, leftOpen, provenLater }: RunView): string[] {
  const sentences: string[] = []
  if (provenLater !== undefined) {
    const { proven, missing, runs } = provenLater
    const who = `${runs.length === 1 ? 'run' : 'runs'} ${listed(runs.map(String))}`
    const found = [
      ...(proven === 0 ? [] : [`${grouped(proven)} seen`]),
      ...(missing === 0 ? [] : [`${grouped(missing)} not found and planned afresh`]),
    ]
    sentences.push(`Proven later by ${who}: ${listed(found)}.`)
  }
  if (leftOpen === true) {
    sentences.push(`Not proven yet: some of its writes; the next run looks for them (muster sync ${connection}).`)
  }
  return sentences
}

function sharedSentence({ since, with: others }: NonNullable<RunView['sharedRead']>): string {
  const whose = others.length === 0 ? 'another run of this connection' : others.map(plain).join(', ')
  return `Read shared with ${whose}, begun ${shownTime(since)}.`
}

/** `run 12`, or what of it an undo is about. */
function undoneOf({
  undoOf = 0,
  undoPart,
  undoSince,
  connection,
}: Pick<RunView, 'undoOf' | 'undoPart' | 'undoSince' | 'connection'>): string {
  if (undoSince !== undefined) {
    const { since, person, runs } = undoSince
    const whom = person === undefined ? '' : ` to ${plain(person)}`
    return `what "${connection}" did${whom} since ${shownTime(since)} (${counted(runs.length, 'run')}: ${runs.join(', ')})`
  }
  if (undoPart === undefined) return `run ${undoOf}`
  const { changes, person } = undoPart
  if (person !== undefined) return `what run ${undoOf} did to ${plain(person)}`
  return `${counted(changes ?? 0, 'change')} of run ${undoOf}`
}

export function outcomeSentence(outcomes: RunView['outcomes']): string {
  const parts = Object.entries(outcomeWords).flatMap(([outcome, word]) => {
    const count = outcomes[outcome as Outcome] ?? 0
    return count === 0 ? [] : [`${grouped(count)} ${word}`]
  })
  return parts.length === 0 ? '' : `Changes: ${listed(parts)}.`
}

/** What is still open, by what stops it. */
function leftLines({ tally }: PlanView, width: number): string[] {
  const open = (state: string) =>
    tally.reduce((sum, row) => (row.state === state && row.outcome === 'open' ? sum + row.count : sum), 0)
  const [ready, held, blocked] = [open('ready'), open('held'), open('blocked')]
  const parts = [
    ...(ready === 0 ? [] : [`${counted(ready, 'change')} not done`]),
    ...(held === 0 ? [] : [`${counted(held, 'change')} held`]),
    ...(blocked === 0 ? [] : [`${counted(blocked, 'change')} blocked`]),
  ]
  return parts.length === 0 ? [] : wrap(`Left: ${listed(parts)}.`, width)
}

function callSentence(calls: NonNullable<RunView['calls']>): string {
  const list = Object.entries(calls).sort(([, left], [, right]) => right - left)
  const total = list.reduce((sum, [, count]) => sum + count, 0)
  return `Calls to the target: ${grouped(total)} (${list.map(([name, count]) => `${plain(name)} ${grouped(count)}`).join(', ')}).`
}

/** At most so many subjects are named per cause. */
const namedPerCause = 5

/** What did not succeed, grouped by its cause and not by object. */
export function causeLines(changes: readonly ChangeView[], paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns)
  const causes = [...Map.groupBy(changes, causeOf)].sort(([, left], [, right]) => right.length - left.length)
  return causes.flatMap(([cause, list]) => {
    const named = list.slice(0, namedPerCause).map((change) => `${change.sign} ${subjectOf(change)} (${change.seq})`)
    const more = list.length > namedPerCause ? `, and ${grouped(list.length - namedPerCause)} more` : ''
    return [
      ...wrap(`${grouped(list.length)} x ${cause}`, width - 2).map((line) => `  ${paint('red', line)}`),
      ...wrap(`${named.join(', ')}${more}`, width - 6).map((line) => `      ${line}`),
    ]
  })
}

function causeOf({ outcome, errorCode, skipReason, message }: ChangeView): string {
  const code = errorCode ?? skipReason ?? outcome
  return message === undefined ? code : `${code}: ${plain(message)}`
}

/** One line of the list of runs. */
export function runRow(run: RunView): readonly string[] {
  const changes = Object.values(run.outcomes).reduce((sum, count) => sum + count, 0)
  return [
    String(run.number),
    run.connection,
    stateWords[run.state].word,
    run.kind,
    run.trigger,
    shownTime(run.startedAt),
    run.endedAt === undefined ? '' : shownDuration(Date.parse(run.endedAt) - Date.parse(run.startedAt)),
    changes === 0 ? '' : grouped(changes),
    run.error?.code ?? '',
  ]
}

export const runColumns = [
  { title: 'run', align: 'right' },
  { title: 'connection' },
  { title: 'state' },
  { title: 'kind' },
  { title: 'trigger' },
  { title: 'started' },
  { title: 'ended after', align: 'right' },
  { title: 'changes', align: 'right' },
  { title: 'error' },
] as const
