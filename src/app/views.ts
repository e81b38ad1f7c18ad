import type { ChangeView, PlanView } from '../contract/plans.ts'
import type { RunView } from '../contract/runs.ts'
import type { TokenView } from '../contract/tokens.ts'
import { type ChangeKind, changeKinds } from '../domain/change.ts'
import type { Problem } from '../domain/errors.ts'
import type { ChangeRecord, Plan, PlanSummary } from '../domain/plan.ts'
import { holdReasons, reasons } from '../domain/reason.ts'
import type { Run, UndoneSince } from '../domain/run.ts'
import { isoTime } from '../platform/clock.ts'
import type { ApiToken } from '../ports/access.ts'
import type { PlanStore, Verdict } from '../ports/plans.ts'

/** Records of ours as the API shows them: instants as text, reasons as sentences. */

export function timeOrNone(at: number | undefined): string | undefined {
  return at === undefined ? undefined : isoTime(at)
}

export function problemList(problems: readonly Problem[]) {
  return problems.map(({ where, message, hint }) => ({ where, message, hint }))
}

export function runView(run: Run): RunView {
  const {
    startedAt,
    endedAt,
    outcomes,
    calls,
    progress,
    error,
    undoPart,
    undoSince,
    sharedRead,
    provenLater,
    ...rest
  } = run
  return {
    ...rest,
    undoPart: undoPart === undefined ? undefined : { ...undoPart },
    undoSince: undoSince === undefined ? undefined : sinceView(undoSince),
    startedAt: isoTime(startedAt),
    endedAt: timeOrNone(endedAt),
    provenLater: provenLater && { ...provenLater, runs: [...provenLater.runs] },
    sharedRead: sharedRead && { since: isoTime(sharedRead.since), with: [...sharedRead.with] },
    outcomes: { ...outcomes },
    calls: calls === undefined ? undefined : { ...calls },
    progress,
    error:
      error === undefined
        ? undefined
        : { ...error, problems: error.problems === undefined ? undefined : [...error.problems] },
  }
}

const sorts = { '+': 'create', '~': 'change', '-': 'remove', '=': 'note' } as const

/** A run with what its plan asks for, but for what no rule lets go, and what it read. */
export function runWithExtent(run: Run, extent: Pick<PlanSummary, 'counts' | 'read'> | undefined): RunView {
  if (extent === undefined) return runView(run)
  const planned = { create: 0, change: 0, remove: 0, note: 0 }
  for (const [kind, { ready = 0, held = 0 }] of Object.entries(extent.counts)) {
    planned[sorts[changeKinds[kind as ChangeKind].sign]] += ready + held
  }
  return { ...runView(run), planned, read: { ...extent.read } }
}

function sinceView({ since, runs, partly, ...rest }: UndoneSince): NonNullable<RunView['undoSince']> {
  return { ...rest, since: isoTime(since), runs: [...runs], partly: partly === undefined ? undefined : [...partly] }
}

export function planView(
  plan: Plan,
  run: Run,
  more: {
    readonly tally: Awaited<ReturnType<PlanStore['tally']>>
    readonly approval: Verdict | undefined
    readonly rejection: Verdict | undefined
    readonly expiresAt: number | undefined
  },
  customNames: Readonly<Record<string, string>>,
): PlanView {
  const { sourceSnapshotId: _, targetSnapshotId: __, runId: ___, createdAt, guards, summary, ...rest } = plan
  return {
    ...rest,
    run: runView(run),
    createdAt: isoTime(createdAt),
    guards: guards.map(({ details, ...guard }) => ({ ...guard, details: details && [...details] })),
    summary: {
      ...summary,
      counts: { ...summary.counts },
      read: { ...summary.read },
      seats: summary.seats === undefined ? undefined : { ...summary.seats },
      notices: [...summary.notices],
    },
    customNames: { ...customNames },
    tally: more.tally.map((row) => ({ ...row })),
    approval: verdictView(more.approval),
    rejection: verdictView(more.rejection),
    expiresAt: timeOrNone(more.expiresAt),
  }
}

function verdictView(verdict: Verdict | undefined) {
  return verdict === undefined ? undefined : { ...verdict, at: isoTime(verdict.at) }
}

export function changeView(change: ChangeRecord): ChangeView {
  const { before, after, stateReasons, needs, outcome, sentAt, finishedAt, verifiedAt, joins: _, ...rest } = change
  return {
    ...rest,
    sign: changeKinds[change.kind].sign,
    before: attributes(before),
    after: attributes(after),
    sentence: reasons[change.reason],
    stateReasons: stateReasons.map((reason) => ({ reason, sentence: holdReasons[reason] })),
    needs: [...needs],
    outcome: outcome ?? 'open',
    sentAt: timeOrNone(sentAt),
    finishedAt: timeOrNone(finishedAt),
    verifiedAt: timeOrNone(verifiedAt),
  }
}

function attributes(values: ChangeRecord['before']): ChangeView['before'] {
  if (values === undefined) return undefined
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === null || typeof value === 'string' ? value : [...value],
    ]),
  )
}

export function tokenView(token: ApiToken): TokenView {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    roles: [...token.roles],
    connections: token.connections === undefined ? undefined : [...token.connections],
    user: token.user?.userName,
    createdAt: isoTime(token.createdAt),
    expiresAt: timeOrNone(token.expiresAt),
    lastUsedAt: timeOrNone(token.lastUsedAt),
  }
}
