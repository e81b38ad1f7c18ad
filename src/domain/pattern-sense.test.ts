import { describe, expect, it } from 'vitest'
import { matchesNothing, senseOf } from './pattern-sense.ts'

describe('an expression for whole names', () => {
  it.each([
    'a$b',
    'x\\by',
    'a^b',
    '\\Aa\\Ab',
    'x\\bx',
    '[^\\x{0}-\\x{10FFFF}]',
    'dev-(?:a\\z.)',
    '(?:a|b)^c',
    '$.+',
    '\\Bx',
    'a\\B',
    '-\\b-',
    '[^\\x{0}-\\x{10FFFF}]x|y$z',
  ])('%s matches nothing', (pattern) => {
    expect(senseOf(pattern)).toBe('nothing')
  })

  it.each(['.*', '.+', '^.*$', '(?s).*', '.{1,200}', '(?:.|\\n)*', '[\\s\\S]+', '(.*)|x', '\\b.*|.*'])(
    '%s matches everything',
    (pattern) => {
      expect(senseOf(pattern)).toBe('everything')
    },
  )

  it.each([
    'dev',
    'dev-.*',
    '^dev$',
    'a|b',
    '(?m)a$\\nb',
    '\\bdev\\b',
    '\\Bx|y',
    'd\\Bev',
    '[a-z]+',
    '',
    'É',
    '\\p{L}+',
    '.*\\d',
    'a?^b',
    '-\\bx',
    '(?m)^a$',
    'a$|b',
  ])('%s tells names apart', (pattern) => {
    expect(senseOf(pattern)).toBe('something')
  })
})

describe('an expression that is searched for', () => {
  it.each([
    ['a$b', true],
    ['a^b', true],
    ['\\Bx', false],
    ['a\\B', false],
    ['-\\b-', true],
    ['^dev', false],
    ['(?m)^dev', false],
    ['.*', false],
    ['x\\bx', true],
  ] as const)('%s is never found: %s', (pattern, never) => {
    expect(matchesNothing(pattern, 'part')).toBe(never)
  })
})
