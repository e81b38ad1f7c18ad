import { changeKinds } from '../../domain/change.ts'
import type { Departure } from '../../domain/memory.ts'
import { departureReason, holdReasons, reasons, standReasons } from '../../domain/reason.ts'
import type { KnownSubject, Remembered, ReportedChange } from '../../ports/report.ts'
import type { StandingPerson } from '../../ports/snapshots.ts'
import type { KeptWorkItem } from '../../ports/work-items.ts'
import { instantText, type Step } from './sentences.ts'

/** What is known about one person without reading anything again. */
export interface Recollection extends Remembered {
  readonly subject: KnownSubject
  readonly departure?: Departure
  /** What the last whole plan said when it left the person as they are. */
  readonly standstill?: StandingPerson & { readonly run: number }
  readonly workItems: readonly KeptWorkItem[]
  /** What was planned and done about them, the newest first. */
  readonly history: readonly ReportedChange[]
  /** The group that was asked about, where it is known at all, and what fills it. */
  readonly asked?: {
    readonly name: string
    readonly filledBy: readonly { readonly name: string; readonly rule: string }[]
  }
}

/** The recollection as a chain of sentences; `then` = as it was after an earlier run. */
export function recollectedSteps(known: Recollection, group: string | undefined, then: boolean): readonly Step[] {
  const { subject, link, state, departure, standstill, memberships, history, workItems, asked } = known
  const [is, has] = then ? ['was', 'had'] : ['is', 'has']
  const steps: Step[] = [
    {
      step: 'account',
      text:
        subject.accountId === undefined
          ? `${subject.label} ${has} no account that is linked.`
          : `${subject.label} ${has} the account ${subject.accountId}${state === undefined ? '' : `, ${state.is} since ${instantText(state.since)}`}${link === undefined ? '; no record of this source is linked to it' : `, linked (${link.how}) since ${instantText(link.since)}`}.`,
    },
  ]
  if (departure !== undefined) {
    const text = `Counts as leaving (${reasons[departureReason(departure.signal)]}), first proven ${instantText(departure.firstProvenAt)}.`
    steps.push({ step: 'person', text })
  }
  if (standstill !== undefined) {
    const { run, reason, rule, dueAt } = standstill
    const by = rule === undefined || dueAt !== undefined ? '' : ` (${rule})`
    const due = dueAt === undefined ? '' : ` Next is ${rule}, due ${instantText(dueAt)}.`
    steps.push({ step: 'person', text: `Run ${run} left the person as they are${by}: ${standReasons[reason]}.${due}` })
  }
  for (const { name, since, run, grants } of memberships) {
    const by = grants
      .map((each) => `${each.connection} (${each.rule}), ${each.adopted ? 'taken over' : 'given'} by run ${each.run}`)
      .join('; ')
    const vouched = by === '' ? 'No connection vouched for it: it was made by somebody else' : `Vouched for by ${by}`
    steps.push({
      step: 'membership',
      text: `${name}: ${is} a member since ${instantText(since)} (run ${run}). ${vouched}.`,
    })
  }
  if (asked !== undefined && memberships.length === 0) {
    const fills = asked.filledBy.map((each) => `${each.name} (${each.rule})`).join(', ')
    const text = `${asked.name}: ${is} not a member. ${fills === '' ? 'No source group fills it, as far as links tell.' : `It is filled by the source group ${fills}.`}`
    steps.push({ step: 'membership', text })
  } else if (group !== undefined && asked === undefined) {
    steps.push({ step: 'membership', text: `No group called "${group}" was ever seen in the target.` })
  }
  for (const change of history) steps.push({ step: 'change', text: historyText(change) })
  for (const { message, number } of workItems) {
    steps.push({ step: 'question', text: `Waits for a person (item ${number}): ${message}.` })
  }
  return steps
}

function historyText(change: ReportedChange): string {
  const { runNumber, kind, reason, rule, groupLabel, access, state, stateReasons, outcome, sourceGroup } = change
  const about = groupLabel ?? access?.product
  const from = sourceGroup === undefined ? '' : `, source group ${sourceGroup.label}`
  const held = stateReasons.map((each) => holdReasons[each]).join('; ')
  return [
    `Run ${runNumber}: ${changeKinds[kind].text}${about === undefined ? '' : ` ${about}`}; reason: ${reasons[reason]} (${rule}${from}).`,
    held === '' ? '' : ` It ${outcome === undefined ? 'is' : 'was'} ${state}: ${held}.`,
    ` ${outcomeText(change)}`,
  ].join('')
}

function outcomeText({
  outcome,
  sentAt,
  finishedAt,
  verifiedAt,
  skipReason,
  message,
  errorCode,
}: ReportedChange): string {
  if (outcome === undefined) return sentAt === undefined ? 'Not sent.' : `Sent ${instantText(sentAt)}, no answer yet.`
  const when = finishedAt === undefined ? '' : ` ${instantText(finishedAt)}`
  const seen = verifiedAt === undefined ? '' : `, seen in the target ${instantText(verifiedAt)}`
  const why = [skipReason, errorCode, message].filter((each) => each !== undefined).join(': ')
  return `Outcome: ${outcome}${when}${seen}${why === '' ? '' : ` (${why})`}.`
}
