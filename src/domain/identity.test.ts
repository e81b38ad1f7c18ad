import { describe, expect, it } from 'vitest'
import { cronFault, nextCronTime } from './cron.ts'
import { durationSchema, formatDuration } from './duration.ts'
import { firstValue, foldCase, foldKey } from './identity.ts'

it('names are compared without letter case, blanks around them and ways of writing a letter', () => {
  expect(foldKey('  Ann ')).toBe('ann')
  expect(foldKey('ＡＮＮ')).toBe('ann')
  expect(foldKey('ﬁona')).toBe('fiona')
  expect(foldKey('JOSÉ'.normalize('NFD'))).toBe(foldKey('josé'))
  expect(foldCase(' ＡNN ')).toBe('ａnn')
})

it('the first value is the first that is not empty', () => {
  expect([undefined, null, '', 'a', [], ['', 'b', 'c']].map((value) => firstValue(value))).toEqual([
    undefined,
    undefined,
    undefined,
    'a',
    undefined,
    'b',
  ])
})

describe('a duration', () => {
  it('is a whole number and a unit', () => {
    const read = ['30s', '15m', '6h', '7d', '2w', '0d'].map((text) => durationSchema.parse(text))
    expect(read).toEqual([30_000, 900_000, 21_600_000, 604_800_000, 1_209_600_000, 0])
    for (const text of ['', '7', 'd', '1.5h', '-1d', '7 d', '123456s', '7y', 'a7d', '7dd']) {
      expect(durationSchema.safeParse(text).success).toBe(false)
    }
  })

  it('is written as the shortest text that is read back', () => {
    const texts = [30_000, 90_000, 3_600_000, 86_400_000, 604_800_000, 691_200_000, 1_499, 0].map(formatDuration)
    expect(texts).toEqual(['30s', '90s', '1h', '1d', '1w', '8d', '1s', '0s'])
  })
})

describe('a cron pattern', () => {
  const next = (pattern: string, after: string, zone = 'Europe/Berlin') => {
    const found = nextCronTime(pattern, zone, Date.parse(after))
    return found === undefined ? undefined : new Date(found).toISOString().slice(0, 16)
  }

  it('has a fault when it cannot be read or never comes true', () => {
    expect(cronFault('30 2 * * *')).toBeUndefined()
    expect(cronFault('0 0 30 2 *')).toBe('it never comes true')
    expect(cronFault('61 * * * *')).toMatch(/./)
    expect(cronFault('* * * * * *')).toMatch(/./)
  })

  it('goes by the wall clock of its zone, in summer and in winter', () => {
    expect(next('30 2 * * *', '2026-01-10T00:00Z')).toBe('2026-01-10T01:30')
    expect(next('30 2 * * *', '2026-07-10T00:00Z')).toBe('2026-07-10T00:30')
    expect(next('30 2 * * *', '2026-07-10T00:30Z')).toBe('2026-07-11T00:30')
  })

  it('runs once at the next minute when its time is skipped in spring, and once when the wall shows it twice', () => {
    expect(next('30 2 * * *', '2026-03-28T23:00Z')).toBe('2026-03-29T01:00')
    expect(next('30 2 * * *', '2026-03-29T01:00Z')).toBe('2026-03-30T00:30')
    expect(next('30 2 * * *', '2026-10-24T23:00Z')).toBe('2026-10-25T00:30')
    expect(next('30 2 * * *', '2026-10-25T00:30Z')).toBe('2026-10-26T01:30')
  })

  it('finds 29 February years ahead', () => {
    expect(next('0 12 29 2 *', '2026-03-01T00:00Z', 'UTC')).toBe('2028-02-29T12:00')
  })
})
