import { it } from 'vitest'
import { expectFaultTable } from '../../../../test/doubles/fault-table.ts'

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/jira-dc.md',
  { timeout: 300_000 },
  () =>
    expectFaultTable('jira-dc', {
      'create an account': () => ({
        kind: 'account.create',
        after: { userName: 'fresh', email: 'fresh@acme.example', displayName: 'Fresh Face' },
      }),
      'create a group': () => ({ kind: 'group.create', after: { name: 'newcomers' } }),
      'add to a group': ({ person }) => ({
        kind: 'membership.add',
        accountId: person('ruby.hughes'),
        groupId: 'developers',
      }),
      'take out of a group': ({ person }) => ({
        kind: 'membership.remove',
        accountId: person('ruby.hughes'),
        groupId: 'Support',
      }),
      deactivate: ({ person }) => ({ kind: 'account.deactivate', accountId: person('wilma.stone') }),
      reactivate: ({ person }) => ({ kind: 'account.activate', accountId: person('chloe.darcy') }),
      'change an account': ({ person }) => ({
        kind: 'account.update',
        accountId: person('samuel.knight'),
        after: { displayName: 'Sam Knight', email: 'sam@acme.example' },
      }),
      'delete an account': ({ person }) => ({ kind: 'account.delete', accountId: person('peter.lawson') }),
      'write custom attributes': ({ person }) => ({
        kind: 'custom.update',
        accountId: person('ruby.hughes'),
        after: { a1: 'room 7' },
      }),
      'hand over a lead': ({ person }) => ({
        kind: 'lead.handover',
        accountId: person('tomas.dvorak'),
        lead: {
          kind: 'project',
          id: 'WEB',
          name: 'Website (WEB)',
          project: 'WEB',
          to: { id: person('aoife.obrien'), label: 'Aoife' },
        },
      }),
    }),
)
