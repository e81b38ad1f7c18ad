import { expect, it } from 'vitest'
import { detailLines } from './audit-detail.ts'

it('tells each part of an entry in a line of its own, without the marks of JSON', () => {
  expect(detailLines(undefined)).toEqual([])
  expect(detailLines({})).toEqual([])
  expect(
    detailLines({
      version: 4,
      changes: ['url: new', 'tell: other'],
      about: { kind: 'membership', group: 'dev' },
      ok: true,
      grants: [{ role: 'admin' }, { role: 'operator', connection: 'staff' }],
      by: null,
    }),
  ).toEqual([
    'version: 4',
    'changes: url: new, tell: other',
    'about: (kind: membership, group: dev)',
    'ok: true',
    'grants: (role: admin), (role: operator, connection: staff)',
    'by: null',
  ])
})
