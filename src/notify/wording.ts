import { type Digest, type Notice, noticeKinds } from '../domain/notice.ts'
import type { Wording } from '../ports/channel.ts'

/** One line above everything, also the subject of a mail. */
export function subjectOf({ total, counts, first, isTest }: Digest): string {
  if (isTest === true) return 'Muster: a test message'
  const [only] = first
  if (total === 1 && only !== undefined) return `Muster: ${headlineOf(only)}`
  const kinds = [...Map.groupBy(counts, ({ kind }) => kind)].map(
    ([kind, rows]) => `${rows.reduce((sum, { count }) => sum + count, 0)} ${kind}`,
  )
  return `Muster: ${total} things to look at (${kinds.join(', ')})`
}

/** The message as lines of plain text. */
export function linesOf(digest: Digest, wording: Wording): string[] {
  const { total, counts, first, isTest } = digest
  if (isTest === true) return ['This channel works. Nothing happened, and nothing is to be done.']
  const lines = first.map((notice) => `- ${lineOf(notice, wording)}`)
  if (total > first.length) lines.push(`- and ${total - first.length} more`)
  if (counts.length > 1) {
    const rows = counts
      .slice(0, mostCounts)
      .map((row) => `${row.connection ?? 'installation'}: ${row.count} ${row.kind}`)
    lines.push('', 'Altogether:', ...rows.map((row) => `  ${row}`))
    if (counts.length > mostCounts) lines.push(`  and ${counts.length - mostCounts} more connections`)
  }
  return lines
}

/** Connections told one by one. */
const mostCounts = 50

function headlineOf({ kind, connection, facts: { run, code, credential } }: Notice): string {
  if (credential !== undefined) {
    return `the ${credential.field} of ${credential.end} ends in ${credential.days === 1 ? '1 day' : `${credential.days} days`}`
  }
  const where = [connection, run === undefined ? undefined : `run ${run}`].filter((text) => text !== undefined)
  return `${where.join(', ')}: ${noticeKinds[kind]}${code === undefined ? '' : ` (${code})`}`
}

function lineOf(notice: Notice, { details, consoleUrl }: Wording): string {
  const { at, facts } = notice
  const { held = 0, ready = 0, outcomes = {}, run } = facts
  const parts = [`${new Date(at).toISOString()} ${headlineOf(notice)}`]
  if (notice.kind === 'held') parts.push(`${held} held, ${ready} ready`)
  const ended = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`)
  if (ended.length > 0) parts.push(ended.join(', '))
  if (details && facts.details?.startedBy !== undefined) parts.push(`started by ${facts.details.startedBy}`)
  if (details && facts.details?.message !== undefined) parts.push(facts.details.message)
  if (consoleUrl !== undefined && run !== undefined) parts.push(`${consoleUrl}/runs/${run}`)
  return parts.join('; ')
}

/** The facts as they may leave: without details where they were not asked for. */
export function tellable({ facts: { details, ...facts }, ...notice }: Notice, wording: Wording) {
  return {
    ...notice,
    at: new Date(notice.at).toISOString(),
    ...facts,
    ...(wording.details && details !== undefined ? { details } : {}),
  }
}
