import type { PlanImpact, PlanView } from '../../contract/plans.ts'
import { isGuardReason } from '../../domain/reason.ts'
import type { Paint } from '../output.ts'
import { effectSentence, emptySentence } from './kinds.ts'
import { counted, grouped, plain, shownTime, table, wrap } from './text.ts'

/** What is said about a plan before its changes: what it does, what holds it, and what was noticed on the way. */
export function planLines(plan: PlanView, paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns)
  const { total, read } = plan.summary
  const effect = total === 0 ? emptySentence(read, plan.run) : effectSentence(plan.tally)
  const lines = [
    paint(
      'bold',
      `${titleOf(plan.run)} of run ${plan.run.number}, connection "${plan.connection}", ${shownTime(plan.createdAt)}`,
    ),
    ...wrap(effect, width),
    ...stateSentences(plan).flatMap((text) => wrap(text, width)),
    ...costSentences(plan.summary).flatMap((text) => wrap(text, width)),
    ...readSentence(read, width),
  ]
  if (plan.guards.length > 0) lines.push('', paint('bold', 'Guards'), ...guardLines(plan.guards, paint, width))
  if (plan.summary.notices.length > 0) {
    lines.push('', paint('bold', 'Notices'))
    for (const notice of plan.summary.notices) {
      lines.push(...wrap(plain(notice), width - 4).map((line, index) => `  ${index === 0 ? '- ' : '  '}${line}`))
    }
  }
  return lines
}

/** How many changes wait, and for what. */
function stateSentences({ tally, approval, rejection, guards }: PlanView): string[] {
  const count = (state: string) =>
    tally.reduce((sum, row) => (row.state === state && row.outcome === 'open' ? sum + row.count : sum), 0)
  const [held, blocked] = [count('held'), count('blocked')]
  const whole = guards.some((guard) => guard.tripped && guard.holds === 'plan')
  const sentences: string[] = []
  if (held > 0)
    sentences.push(
      `${counted(held, 'change')} ${held === 1 ? 'is' : 'are'} held: a person looks and releases, or leaves them.`,
    )
  if (blocked > 0)
    sentences.push(`${counted(blocked, 'change')} ${blocked === 1 ? 'is' : 'are'} blocked and will not be sent.`)
  if (rejection !== undefined) sentences.push(verdictSentence('Rejected', rejection))
  else if (approval !== undefined) sentences.push(verdictSentence('Approved', approval))
  else if (whole) sentences.push('The whole plan waits for approval.')
  return sentences
}

function verdictSentence(what: string, { by, at, comment }: NonNullable<PlanView['approval']>): string {
  return `${what} by ${plain(by)}, ${shownTime(at)}${comment === undefined ? '.' : `: ${plain(comment)}`}`
}

/** Names told before the rest is only counted. */
const namedAtMost = 5

/** What a reviewer should look at twice; nothing when there is nothing of the kind. */
export function impactLines(impact: PlanImpact, columns: number): string[] {
  const { administrators, administratorsCount, groupsEmptied, groupsEmptiedCount, identityChanges } = impact
  const sentences: string[] = []
  if (administratorsCount > 0) {
    const told = administrators.map(({ kind, label, group }) => `${label} (${kind}, ${group})`)
    sentences.push(`Administrators concerned: ${someOf(told, administratorsCount)}.`)
  }
  if (groupsEmptiedCount > 0) {
    const told = groupsEmptied.map(({ name, members }) => `${name} (${grouped(members)})`)
    sentences.push(`Groups left empty: ${someOf(told, groupsEmptiedCount)}.`)
  }
  if (identityChanges > 0) {
    sentences.push(
      `${counted(identityChanges, 'account')} ${identityChanges === 1 ? 'gets' : 'get'} another e-mail address or username.`,
    )
  }
  return sentences.flatMap((text) => wrap(plain(text), Math.max(60, columns)))
}

function someOf(told: readonly string[], count: number): string {
  const shown = told.slice(0, namedAtMost).join(', ')
  return count > namedAtMost ? `${shown} and ${grouped(count - namedAtMost)} more` : shown
}

