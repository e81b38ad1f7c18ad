import { describe, expect, it } from 'vitest'
import { semanticsVersion } from '../domain/plan.ts'
import { versionSteps } from './trust.ts'

const now = { source: { type: 'file', version: 1 }, target: { type: 'jira-cloud', version: 3 } }

describe('steps of versions since the last good read', () => {
  it('are none when nothing moved', () => {
    expect(versionSteps({ semanticsVersion, connectors: now }, now)).toEqual([])
  })

  it('name the rules of planning, from and to, and what they decide differently', () => {
    const steps = versionSteps({ semanticsVersion: 1, connectors: now }, now)
    expect(steps).toEqual([
      expect.stringMatching(
        `^The rules of planning went from version 1 to ${semanticsVersion}: .*limits look at a whole day`,
      ),
    ])
  })

  it('name going back to an older Muster, too', () => {
    expect(versionSteps({ semanticsVersion: 99, connectors: now }, now)).toEqual([
      `The rules of planning went from version 99 to ${semanticsVersion}.`,
    ])
  })

  it('name each connector that moved', () => {
    const before = { source: { type: 'file', version: 1 }, target: { type: 'jira-cloud', version: 2 } }
    expect(versionSteps({ semanticsVersion, connectors: before }, now)).toEqual([
      'The connector "jira-cloud" went from version 2 to 3.',
    ])
  })

  it('count a connector as in its first version where nobody wrote it down', () => {
    expect(versionSteps({ semanticsVersion }, now)).toEqual(['The connector "jira-cloud" went from version 1 to 3.'])
  })

  it('say nothing about another connector: that is a change of the settings', () => {
    const before = { source: { type: 'ldap', version: 7 }, target: now.target }
    expect(versionSteps({ semanticsVersion, connectors: before }, now)).toEqual([])
  })
})
