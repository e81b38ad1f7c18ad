import { now } from '../clock.ts'
import { locale, t } from './t.ts'

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

const absolute = new Intl.DateTimeFormat(locale, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
})
const short = new Intl.DateTimeFormat(locale, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
})
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })

const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `Mar 1, 2026, 13:00:05 GMT+1 (Europe/Berlin)`: the instant in the zone of whoever looks. */
export function exactTime(iso: string): string {
  return `${absolute.format(new Date(iso))} (${zone})`
}

/** `Mar 1, 13:00 GMT+1` */
export function shortTime(iso: string): string {
  return short.format(new Date(iso))
}

/** `12 minutes ago`, `in 3 hours`, `just now` */
export function relativeTime(iso: string): string {
  const distance = Date.parse(iso) - now()
  const step = steps.find(([, ms]) => Math.abs(distance) >= ms)
  if (step === undefined) return t('time.now')
  return relative.format(Math.trunc(distance / step[1]), step[0])
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min` */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}
