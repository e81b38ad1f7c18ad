import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCompany } from '../../sandbox/company/company.ts'
import { startLdapSandbox } from '../../sandbox/ldap/start.ts'
import { makeDrift } from './drift.ts'

describe('what happens between the two plans of the demo', () => {
  it.each(['small', 40, 700] as const)('touches a company of size %s a little and keeps the rest', async (size) => {
    const company = makeCompany(size).directory
    const drift = makeDrift(company)
    const sandbox = await startLdapSandbox({ company })
    onTestFinished(() => sandbox.stop())
    const entries = () => [...sandbox.control.directory.entries()]
    const inactive = () => entries().filter((entry) => entry.first('pwdAccountLockedTime') !== undefined).length
    const groups = () => entries().flatMap((entry) => (entry.values('member').length > 0 ? [entry.first('cn')] : []))
    const before = { people: entries().length, inactive: inactive(), groups: groups() }
    for (const edit of drift.directoryEdits) sandbox.control.edit(edit)
    expect([entries().length, inactive()]).toEqual([before.people + 1, before.inactive + 1])
    expect(groups().filter((name) => !before.groups.includes(name))).toEqual([expect.stringMatching(/-emea$/)])
    expect(groups()).toHaveLength(before.groups.length)
    expect(drift.inDirectory).toHaveLength(4)
    expect(drift.byHand).toHaveLength(2)
    expect(drift.edits.map(({ action }) => action)).toEqual(['remove-member', 'add-person', 'add-member'])
  })

  it('refuses a company of too few', () => {
    const few = makeCompany('small').directory.people.slice(0, 2)
    for (const company of [{ people: few, groups: [] }, makeCompany(1).directory]) {
      expect(() => makeDrift(company)).toThrow('too small for the story')
    }
  })
})
