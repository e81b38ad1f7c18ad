import { expect, it } from 'vitest'
import { accessRuleSchema, accessText, isSameAccess } from './access.ts'
import { allowances, allowSchema, forbiddenKinds } from './allow.ts'

const jira = { product: 'jira', role: 'user' }

it('access is the same in one product and one role alone', () => {
  expect(isSameAccess(jira, { ...jira })).toBe(true)
  expect(isSameAccess(jira, { ...jira, role: 'admin' })).toBe(false)
  expect(isSameAccess(jira, { ...jira, product: 'wiki' })).toBe(false)
})

it('plain use is not named beside the product', () => {
  expect([accessText(jira), accessText({ ...jira, role: 'admin' })]).toEqual(['jira', 'jira (admin)'])
  expect(accessRuleSchema.parse({ product: ' jira ' })).toEqual(jira)
  for (const rule of [{ product: ' ' }, { product: 'jira', role: '' }, { product: 'jira', group: 'x' }, {}]) {
    expect(accessRuleSchema.safeParse(rule).success).toBe(false)
  }
})

it('a target allows everything but deleting, and what it forbids is named by the setting', () => {
  expect([...forbiddenKinds(allowSchema.parse(undefined))]).toEqual([['account.delete', 'allow.delete']])
  expect(forbiddenKinds(allowSchema.parse({ delete: true })).size).toBe(0)
  expect([...forbiddenKinds(allowSchema.parse({ delete: true, activate: false, access: false }))]).toEqual([
    ['account.activate', 'allow.activate'],
    ['account.enable', 'allow.activate'],
    ['access.grant', 'allow.access'],
    ['access.revoke', 'allow.access'],
  ])
})

it('each allowance forbids its own kinds and no other', () => {
  for (const [name, kinds] of Object.entries(allowances)) {
    const forbidden = forbiddenKinds(allowSchema.parse({ delete: true, [name]: false }))
    expect([...forbidden.keys()]).toEqual(kinds)
  }
  expect(allowSchema.safeParse({ everything: true }).success).toBe(false)
})
