import { it } from 'vitest'
import { expectFaultTable } from '../../../../test/doubles/fault-table.ts'

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/bitbucket-dc.md',
  { timeout: 300_000 },
  () =>
    expectFaultTable('bitbucket-dc', {
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
      'change an account': ({ person }) => ({
        kind: 'account.update',
        accountId: person('samuel.knight'),
        after: { displayName: 'Sam Knight', email: 'sam@acme.example' },
      }),
      'delete an account': ({ person }) => ({ kind: 'account.delete', accountId: person('peter.lawson') }),
    }),
)
