import { describe, expect, it } from 'vitest'
import { hitsFor, type Known } from './hits.ts'

const known: Known = {
  connections: [{ key: 'staff', displayName: 'All staff', source: 'hr', target: 'acme' }],
  sources: [{ key: 'hr' }],
  targets: [{ key: 'acme', displayName: 'Acme site' }],
  names: [
    { is: 'person', label: 'Ann <ann@x.test>', id: 'k-1', source: 'hr' },
    { is: 'group', label: 'developers', id: 'g 1', target: 'acme' },
    { is: 'group', label: 'of a target that is gone', id: 'g2' },
  ],
}
const labels = (text: string, of: Known = known) =>
  hitsFor(text, of).flatMap(({ title, hits }) => hits.map(({ label, href }) => `${title}: ${label} ${href}`))

describe('what a search means', () => {
  it('is the pages as long as nothing is typed', () => {
    expect(labels('  ').length).toBeGreaterThan(10)
    expect(hitsFor('', known)).toHaveLength(1)
  })

  it('is a run by its number, and a connection, source or target by key or name', () => {
    const none = { ...known, names: [] }
    expect(labels('#12', none)).toEqual(['Runs and connections: Run 12 /runs/12'])
    expect(labels('run 12', none)).toEqual(['Runs and connections: Run 12 /runs/12'])
    expect(labels('staff', none)).toEqual(['Runs and connections: All staff /connections/staff'])
    expect(labels('acme', none)).toEqual(['Sources and targets: Acme site /targets/acme'])
  })

  it('is a person or a group that the server found, with an address that the router reads', () => {
    expect(labels('xyz')).toEqual([
      'People: Ann <ann@x.test> /people/one?person=%22Ann%20%3Cann%40x.test%3E%22',
      'Groups: developers /groups?target=%22acme%22&text=%22developers%22&group=%22g%201%22',
    ])
  })

  it('is help by the words of other products, and a part of the settings', () => {
    const none = { ...known, names: [] }
    expect(labels('keep existing', none)).toEqual(['Help: Ownership of memberships /help?topic=ownership'])
    expect(labels('secrets', none)).toContain('Pages: Secrets /settings?tab=secrets')
  })
})
