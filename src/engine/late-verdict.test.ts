import { describe, expect, it } from 'vitest'
import { change } from '../../test/support/plans.ts'
import { comesNoMoreMs, type LateLook, type LateVerdict, lateVerdict } from './late-verdict.ts'
import type { Sighting, Written } from './sighting.ts'

const jira = { product: 'jira', role: 'user' }
const ids = { accountId: 'A1', groupId: 'G1' }
const removal = { lesson: 'ungrant', ...ids }
const now = 10 * comesNoMoreMs

function verdict(part: Partial<Written>, sighting: Sighting, look: Partial<LateLook> = {}): LateVerdict {
  const written = { ...change(1, { kind: 'membership.add', outcome: 'applied', finishedAt: 0 }), ...ids, ...part }
  return lateVerdict(written, sighting, { by: 13, now, source: 'hr', isTimeUp: true, ...look })
}

const lessonsIn = (found: LateVerdict) => (found.is === 'left' ? undefined : found.lessons)

describe('what a later look makes of a write that nobody looked at', () => {
  it('there: it is proven, by whom, and nothing more is learnt', () => {
    for (const look of [{}, { isTimeUp: false }]) {
      expect(verdict({}, 'so', look)).toEqual({
        is: 'proven',
        outcome: {
          seq: 1,
          outcome: 'applied',
          verifiedAt: now,
          message: 'Run 13 saw it; this run ended before it could look.',
        },
        lessons: [],
      })
    }
  })

  it.each([
    ['notSo', 'it was not so in the target'],
    ['untold', 'the target did not tell'],
  ] as const)('%s: it is no longer believed, once it had its time', (sighting, found) => {
    expect(verdict({}, sighting, { isTimeUp: false })).toEqual({ is: 'left' })
    expect(verdict({}, sighting)).toEqual({
      is: 'missing',
      outcome: {
        seq: 1,
        outcome: 'unproven',
        message: `The target accepted this and this run ended before it was seen. Run 13 looked and ${found}; the next plan decides afresh.`,
      },
      lessons: [],
    })
  })

  it('not there: what our own memory had believed is forgotten', () => {
    expect(lessonsIn(verdict({ kind: 'access.grant', access: jira }, 'notSo'))).toEqual([
      { lesson: 'no-access', accountId: 'A1', access: jira },
    ])
    expect(lessonsIn(verdict({ kind: 'membership.remove' }, 'notSo'))).toEqual([{ lesson: 'regrant', ...ids }])
  })
})

describe('what a later look makes of a write that was looked for in vain', () => {
  const inVain = { outcome: 'unproven' } as const

  it('there after all: it is proven, and known again where it had been forgotten', () => {
    const seen = verdict({ ...inVain, kind: 'membership.remove' }, 'so')
    expect(seen).toMatchObject({ is: 'proven', outcome: { outcome: 'applied', verifiedAt: now } })
    expect(seen).toMatchObject({ outcome: { message: 'Run 13 saw it; it took longer than this run waited.' } })
    expect(lessonsIn(seen)).toContainEqual(removal)
    const grant = { lesson: 'access', accountId: 'A1', access: jira, rule: 'groups.byName', how: 'written' }
    expect(lessonsIn(verdict({ ...inVain, kind: 'access.grant', access: jira }, 'so'))).toEqual([grant])
    // What a read of everything shows was never forgotten.
    expect(lessonsIn(verdict({ ...inVain, kind: 'membership.add' }, 'so'))).toEqual([])
  })

  it('may still come for five minutes, however long ago its run ended, and then does not', () => {
    const finishedAt = now - comesNoMoreMs
    expect(verdict({ ...inVain, finishedAt: finishedAt + 1 }, 'notSo')).toEqual({ is: 'left' })
    const gone = verdict({ ...inVain, kind: 'access.grant', access: jira, finishedAt }, 'notSo', { isTimeUp: false })
    expect(gone).toMatchObject({ is: 'missing', outcome: { outcome: 'unproven' } })
    // It was forgotten when its run gave it up; meanwhile somebody may have learnt it anew.
    expect(lessonsIn(gone)).toEqual([])
    expect(gone).toMatchObject({
      outcome: {
        message:
          'The target accepted this and did not show it in time. Run 13 looked and it was not so in the target; the next plan decides afresh.',
      },
    })
  })
})
