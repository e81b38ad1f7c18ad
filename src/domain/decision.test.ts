import { describe, expect, it } from 'vitest'
import { type Choice, effectsOf, type Subject } from './decision.ts'

const ann: Subject = { of: 'person', source: 'hr', key: 'ann' }
const dev: Subject = { of: 'group', source: 'hr', key: 'dev', rule: 'byName' }
const A1 = { objectId: 'A1', label: 'Ann' }

describe('what deciding does', () => {
  it('a link is a link, of a person or of a group', () => {
    expect(effectsOf(ann, { decision: 'link', ...A1 }, [])).toEqual([{ effect: 'link', accountId: 'A1' }])
    expect(effectsOf(dev, { decision: 'link', objectId: 'G1' }, [])).toEqual([{ effect: 'link-group', groupId: 'G1' }])
  })

  it('none of them means none of those that were offered', () => {
    const choices: Choice[] = [
      { decision: 'link', ...A1 },
      { decision: 'link', objectId: 'A2' },
      { decision: 'link' },
      { decision: 'recreate', objectId: 'A3' },
      { decision: 'none' },
    ]
    expect(effectsOf(ann, { decision: 'none' }, choices)).toEqual([
      { effect: 'remember', decision: 'none', objectId: 'A1' },
      { effect: 'remember', decision: 'none', objectId: 'A2' },
    ])
  })

  it('making anew lets go of what is gone, and forgetting is remembered beside it', () => {
    expect(effectsOf(ann, { decision: 'recreate', ...A1 }, [])).toEqual([{ effect: 'unlink', accountId: 'A1' }])
    expect(effectsOf(dev, { decision: 'recreate', objectId: 'G1' }, [])).toEqual([
      { effect: 'unlink-group', groupId: 'G1' },
    ])
    expect(effectsOf(ann, { decision: 'forget', ...A1 }, [])).toEqual([
      { effect: 'unlink', accountId: 'A1' },
      { effect: 'remember', decision: 'forget' },
    ])
    expect(effectsOf(dev, { decision: 'forget', objectId: 'G1' }, [])).toEqual([
      { effect: 'unlink-group', groupId: 'G1' },
      { effect: 'remember', decision: 'ignore' },
    ])
  })

  it('the rest is remembered, with the account where it is about one', () => {
    expect(effectsOf(ann, { decision: 'leave-taken', ...A1 }, [])).toEqual([{ effect: 'leave-taken', accountId: 'A1' }])
    for (const decision of ['give-back', 'reactivate'] as const) {
      expect(effectsOf(ann, { decision, ...A1 }, [])).toEqual([{ effect: 'remember', decision, objectId: 'A1' }])
    }
    for (const decision of ['take', 'ignore'] as const) {
      expect(effectsOf(dev, { decision }, [])).toEqual([{ effect: 'remember', decision }])
    }
  })
})
