import { expect, it } from 'vitest'
import { change } from '../../test/support/plans.ts'
import { aboutOf } from './overtaken.ts'

it('changes are about their people and accounts; making accounts and groups is about those who do the same', () => {
  const { person, account, ...group } = change(1, { kind: 'group.create' })
  expect([...aboutOf([group])]).toEqual(['nobody'])
  expect([...aboutOf([change(2), change(3, { kind: 'account.deactivate' })])]).toEqual([
    'person:key-2',
    'account:account-2',
    'person:key-3',
    'account:account-3',
  ])
  expect([...aboutOf([change(4, { kind: 'account.create', account: { createdBy: 4 } })])]).toEqual([
    'account.create',
    'person:key-4',
  ])
  expect([...aboutOf([{ ...group, kind: 'membership.remove', account: { id: 'zoe' } }])]).toEqual(['account:zoe'])
})
