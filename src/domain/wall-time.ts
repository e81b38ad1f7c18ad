import type { Instant } from './identity.ts'

/** What the clock on a wall shows in an IANA zone. */
export interface WallTime {
  /** `2026-03-29` */
  readonly date: string
  /** `02:30` */
  readonly time: string
  readonly weekday: Weekday
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

const formats = new Map<string, Intl.DateTimeFormat>()

export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name) !== undefined
  } catch {
    return false
  }
}

export function wallTime(instant: Instant, timezone: string): WallTime {
  const parts: Record<string, string> = {}
  for (const { type, value } of formatOf(timezone).formatToParts(instant)) parts[type] = value
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}`,
    weekday: parts.weekday!.toLowerCase() as Weekday,
  }
}

/** How far the wall is ahead of UTC, in milliseconds. */
export function offsetMs(instant: Instant, timezone: string): number {
  const whole = Math.floor(instant / 60_000) * 60_000
  const { date, time } = wallTime(whole, timezone)
  return Date.parse(`${date}T${time}:00Z`) - whole
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    formats.set(timezone, format)
  }
  return format
}
