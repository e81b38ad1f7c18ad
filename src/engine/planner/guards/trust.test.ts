import { expect, it } from 'vitest'
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
