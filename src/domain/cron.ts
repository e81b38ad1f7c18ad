import { Cron } from 'croner'
import type { Instant } from './identity.ts'
import { offsetMs } from './wall-time.ts'

const hourMs = 3_600_000
const weekMs = 7 * 24 * hourMs
/** No pattern with five fields pauses longer: 29 February skips a century year. */
const horizonMs = 9 * 366 * 24 * hourMs

/** Says what is wrong with a pattern; undefined = nothing. Five fields: minute, hour, day, month, weekday. */
export function cronFault(pattern: string): string | undefined {
  try {
    return new Cron(pattern, { mode: '5-part', timezone: 'UTC' }).nextRun() === null ? 'it never comes true' : undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * The next time of a pattern after an instant, by the wall clock of a zone. A time that the wall skips in spring counts at
 * the next minute the wall shows; a time it shows twice in autumn counts once (semantics D13). Undefined = never again.
 */
export function nextCronTime(pattern: string, timezone: string, after: Instant): Instant | undefined {
  const cron = new Cron(pattern, { mode: '5-part', timezone })
  const until = after + horizonMs
  let next = cron.nextRun(new Date(after))?.getTime()
  while (next !== undefined && next <= until && wasShownBefore(next, timezone)) {
    next = cron.nextRun(new Date(next))?.getTime()
  }
  const skipped = skippedTime(pattern, timezone, after, Math.min(next ?? until, until))
  return skipped ?? next
}

/** The wall showed this very time already, before it was turned back. */
function wasShownBefore(instant: Instant, timezone: string): boolean {
  const turnedBackMs = offsetMs(instant - 3 * hourMs, timezone) - offsetMs(instant, timezone)
  return turnedBackMs > 0 && offsetMs(instant - turnedBackMs, timezone) - offsetMs(instant, timezone) === turnedBackMs
}

/** The first instant after a jump of the wall that leapt over a time of the pattern. */
function skippedTime(pattern: string, timezone: string, after: Instant, before: Instant): Instant | undefined {
  const byWall = new Cron(pattern, { mode: '5-part', timezone: 'UTC' })
  for (let from = after; from < before; from += weekMs) {
    const to = Math.min(from + weekMs, before)
    if (offsetMs(to, timezone) <= offsetMs(from, timezone)) continue
    const jump = firstWith(offsetMs(to, timezone), timezone, from, to)
    const wallBefore = jump + offsetMs(from, timezone)
    const wallAfter = jump + offsetMs(to, timezone)
    const time = byWall.nextRun(new Date(wallBefore - 1_000))?.getTime()
    if (time !== undefined && time < wallAfter && jump > after) return jump
  }
  return undefined
}

/** The first minute with this offset, somewhere between two instants; by halving. */
function firstWith(offset: number, timezone: string, from: Instant, to: Instant): Instant {
  let low = Math.floor(from / 60_000)
  let high = Math.ceil(to / 60_000)
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (offsetMs(middle * 60_000, timezone) === offset) high = middle
    else low = middle + 1
  }
  return low * 60_000
}
