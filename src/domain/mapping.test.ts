import { describe, expect, it } from 'vitest'
import type { Attributes } from './identity.ts'
import {
  attributesRead,
  customAttributeSchema,
  type Mapped,
  mappingRule,
  mappingRuleSchema,
  nameChain,
  stepsSchema,
} from './mapping.ts'

const person: Attributes = { mail: 'Ann.Lee@x.test', given: 'Ann', surname: 'Lee', empty: null, list: ['', 'second'] }

/** A group of a pattern as a replacement names it. */
const group = (name: string) => `$\{${name}}`

const cases: { name: string; rule: unknown; gives: Mapped }[] = [
  { name: 'takes an attribute as it is', rule: 'mail', gives: 'Ann.Lee@x.test' },
  { name: 'keeps empty and unknown apart', rule: 'empty', gives: null },
  { name: 'says unknown for what was not delivered', rule: 'absent', gives: undefined },
  { name: 'takes the first filled value of several', rule: 'list', gives: 'second' },
  {
    name: 'runs its steps in order',
    rule: { from: 'mail', steps: [{ lower: true }, { before: '@' }] },
    gives: 'ann.lee',
  },
  { name: 'leaves a value without the mark', rule: { from: 'given', steps: [{ after: '@' }] }, gives: 'Ann' },
  {
    name: 'replaces by groups',
    rule: { from: 'mail', steps: [{ regex: { pattern: '^(\\w+)\\.(\\w+)@.*$', replace: '$2, $1' } }] },
    gives: 'Lee, Ann',
  },
  {
    name: 'replaces by groups with a name',
    rule: {
      from: 'mail',
      steps: [
        { regex: { pattern: '^(?P<first>\\w+)\\.(?P<last>\\w+)@.*$', replace: `${group('last')}, ${group('first')}` } },
      ],
    },
    gives: 'Lee, Ann',
  },
  {
    name: 'tells the number of a group from a digit behind it',
    rule: { from: 'given', steps: [{ regex: { pattern: '^(A)nn$', replace: `${group('1')}0 costs $$5` } }] },
    gives: 'A0 costs $5',
  },
  {
    name: 'leaves a value the pattern does not match',
    rule: { from: 'given', steps: [{ regex: { pattern: 'x', replace: 'y' } }] },
    gives: 'Ann',
  },
  {
    name: 'joins what is filled',
    rule: { from: 'given', steps: [{ join: { with: ['empty', 'surname'] } }] },
    gives: 'Ann Lee',
  },
  { name: 'falls back when there is no value', rule: { from: 'absent', steps: [{ fallback: 'given' }] }, gives: 'Ann' },
  { name: 'takes what follows a mark', rule: { from: 'mail', steps: [{ after: '@' }] }, gives: 'x.test' },
  {
    name: 'joins nothing to a value that a step emptied',
    rule: { from: 'given', steps: [{ regex: { pattern: '.*', replace: '' } }, { join: { with: ['surname'] } }] },
    gives: 'Lee',
  },
  { name: 'joins empty ones to empty', rule: { from: 'empty', steps: [{ join: { with: ['empty'] } }] }, gives: null },
  {
    name: 'says unknown where nothing is filled and one of the joined was not delivered',
    rule: { from: 'empty', steps: [{ join: { with: ['absent'] } }] },
    gives: undefined,
  },
  {
    name: 'needs no other attribute beside a value',
    rule: { from: 'given', steps: [{ fallback: 'mail' }] },
    gives: 'Ann',
  },
  {
    name: 'falls back when a step left nothing',
    rule: { from: 'given', steps: [{ regex: { pattern: '.*', replace: '' } }, { fallback: 'surname' }] },
    gives: 'Lee',
  },
  {
    name: 'stays empty when there is nothing to fall back to',
    rule: { from: 'empty', steps: [{ fallback: 'absent' }] },
    gives: null,
  },
  { name: 'looks a value up', rule: { from: 'given', steps: [{ lookup: { table: { Ann: 'Anna' } } }] }, gives: 'Anna' },
  { name: 'says the constant', rule: { steps: [{ constant: 'staff' }] }, gives: 'staff' },
  {
    name: 'turns nothing left into empty',
    rule: { from: 'given', steps: [{ regex: { pattern: '.*', replace: '' } }] },
    gives: null,
  },
]

describe('a mapping rule', () => {
  it.each(cases)('$name', ({ rule, gives }) => {
    expect(mappingRule(mappingRuleSchema.parse(rule))(person)).toBe(gives)
  })

  it('reads what it takes, joins and falls back to, and nothing else', () => {
    const read = (rule: unknown) => [...attributesRead(mappingRuleSchema.parse(rule))]
    const steps = [{ join: { with: ['surname', 'given'] } }, { fallback: 'mail' }, { upper: true }]
    expect(read({ from: 'given', steps })).toEqual(['given', 'surname', 'mail'])
    expect(read({ steps: [{ constant: 'staff' }] })).toEqual([])
    expect(read('mail')).toEqual(['mail'])
  })

  it('overwrites what is there unless it says otherwise, and the name of a custom attribute has no blanks around', () => {
    expect(mappingRuleSchema.parse('mail').onlyIfEmpty).toBe(false)
    expect(mappingRuleSchema.parse({ from: 'mail' }).onlyIfEmpty).toBe(false)
    expect(customAttributeSchema.parse('badge')).toEqual({ from: 'badge', steps: [], onlyIfEmpty: false })
    expect(customAttributeSchema.parse({ name: ' Badge ', from: 'b' })).toMatchObject({
      name: 'Badge',
      onlyIfEmpty: false,
    })
  })

  it.each([
    ['$2', 'names the group $2, which the pattern does not have'],
    ['$0', 'names the group $0, which the pattern does not have'],
    [group('last'), `names the group ${group('last')}, which the pattern does not have`],
    ['\\\\1', 'must name groups with a dollar sign: $1, not \\\\1'],
  ])('is refused with the replacement %s, which would stand in every value as it is', (replace, why) => {
    const step = { regex: { pattern: '^(?P<first>\\w+)$', replace } }
    expect(() => stepsSchema.parse([step])).toThrow(why)
    expect(stepsSchema.safeParse([{ regex: { ...step.regex, replace: `$1${group('first')}$12$$` } }]).success).toBe(
      true,
    )
  })

  it('looks up only what stands in its table, whatever the value is called', () => {
    const chain = nameChain(stepsSchema.parse([{ lookup: { table: { dev: 'development' } } }]))
    expect(['dev', 'constructor', 'toString', '__proto__'].map(chain)).toEqual([
      'development',
      'constructor',
      'toString',
      '__proto__',
    ])
  })
})
