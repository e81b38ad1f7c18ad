import { describe, expect, it } from 'vitest'
import { dueAt, mayBeginAt, nextTimes, type Schedule, scheduleSchema } from './schedule.ts'

const at = (iso: string) => Date.parse(iso)
const schedule = (document: unknown): Schedule => scheduleSchema.parse(document)
const said = (document: unknown) => {
  const parsed = scheduleSchema.safeParse(document)
  return parsed.success ? undefined : parsed.error.issues.map((issue) => issue.message).join('; ')
}
/** The next times as ISO minutes. */
const next = (document: unknown, since: string, count: number, now = since) =>
  nextTimes(schedule(document), at(since), true, at(now), count).map((time) =>
    new Date(time).toISOString().slice(0, 16),
  )

describe('a schedule', () => {
  it('is either an interval or a cron pattern', () => {
    expect(said({})).toBe('give either `every` or `cron`')
    expect(said({ every: '6h', cron: '0 2 * * *' })).toBe('give either `every` or `cron`')
    expect(said({ every: '6h' })).toBeUndefined()
    expect(said({ cron: '0 2 * * *', timezone: 'Europe/Berlin' })).toBeUndefined()
  })

  it.each([
    [{ every: '30s' }, 'at least 1m'],
    [{ every: '99999d' }, 'at most 366d'],
    [{ cron: '61 * * * *' }, 'no cron pattern'],
    [{ cron: '* * * * * *' }, 'no cron pattern'],
    [{ cron: '0 0 30 2 *' }, 'never comes true'],
    [{ every: '1h', timezone: 'Europe/Atlantis' }, 'time zone'],
    [{ every: '1h', windows: [{ from: '24:00', to: '06:00' }] }, 'time of the day'],
    [{ every: '1h', freeze: [{ from: '2026-02-30', to: '2026-03-01' }] }, 'a day such as'],
    [{ every: '1h', freeze: [{ from: '2026-03-02', to: '2026-03-01' }] }, 'after its last'],
  ])('refuses %j', (document, message) => {
    expect(said(document)).toContain(message)
  })

  it('is due an interval after the last run began, and at once if none ever did', () => {
    expect(dueAt(schedule({ every: '6h' }), at('2026-03-01T00:00Z'), true)).toBe(at('2026-03-01T06:00Z'))
    expect(dueAt(schedule({ every: '6h' }), at('2026-03-01T00:00Z'), false)).toBe(at('2026-03-01T00:00Z'))
  })

  it('runs what was missed once, and then keeps to its rhythm', () => {
    expect(next({ every: '1h' }, '2026-03-01T00:00Z', 3, '2026-03-03T12:20Z')).toEqual([
      '2026-03-03T12:20',
      '2026-03-03T13:20',
      '2026-03-03T14:20',
    ])
    expect(next({ cron: '0 2 * * *' }, '2026-03-01T02:00Z', 3, '2026-03-04T12:20Z')).toEqual([
      '2026-03-04T12:20',
      '2026-03-05T02:00',
      '2026-03-06T02:00',
    ])
  })

  it('begins in the middle of a minute where nothing speaks against it', () => {
    const now = at('2026-03-01T00:10Z')
    const [first] = nextTimes(schedule({ every: '1h' }), at('2026-03-01T00:00:30Z'), true, now, 1)
    expect(first).toBe(at('2026-03-01T01:00:30Z'))
  })
})

