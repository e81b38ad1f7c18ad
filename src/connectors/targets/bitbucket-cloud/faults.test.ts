import { it } from 'vitest'
import { type BitbucketTwin, startBitbucketTwin } from '../../../../test/doubles/bitbucket-cloud-twin.ts'
import { expectFaultTableOf } from '../../../../test/doubles/fault-table.ts'

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/bitbucket-cloud.md',
  { timeout: 300_000 },
  () =>
    expectFaultTableOf<BitbucketTwin>('bitbucket-cloud', () => startBitbucketTwin(), {
      'create an account': () => ({ kind: 'account.create', after: { email: 'fresh@acme.example' } }),
      'create a group': () => ({ kind: 'group.create', after: { name: 'newcomers' } }),
      'add to a group': ({ account, group }) => ({
        kind: 'membership.add',
        accountId: account('chloe.darcy@acme.example').accountId,
        groupId: group('old-project-x').groupId,
      }),
      'take out of a group': ({ group }) => ({
        kind: 'membership.remove',
        accountId: [...group('Support').members.items][0]?.accountId ?? '',
        groupId: group('Support').groupId,
      }),
      'give the role in the workspace': ({ account, sandbox }) => ({
        kind: 'access.grant',
        accountId: account('chloe.darcy@acme.example').accountId,
        access: { product: `bitbucket@${sandbox.bitbucket?.uuid.replace(/[{}]/g, '')}`, role: 'admin' },
      }),
      'take the role in the workspace': ({ account, sandbox }) => ({
        kind: 'access.revoke',
        accountId: account('chloe.darcy@acme.example').accountId,
        access: { product: `bitbucket@${sandbox.bitbucket?.uuid.replace(/[{}]/g, '')}`, role: 'admin' },
      }),
      'change a profile': ({ account }) => {
        const ruby = account('ruby.hughes@acme.example')
        // The person answered the first mail; before that nobody may change their profile.
        ruby.emailVerified = true
        return { kind: 'account.update', accountId: ruby.accountId, after: { displayName: 'Ruby Miller' } }
      },
      reactivate: ({ account }) => ({
        kind: 'account.activate',
        accountId: account('chloe.darcy@acme.example').accountId,
      }),
      deactivate: ({ account }) => ({
        kind: 'account.deactivate',
        accountId: account('samuel.knight@acme.example').accountId,
      }),
    }),
)