function titleOf({ undoOf, undoSince, kind }: PlanView['run']): string {
  if (undoSince !== undefined) return `Undo of everything since ${shownTime(undoSince.since)}: plan`
  if (undoOf !== undefined) return `Undo of run ${undoOf}: plan`
  return kind === 'retire' ? 'Retirement: plan' : 'Plan'
}

/** What a plan costs beside its effects: licence seats and mails to people. */
function costSentences({ seats = {}, mails = 0 }: PlanView['summary']): string[] {
  const sentences = Object.entries(seats).map(([key, { title, total, used, taken, freed }]) => {
    const moved = [taken > 0 ? `${grouped(taken)} taken` : '', freed > 0 ? `${grouped(freed)} freed` : '']
    const now = total === undefined || used === undefined ? '' : `; ${grouped(used)} of ${grouped(total)} used now`
    return `Seats of ${plain(title)} (${plain(key)}): ${moved.filter((text) => text !== '').join(', ')}${now}.`
  })
  return mails === 0 ? sentences : [...sentences, `${counted(mails, 'mail')} will be sent to people.`]
}

/** The names of the planner's counts, in words. */
const readWords: Readonly<Record<string, string>> = {
  sourceUsers: 'people',
  sourceUsersInScope: 'in scope',
  sourceUsersLinked: 'linked',
  sourceGroups: 'groups',
  sourceGroupsInScope: 'in scope',
  targetAccounts: 'accounts',
  targetGroups: 'groups',
}

function readSentence(read: PlanView['summary']['read'], width: number): string[] {
  const side = (prefix: string) =>
    Object.entries(readWords)
      .filter(([name]) => name.startsWith(prefix) && read[name] !== undefined)
      .map(([name, word]) => `${grouped(read[name] ?? 0)} ${word}`)
      .join(', ')
  const [source, target] = [side('source'), side('target')]
  if (source === '' && target === '') return []
  if (source === '') return wrap(`Read: target ${target}.`, width)
  return wrap(`Read: source ${source}; target ${target}.`, width)
}

/** The table of limits: measured, limit, and what a tripped one holds. */
function guardLines(guards: PlanView['guards'], paint: Paint, width: number): string[] {
  const rows = guards.map(({ guard, about, measured, limit, tripped, holds }) => [
    tripped ? '!' : '✓',
    `${guard.replace(/^guard:/, '')}${about === undefined ? '' : ` (${about})`}`,
    holds === 'plan' ? '' : grouped(measured),
    holds === 'plan' ? '' : grouped(limit),
    tripped ? held[holds] : 'passes',
  ])
  const lines = table(
    [
      { title: '' },
      { title: 'guard' },
      { title: 'measured', align: 'right' },
      { title: 'limit', align: 'right' },
      { title: 'result' },
    ],
    rows,
    (cell, column, row) =>
      column === 0 || column === 4 ? paint(guards[row]?.tripped === true ? 'yellow' : 'green', cell) : cell,
  )
  const sentences = guards
    .filter(({ tripped }) => tripped)
    .flatMap(({ sentence, details = [] }) => [
      ...wrap(plain(sentence), width - 4).map((line, index) => `  ${index === 0 ? '! ' : '  '}${line}`),
      ...details.flatMap((detail) =>
        wrap(plain(detail), width - 8).map((line, index) => `    ${index === 0 ? '- ' : '  '}${line}`),
      ),
    ])
  return [...lines.map((line) => `  ${line}`), ...sentences]
}

const held: Readonly<Record<PlanView['guards'][number]['holds'], string>> = {
  nothing: 'noted',
  kind: 'holds its changes',
  removals: 'holds what takes away',
  plan: 'holds the whole plan',
}

/** Guards that hold the whole plan: told once, not on every change. */
export function wholePlanGuards({ guards }: Pick<PlanView, 'guards'>): ReadonlySet<string> {
  return new Set(guards.filter((guard) => guard.tripped && guard.holds === 'plan').map(({ guard }) => guard))
}

/** Names of the guards that hold single changes, as `approve --release` takes them. */
export function releasableGuards({ guards }: Pick<PlanView, 'guards'>): readonly string[] {
  const names = guards
    .filter(({ guard, tripped, holds }) => tripped && holds !== 'plan' && isGuardReason(guard))
    .map(({ guard }) => guard.replace(/^guard:/, ''))
  return [...new Set(names)]
}
