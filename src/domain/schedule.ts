import { z } from 'zod'
import { cronFault, nextCronTime } from './cron.ts'
import { durationSchema, formatDuration } from './duration.ts'
import type { Instant } from './identity.ts'
import { isTimeZone, wallTime, weekdays } from './wall-time.ts'

const minuteMs = 60_000
const quarterMs = 15 * minuteMs
const shortestIntervalMs = minuteMs
const longestIntervalMs = 366 * 86_400_000
/** How far ahead a time is looked for that no window and no freeze forbids. */
const horizonMs = 400 * 86_400_000

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use a time of the day such as 06:30 or 22:00')
const day = z.string().refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text), 'use a day such as 2026-12-24')

const windowSchema = z.strictObject({
  /** Days on which the window begins; absent = every day. */
  days: z.array(z.enum(weekdays)).nonempty().optional(),
  from: timeOfDay,
  /** Before `from` = on the next day. */
  to: timeOfDay,
})

const freezeSchema = z
  .strictObject({ from: day, to: day, reason: z.string().max(200).optional() })
  .refine(({ from, to }) => from <= to, 'the first day of a freeze is after its last')

/** When a connection runs by itself: at an interval, or by a cron pattern; never outside its windows or in a freeze. */
export const scheduleSchema = z
  .strictObject({
    every: durationSchema
      .refine((ms) => ms >= shortestIntervalMs && ms <= longestIntervalMs, 'use at least 1m and at most 366d')
      .optional(),
    /** Five fields: minute, hour, day of the month, month, weekday. */
    cron: z
      .string()
      .max(200)
      .superRefine((pattern, context) => {
        const fault = cronFault(pattern)
        if (fault !== undefined) context.addIssue({ code: 'custom', message: `this is no cron pattern: ${fault}` })
      })
      .optional(),
    /** How often a source that can tell is asked whether anything changed; if so, a run begins before its time. */
    lookEvery: durationSchema
      .refine((ms) => ms >= shortestIntervalMs && ms <= longestIntervalMs, 'use at least 1m and at most 366d')
      .optional(),
    /** IANA zone of the cron pattern, the windows and the freezes. */
    timezone: z.string().refine(isTimeZone, 'use the name of a time zone such as Europe/Berlin or UTC').default('UTC'),
    /** A run begins only inside one of these; absent = at any time. */
    windows: z.array(windowSchema).max(50).default([]),
    /** Whole days on which nothing begins, the last one included. */
    freeze: z.array(freezeSchema).max(200).default([]),
  })
  .refine(({ every, cron }) => (every === undefined) !== (cron === undefined), 'give either `every` or `cron`')

export type Schedule = z.output<typeof scheduleSchema>

/**
 * Of a connection that is moved by what is pushed and has no schedule of its own: once a day everybody is compared, so that
 * whatever a push did not tell, or nobody took up, is found (P19).
 */
export const reconciliation: Schedule = scheduleSchema.parse({ every: '1d' })

/** `every 6h`, `0 2 * * * (Europe/Berlin)`, with the number of windows and freezes. */
export function scheduleText({ every, cron, lookEvery, timezone, windows, freeze }: Schedule): string {
  const parts = [every === undefined ? `${cron} (${timezone})` : `every ${formatDuration(every)}`]
  if (lookEvery !== undefined) parts.push(`changes looked for every ${formatDuration(lookEvery)}`)
  if (windows.length > 0) parts.push(`${windows.length} ${windows.length === 1 ? 'window' : 'windows'}`)
  if (freeze.length > 0) parts.push(`${freeze.length} ${freeze.length === 1 ? 'freeze' : 'freezes'}`)
  return parts.join(', ')
}

/**
 * When the next run is due, whatever windows say. `since` = when the last one began or, before the first, when the
 * schedule was saved; an interval that never ran is due at once. Undefined = never again.
 */
export function dueAt(schedule: Schedule, since: Instant, hasRun: boolean): Instant | undefined {
  if (schedule.every !== undefined) return hasRun ? since + schedule.every : since
  return nextCronTime(schedule.cron!, schedule.timezone, since)
}

function isFrozenAt({ freeze, timezone }: Schedule, instant: Instant): boolean {
  if (freeze.length === 0) return false
  const { date } = wallTime(instant, timezone)
  return freeze.some(({ from, to }) => from <= date && date <= to)
}

/** True where a window is open and no freeze stands. */
export function mayBeginAt(schedule: Schedule, instant: Instant): boolean {
  if (isFrozenAt(schedule, instant)) return false
  const { windows, timezone } = schedule
  if (windows.length === 0) return true
  const now = wallTime(instant, timezone)
  const today = weekdays.indexOf(now.weekday)
  const begins = (days: readonly string[] | undefined, back: number) =>
    days === undefined || days.includes(weekdays[(today - back + 7) % 7]!)
  return windows.some(({ days, from, to }) => {
    if (from < to) return begins(days, 0) && from <= now.time && now.time < to
    return (begins(days, 0) && from <= now.time) || (begins(days, 1) && now.time < to)
  })
}

/** The next times at which a run begins if nothing else starts one before; at most `count`. */
export function nextTimes(
  schedule: Schedule,
  since: Instant,
  hasRun: boolean,
  now: Instant,
  count: number,
): readonly Instant[] {
  const times: Instant[] = []
  let due = dueAt(schedule, since, hasRun)
  while (due !== undefined && times.length < count) {
    // What was missed runs once, now.
    const begin = firstAllowed(schedule, Math.max(due, now))
    if (begin === undefined) break
    times.push(begin)
    due = dueAt(schedule, begin, true)
  }
  return times
}

function firstAllowed(schedule: Schedule, from: Instant): Instant | undefined {
  if (mayBeginAt(schedule, from)) return from
  const until = from + horizonMs
  // Windows begin with a whole minute; frozen days end with a quarter of an hour, whatever the zone.
  let at = Math.ceil(from / minuteMs) * minuteMs
  while (at <= until) {
    if (isFrozenAt(schedule, at)) at = (Math.floor(at / quarterMs) + 1) * quarterMs
    else if (mayBeginAt(schedule, at)) return at
    else at += minuteMs
  }
  return undefined
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
