import type { Instant } from '../../../domain/identity.ts'

/** Times as directories write them. Undefined = not a time of this kind. */

const hourMs = 3_600_000
/** 1601-01-01 in milliseconds; there the count of Windows begins (MS-DTYP 2.3.3). */
const windowsEpochMs = -11_644_473_600_000
const ticksPerMs = 10_000n

/** GeneralizedTime of RFC 4517 3.3.13: `20261121030405Z`, `2026112103.5+0100`. */
export function generalizedTime(text: string): Instant | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,](\d+))?(Z|[+-]\d\d(?:\d\d)?)$/.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone = 'Z'] = found
  const start = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute ?? 0),
    Number(second ?? 0),
  )
  // A month or day that does not exist would silently become another one.
  if (new Date(start).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return undefined
  const unitMs = second !== undefined ? 1000 : minute !== undefined ? 60_000 : hourMs
  const fractionMs = fraction === undefined ? 0 : Math.round(Number(`0.${fraction}`) * unitMs)
  return start + fractionMs - zoneMs(zone)
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0
  const ms = Number(zone.slice(1, 3)) * hourMs + Number(zone.slice(3, 5) || '0') * 60_000
  return zone.startsWith('-') ? -ms : ms
}

/** Ticks of 100 ns since 1601, as in accountExpires. `never` = 0 or the largest number. */
export function windowsTime(text: string): Instant | 'never' | undefined {
  if (!/^-?\d{1,20}$/.test(text)) return undefined
  const ticks = BigInt(text)
  if (ticks <= 0n || ticks >= 0x7fff_ffff_ffff_ffffn) return 'never'
  return Number(ticks / ticksPerMs) + windowsEpochMs
}
