import { describe, expect, it } from 'vitest'
import { connectionSchema } from '../../domain/connection.ts'
import { mappingRuleSchema } from '../../domain/mapping.ts'
import { newStep, ruleIn, stepKinds, traceOf, writtenRule } from './chain.ts'
import { patternLines, patternsIn, valueAt, withValue } from './document.ts'
import { groupOutcomes } from './group-outcomes.ts'

describe('a mapping rule while it is edited', () => {
  it('shows the value before the chain and after each step, empty and unknown apart', () => {
    const rule = { from: 'mail', steps: [{ before: '@' }, { upper: true }, { prefix: 'X-' }] }
    expect(traceOf(rule, { mail: 'ann@acme.example' }, false)).toEqual(['ann@acme.example', 'ann', 'ANN', 'X-ANN'])
    expect(traceOf(rule, { mail: null }, false)).toEqual([null, null, null, null])
    expect(traceOf(rule, {}, false)).toEqual([undefined, undefined, undefined, undefined])
    expect(traceOf(rule, {}, true).at(-1)).toBeNull()
  })

  it('stops before a step that is not complete', () => {
    const steps = [{ lower: true }, { regex: { pattern: '(', replace: '' } }, { upper: true }]
    expect(traceOf({ from: 'title', steps }, { title: 'Lead' }, false)).toEqual(['Lead', 'lead'])
  })

  it('is written as short as it can be and read back the same', () => {
    for (const rule of [
      { from: 'mail', steps: [] },
      { from: 'mail', steps: [{ trim: true }] },
      { from: 'mail', steps: [], onlyIfEmpty: true },
      { steps: [{ constant: 'Acme' }] },
    ]) {
      expect(ruleIn(writtenRule(rule))).toEqual(rule)
      expect(mappingRuleSchema.safeParse(writtenRule(rule)).success).toBe(true)
    }
    expect(writtenRule({ from: 'mail', steps: [] })).toBe('mail')
  })

  it('knows every kind of step there is', () => {
    const complete: Record<string, unknown> = {
      regex: { regex: { pattern: 'a', replace: 'b' } },
      join: { join: { with: ['sn'], separator: ' ' } },
    }
    for (const kind of stepKinds) {
      const text = { [kind]: 'x' }
      const step = complete[kind] ?? (valueAt(newStep(kind), [kind]) === '' ? text : newStep(kind))
      const parsed = connectionSchema.safeParse({
        source: 'a',
        target: 'b',
        users: { mapping: { email: { from: 'mail', steps: [step] } } },
      })
      expect([kind, parsed.success]).toEqual([kind, true])
    }
  })
})

describe('a document of rules', () => {
  it('loses what holds no setting any more, and nothing else', () => {
    const before = { source: 'hr', guards: { creates: { cap: 3 } }, groups: { byName: {} } }
    expect(withValue(before, ['guards', 'creates', 'cap'], undefined)).toEqual({ source: 'hr', groups: { byName: {} } })
    expect(withValue({}, ['users', 'create'], false)).toEqual({ users: { create: false } })
  })

  it('writes patterns one per line and reads them back, whatever they look like', () => {
    const patterns = ['board', { matches: 'EU-.*' }, '/not an expression/', '"quoted"']
    expect(patternLines(patterns)).toBe('board\n/EU-.*/\n"/not an expression/"\n"\\"quoted\\""')
    expect(patternsIn(patternLines(patterns))).toEqual(patterns)
  })
})

describe('rules for groups on real names', () => {
  const outcomes = (groups: object, names: readonly string[], limit?: number) =>
    groupOutcomes({ groups }, names, limit).map(({ name, to, what }) => [name, what, ...to])

  it('filters first, then takes the table, then the name', () => {
    const groups = {
      scope: { include: [{ matches: 'EU-.*' }], exclude: ['EU-Old'] },
      byTable: [{ from: 'eu-Board', to: ['board', 'leads'] }],
      byName: { transform: [{ after: 'EU-' }, { lower: true }] },
    }
    expect(outcomes(groups, ['EU-Dev', 'EU-Old', 'US-Dev', 'EU-Board'])).toEqual([
      ['EU-Dev', 'name', 'dev'],
      ['EU-Old', 'filtered'],
      ['US-Dev', 'filtered'],
      ['EU-Board', 'table', 'board', 'leads'],
    ])
  })

  it('names what cannot become a group, and two that would become one', () => {
    const groups = { byName: { transform: [{ after: '-' }] } }
    expect(outcomes(groups, ['a-dev', 'b-DEV', 'c-', 'd-long'], 3)).toEqual([
      ['a-dev', 'same', 'dev'],
      ['b-DEV', 'same', 'DEV'],
      ['c-', 'empty', ''],
      ['d-long', 'long', 'long'],
    ])
    expect(outcomes({}, ['a'])).toEqual([['a', 'none']])
    const broken = { byName: { transform: [{ regex: { pattern: '(', replace: '' } }] } }
    expect(groupOutcomes({ groups: broken }, ['a'], undefined)).toEqual([])
  })
})
