import { describe, expect, it } from 'vitest'
import {
  decisionsAbout,
  type ExceptionDecision,
  type ExceptionKind,
  effectOf,
  exceptionDecisions,
  isRemembered,
  possibleDecisions,
} from './exception.ts'

const kinds = Object.keys(possibleDecisions) as ExceptionKind[]
const decisions = Object.keys(exceptionDecisions) as ExceptionDecision[]

describe('what can be decided beside the rules', () => {
  it.each<[ExceptionKind, readonly ExceptionDecision[]]>([
    ['membership-removed', ['keep', 'revert']],
    ['membership-foreign', ['keep', 'adopt', 'revert']],
    ['account-suspended', ['keep', 'revert']],
    ['account-reactivated', ['keep', 'revert']],
    ['account-gone', []],
    ['group-gone', []],
    ['group-renamed', ['keep']],
    ['value-changed', ['keep', 'revert']],
    ['account-unmanaged', ['keep', 'deactivate']],
    ['account-orphaned', ['keep', 'deactivate']],
    ['person-linked', ['link']],
  ])('about %s: %j', (kind, possible) => {
    expect(decisionsAbout(kind)).toEqual(possible)
    for (const decision of decisions) expect(effectOf(kind, decision) !== undefined).toBe(possible.includes(decision))
  })

  it('is remembered, but for what the rules bring back by themselves', () => {
    const forgotten = kinds.flatMap((kind) =>
      decisionsAbout(kind).flatMap((decision) => (isRemembered(kind, decision) ? [] : [`${decision} ${kind}`])),
    )
    expect(forgotten).toEqual(['revert membership-removed', 'revert account-reactivated', 'revert value-changed'])
  })
})
