import { describe, expect, it } from 'vitest'
import { generalizedTime, windowsTime } from './directory-time.ts'

describe('a generalized time', () => {
  it.each([
    ['20261121030405Z', '2026-11-21T03:04:05.000Z'],
    ['20261121030405.5Z', '2026-11-21T03:04:05.500Z'],
    ['20261121030405.123456Z', '2026-11-21T03:04:05.123Z'],
    ['202611210304Z', '2026-11-21T03:04:00.000Z'],
    ['2026112103,5Z', '2026-11-21T03:30:00.000Z'],
    ['20261121030405+0130', '2026-11-21T01:34:05.000Z'],
    ['20261121030405-08', '2026-11-21T11:04:05.000Z'],
    ['20240229000000Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(generalizedTime(text)).toBe(Date.parse(iso))
  })

  it.each(['', '000001010000', '20261121', '20261321030405Z', '20260230030405Z', '20261121030405', 'tomorrow'])(
    'is not: %s',
    (text) => expect(generalizedTime(text)).toBeUndefined(),
  )
})

describe('a time of Windows', () => {
  it('counts ticks from 1601', () => {
    expect(windowsTime('133801632000000000')).toBe(Date.UTC(2025, 0, 1))
    expect(windowsTime('116444736000000000')).toBe(0)
  })

  it.each(['0', '9223372036854775807', '-1'])('never comes: %s', (text) => expect(windowsTime(text)).toBe('never'))

  it.each(['', 'never', '1.5', '0x10'])('is not: %s', (text) => expect(windowsTime(text)).toBeUndefined())
})
