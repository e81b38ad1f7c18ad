import { describe, expect, it } from 'vitest'
import { companyFile } from '../../../test/support/program.ts'
import { makeCompany } from '../../sandbox/company/company.ts'
import { makeDrift } from './drift.ts'

interface Written {
  people: { id: string; active: boolean; displayName: string }[]
  groups: { id: string; name: string; members: { id: string }[] }[]
}

const fileOf = (size: 'small' | number) => companyFile({ directory: makeCompany(size).directory })

describe('what happens between the two plans of the demo', () => {
  it.each(['small', 40, 700] as const)('touches a company of size %s a little and keeps the rest', (size) => {
    const before = JSON.parse(fileOf(size)) as Written
    const drift = makeDrift(fileOf(size))
    const after = JSON.parse(drift.directory) as Written
    expect(after.people).toHaveLength(before.people.length + 1)
    expect(after.people.filter(({ active }) => !active)).toHaveLength(
      before.people.filter(({ active }) => !active).length + 1,
    )
    expect(after.groups.map(({ id }) => id)).toEqual(before.groups.map(({ id }) => id))
    expect(after.groups.filter(({ name }, at) => name !== before.groups[at]?.name).map(({ name }) => name)).toEqual([
      expect.stringMatching(/-emea$/),
    ])
    expect(drift.inDirectory).toHaveLength(4)
    expect(drift.byHand).toHaveLength(2)
    expect(drift.edits.map(({ action }) => action)).toEqual(['remove-member', 'add-person', 'add-member'])
  })

  it('refuses a file that is not the sample company', () => {
    for (const text of ['', '[]', '{"people": [], "groups": []}']) {
      expect(() => makeDrift(text)).toThrow('is not the sample company')
    }
  })
})
