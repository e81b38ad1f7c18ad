import { expect, it } from 'vitest'
import { applied, openGuards, planOf, world } from '../../../test/support/world.ts'

/** Names of the groups one account is in. */
function groupsOf(w: ReturnType<typeof world>, account: string): string[] {
  return Object.values(w.targetGroups)
    .filter((group) => group.members.includes(account))
    .map((group) => group.name)
    .sort()
}

const received = { developers: { members: ['ann'] }, employees: { members: ['ann'] } }

it('keep existing enabled', () => {
  const before = world({
    people: { ann: {} },
    groups: received,
    accounts: { ann: {} },
    targetGroups: {
      JSU: { name: 'jira-software-users', members: ['ann'] },
      JA: { name: 'jira-administrators', members: ['ann'], admin: true },
    },
    links: { ann: 'ann' },
    rules: { groups: { ownership: 'add-only' } },
  })
  const plan = planOf(before)
  expect(groupsOf(applied(before, plan), 'ann')).toEqual([
    'developers',
    'employees',
    'jira-administrators',
    'jira-software-users',
  ])
  expect(plan.changes.filter((change) => change.kind === 'membership.remove')).toEqual([])
})

it('keep existing disabled', () => {
  const before = world({
    people: { ann: {} },
    groups: received,
    accounts: { ann: {} },
    targetGroups: {
      JSU: { name: 'jira-software-users', members: ['ann'] },
      JA: { name: 'jira-administrators', members: ['ann'] },
      ST: { name: 'support-team', members: ['ann'] },
    },
    links: { ann: 'ann' },
    rules: { groups: { ownership: 'all', protected: ['jira-administrators'] }, guards: openGuards },
  })
  const plan = planOf(before)
  expect(groupsOf(applied(before, plan), 'ann')).toEqual(['developers', 'employees', 'jira-administrators'])
  const removed = plan.changes
    .filter((change) => change.kind === 'membership.remove')
    .map((change) => change.groupLabel)
  expect(removed.sort()).toEqual(['jira-software-users', 'support-team'])
})
