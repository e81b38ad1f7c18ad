import fc from 'fast-check'
import { RE2JS } from 're2js'
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

/** Small expressions of letters, classes and all assertions. */
const expressions = fc.letrec<{ all: string }>((tie) => ({
  all: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'a',
      'b',
      '-',
      '.',
      '[ab]',
      '[^a]',
      '^',
      '$',
      '\\b',
      '\\B',
      '\\A',
      '\\z',
      '(?m:^)',
      '(?m:$)',
      '\\n',
    ),
    fc.tuple(tie('all'), tie('all')).map(([one, other]) => `(?:${one})(?:${other})`),
    fc.tuple(tie('all'), tie('all')).map(([one, other]) => `(?:${one}|${other})`),
    fc.tuple(tie('all'), fc.constantFrom('*', '?', '+')).map(([one, times]) => `(?:${one})${times}`),
  ),
})).all

/** Every text of up to four characters; what tells assertions apart is among them. */
const texts = ['']
for (let at = 0; texts[at]!.length < 4; at += 1) for (const letter of 'ab-\n') texts.push(texts[at]! + letter)

describe('whether an expression can match at all', () => {
  it('is what trying all short texts says', () => {
    fc.assert(
      fc.property(expressions, (pattern) => {
        const expression = RE2JS.compile(pattern)
        // Two characters and one on either side, for assertions: whatever matches at all then matches one of these.
        fc.pre((pattern.match(/\[.*?\]|\\n|[-.]|(?<!\\|\?)[ab]/g) ?? []).length <= 2)
        expect(matchesNothing(pattern, 'whole')).toBe(!texts.some((text) => expression.matches(text)))
        expect(matchesNothing(pattern, 'part')).toBe(!texts.some((text) => expression.matcher(text).find()))
      }),
      { numRuns: 1500 },
    )
  })
})