describe('days on which the clock is changed (D13)', () => {
  it.each([
    // In Berlin 02:00-03:00 is missing on 28 March 2027, and comes twice on 25 October 2026.
    ['Europe/Berlin', '30 2 * * *', '2027-03-27T12:00Z', ['2027-03-28T01:00', '2027-03-29T00:30', '2027-03-30T00:30']],
    [
      'Europe/Berlin',
      '*/30 2 * * *',
      '2027-03-27T12:00Z',
      ['2027-03-28T01:00', '2027-03-29T00:00', '2027-03-29T00:30'],
    ],
    ['Europe/Berlin', '15,45 2 * * *', '2027-03-27T12:00Z', ['2027-03-28T01:00', '2027-03-29T00:15']],
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    [
      'Europe/Berlin',
      '*/30 2 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-26T01:00'],
    ],
    ['Europe/Berlin', '0 3 * * *', '2026-10-24T12:00Z', ['2026-10-25T02:00', '2026-10-26T02:00']],
    // In New York 02:00-03:00 is missing on 14 March 2027, and 01:00-02:00 comes twice on 1 November 2026.
    ['America/New_York', '30 2 * * *', '2027-03-13T12:00Z', ['2027-03-14T07:00', '2027-03-15T06:30']],
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00Z', ['2026-11-01T05:30', '2026-11-02T06:30']],
    [
      'America/New_York',
      '*/20 1 * * *',
      '2026-11-01T05:00Z',
      ['2026-11-01T05:20', '2026-11-01T05:40', '2026-11-02T06:00'],
    ],
    // Half an hour only, in Lord Howe.
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-02T16:00Z', ['2026-10-03T15:30', '2026-10-04T15:15']],
  ])('%s %s after %s', (timezone, cron, since, times) => {
    expect(next({ cron, timezone }, since, times.length)).toEqual(times)
  })

  it.each([
    ['Europe/Berlin', '2027-03-27T12:00Z', ['2027-03-28T12:00', '2027-03-29T12:00']],
    ['Europe/Berlin', '2026-10-24T12:00Z', ['2026-10-25T12:00', '2026-10-26T12:00']],
    ['America/New_York', '2027-03-13T12:00Z', ['2027-03-14T12:00', '2027-03-15T12:00']],
    ['America/New_York', '2026-10-31T12:00Z', ['2026-11-01T12:00', '2026-11-02T12:00']],
  ])('keeps an interval as long as it is: %s after %s', (timezone, since, times) => {
    expect(next({ every: '1d', timezone }, since, 2)).toEqual(times)
  })

  it.each([
    // The hour that is missing is missing in the window as well; the one that comes twice is in it twice.
    ['Europe/Berlin', '01:30', '03:30', '2027-03-28T00:30Z', '2027-03-28T01:30Z'],
    ['Europe/Berlin', '02:00', '03:00', '2026-10-25T00:00Z', '2026-10-25T02:00Z'],
    ['America/New_York', '01:30', '03:30', '2027-03-14T06:30Z', '2027-03-14T07:30Z'],
    ['America/New_York', '01:00', '02:00', '2026-11-01T05:00Z', '2026-11-01T07:00Z'],
  ])('opens a window by the clock on the wall: %s %s to %s', (timezone, from, to, opens, shuts) => {
    const some = schedule({ every: '1h', timezone, windows: [{ from, to }] })
    const minute = 60_000
    const open = [at(opens) - minute, at(opens), at(shuts) - minute, at(shuts)].map((time) => mayBeginAt(some, time))
    expect(open).toEqual([false, true, true, false])
  })

  it('never opens a window that lies in the hour that is missing', () => {
    const some = schedule({ every: '1h', timezone: 'Europe/Berlin', windows: [{ from: '02:15', to: '02:45' }] })
    for (let time = at('2027-03-27T23:00Z'); time < at('2027-03-28T22:00Z'); time += 60_000) {
      expect(mayBeginAt(some, time)).toBe(false)
    }
  })

  it.each([
    ['Europe/Berlin', '2026-10-25', '2026-10-24T21:30Z', '2026-10-25T23:00'],
    ['Europe/Berlin', '2027-03-28', '2027-03-27T22:30Z', '2027-03-28T22:00'],
    ['America/New_York', '2026-11-01', '2026-11-01T03:30Z', '2026-11-02T05:00'],
    ['America/New_York', '2027-03-14', '2027-03-14T04:30Z', '2027-03-15T04:00'],
  ])('freezes the whole day, be it of 23 hours or of 25: %s %s', (timezone, day, since, end) => {
    expect(next({ every: '1h', timezone, freeze: [{ from: day, to: day }] }, since, 1)).toEqual([end])
  })
})

describe('windows and freezes', () => {
  const nightly = { every: '1h', timezone: 'Europe/Berlin', windows: [{ days: ['fri'], from: '22:00', to: '04:00' }] }

  it.each([
    ['2026-11-20T20:59Z', false],
    ['2026-11-20T21:00Z', true],
    ['2026-11-21T02:59Z', true],
    ['2026-11-21T03:00Z', false],
    ['2026-11-21T21:30Z', false],
  ])('a window over midnight belongs to the day it begins on: %s', (instant, open) => {
    expect(mayBeginAt(schedule(nightly), at(instant))).toBe(open)
  })

  it('puts off what is due until a window opens', () => {
    expect(next(nightly, '2026-11-16T08:00Z', 2)).toEqual(['2026-11-20T21:00', '2026-11-20T22:00'])
  })

  it('begins nothing on frozen days of the zone, and goes on at their end', () => {
    const frozen = { every: '1d', timezone: 'America/New_York', freeze: [{ from: '2026-12-20', to: '2027-01-02' }] }
    expect(next(frozen, '2026-12-19T12:00Z', 1)).toEqual(['2027-01-03T05:00'])
  })

  it('says that nothing comes any more when everything is frozen', () => {
    expect(next({ every: '1h', freeze: [{ from: '2026-01-01', to: '2030-01-01' }] }, '2026-11-16T08:00Z', 5)).toEqual(
      [],
    )
  })
})
