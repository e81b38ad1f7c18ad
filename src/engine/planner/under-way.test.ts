import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lossesOfMeant, lossesUnderWay } from '../../../test/support/losses.ts'
import { randomWorlds } from '../../../test/support/random-worlds.ts'
import { tries } from '../../../test/support/tries.ts'
import { asApplied, undoOf } from '../../../test/support/undo.ts'
import { applied, planOf } from '../../../test/support/world.ts'

const runs = tries(300)

describe('while a plan is carried out', () => {
  it('nobody is without a product that they have before and after it', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        expect(lossesUnderWay(w, planOf(w))).toEqual([])
      }),
      runs,
    )
  })

  it('whom a rule means to have a product keeps it', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        expect(lossesOfMeant(w, planOf(w))).toEqual([])
      }),
      runs,
    )
  })

  it('nor when any of its changes fails, and what needs those is left out', () => {
    fc.assert(
      fc.property(randomWorlds, fc.uniqueArray(fc.nat(12)), (w, failing) => {
        const failed = new Set(failing)
        expect(lossesUnderWay(w, planOf(w), ({ seq }) => failed.has(seq))).toEqual([])
      }),
      runs,
    )
  })

  it('nor while the plan is taken back', () => {
    fc.assert(
      fc.property(randomWorlds, fc.uniqueArray(fc.nat(12)), (w, failing) => {
        const plan = planOf(w)
        const after = applied(w, plan)
        const failed = new Set(failing)
        const undo = undoOf(asApplied(plan), w, after)
        expect(lossesUnderWay(after, undo, ({ seq }) => failed.has(seq))).toEqual([])
      }),
      runs,
    )
  })
})
