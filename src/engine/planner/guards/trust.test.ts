import { describe, expect, it } from 'vitest'
import { inputOf, world } from '../../../../test/support/world.ts'
import { judgement } from './judgement.ts'
import { judgeTrust } from './trust.ts'

it('holds a plan without a change only when it would settle alone how many people are asked', () => {
  const input = inputOf(world({}))
  const held = (secondPerson: boolean) => {
    const scales = judgement([])
    const trust = { firstRun: false, rulesChanged: true, upgraded: false, secondPerson }
    judgeTrust({ ...input, trust }, true, 0, scales)
    return scales.guards.map(({ guard, holds }) => `${guard} ${holds}`)
  }
  expect([held(false), held(true)]).toEqual([[], ['guard:rules-changed plan']])
})

describe('what changed since the last applied run is told in words', () => {
  const told = (trust: Partial<ReturnType<typeof inputOf>['trust']>, missing = 0, readFingerprint = 'all') => {
    const input = inputOf(world({ ...(readFingerprint === 'all' ? {} : { lastGood: { readFingerprint } }) }))
    const scales = judgement([])
    judgeTrust({ ...input, trust: { ...input.trust, ...trust } }, false, missing, scales)
    return scales.guards.map(({ guard, sentence }) => `${guard}: ${sentence}`)
  }
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'rules',
      told({ rulesChanged: true }),
      [
        'guard:rules-changed: The rules of this connection, its source or its target changed since the last applied run. Review what differs and approve it once.',
      ],
    ],
    [
      'what is read',
      told({}, 0, 'less'),
      [
        'guard:read-changed: What the source delivers was changed (file, filter or base). Review what differs and approve it once.',
      ],
    ],
    [
      'what is read, and one is missing',
      told({}, 1, 'less'),
      [
        'guard:read-changed: What the source delivers was changed (file, filter or base). 1 linked person is missing from it. Review what differs and approve it once.',
      ],
    ],
    [
      'what is read, and two are missing',
      told({}, 2, 'less'),
      [
        'guard:read-changed: What the source delivers was changed (file, filter or base). 2 linked people are missing from it. Review what differs and approve it once.',
      ],
    ],
    [
      'the version',
      told({ upgraded: true }),
      ['guard:upgraded: Muster was upgraded and may plan differently. Review what differs and approve it once.'],
    ],
    [
      'the key of the directory',
      told({ rekeyed: true }),
      [
        'guard:rekeyed: What was remembered of this directory was carried over to another key since the last applied run. Review what differs and approve it once.',
      ],
    ],
    [
      'an undo',
      told({ undone: true }),
      [
        'guard:undone: The last run of this connection was an undo. What it took back is planned again here unless the source or the rules changed; review it and approve it once.',
      ],
    ],
  ])('%s', (_, guards, expected) => {
    expect(guards).toEqual(expected)
  })
})
