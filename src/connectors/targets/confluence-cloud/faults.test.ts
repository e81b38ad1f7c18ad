import { it } from 'vitest'
import { idsOf, type TwinAndTarget } from '../../../../test/doubles/cloud-twin.ts'
import { startConfluence } from '../../../../test/doubles/confluence-cloud-twin.ts'
import { expectFaultTableOf, type Writes } from '../../../../test/doubles/fault-table.ts'

const ruby = 'ruby.hughes@acme.example'

const writes: Writes<TwinAndTarget> = {
  'create an account': () => ({ kind: 'account.create', after: { email: 'fresh@acme.example' } }),
  'create a group': () => ({ kind: 'group.create', after: { name: 'newcomers' } }),
  'add to a group': (twin) => ({
    kind: 'membership.add',
    accountId: idsOf(twin).person(ruby),
    groupId: idsOf(twin).group('developers'),
  }),
  'take out of a group': (twin) => ({
    kind: 'membership.remove',
    accountId: idsOf(twin).person(ruby),
    groupId: idsOf(twin).group('Support'),
  }),
  'change a profile': (twin) => ({
    kind: 'account.update',
    accountId: idsOf(twin).person(ruby),
    before: { displayName: 'Ruby Hughes' },
    after: { displayName: 'Ruby Miller' },
  }),
  'give a role': (twin) => ({
    kind: 'access.grant',
    accountId: idsOf(twin).person('ines.castano@freelance.example'),
    access: { product: `confluence@${twin.sandbox.cloudId}`, role: 'user' },
  }),
  'write custom attributes': (twin) => ({
    kind: 'custom.update',
    accountId: idsOf(twin).person(ruby),
    after: { a1: 'room 7' },
  }),
  reactivate: (twin) => ({ kind: 'account.activate', accountId: idsOf(twin).person('chloe.darcy@acme.example') }),
  deactivate: (twin) => ({ kind: 'account.deactivate', accountId: idsOf(twin).person(ruby) }),
}

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/confluence-cloud.md',
  { timeout: 300_000 },
  () => expectFaultTableOf('confluence-cloud', () => startConfluence('token and key', { company: 'small' }), writes),
)
