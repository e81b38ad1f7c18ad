import {
  type BitbucketCredentials,
  bitbucketSamples,
  startBitbucketTwin,
} from '../../../../test/doubles/bitbucket-cloud-twin.ts'
import { foldKey } from '../../../domain/identity.ts'
import { type ArrangedRefusal, type TargetHarness, targetConformance } from '../../kit/target-conformance.ts'

/** The connector against the twin, which was written from the same documents by somebody else. */

const lists = { users: 'org.users.search', groups: 'org.groups.search', members: 'org.users.search' }
const writing = [
  'org.invite,org.user.suspend,org.user.restore,org.user.remove,org.group.create,org.group.addMember,org.group.removeMember',
  'org.user.assignRole,org.user.revokeRole,org.group.assignRole,org.group.revokeRole',
  'account.updateProfile,account.setEmail,account.disable,account.enable,account.delete',
].join(',')

async function harness(credentials: BitbucketCredentials): Promise<TargetHarness> {
  const twin = await startBitbucketTwin(credentials)
  const { sandbox, clock, open, logged } = twin
  const { control } = sandbox
  const { state } = control.twin
  const samples = bitbucketSamples(twin)
  const add = { kind: 'membership.add', ...samples.stranger } as const
  const letsIn = twin.group('bitbucket-users-acme').groupId
  const seatless = { ...add, accountId: twin.account('seatless@acme.example').accountId, groupId: letsIn }
  control.resetCounters()
  const refusals: ArrangedRefusal[] = [
    {
      name: 'a synced group',
      arrange: () => undefined,
      order: { ...add, groupId: twin.group('okta-everyone').groupId },
      code: 'not-writable',
    },
    {
      name: 'an expired credential',
      arrange: () => void control.addFault({ kind: 'expired', operations: '*' }),
      order: add,
      code: 'auth-failed',
      throws: true,
    },
    {
      name: 'no seat left',
      arrange: () => control.edit({ action: 'set-seats', product: 'bitbucket', seats: 1 }),
      order: seatless,
      code: 'quota-exhausted',
    },
    {
      name: 'a malformed address',
      arrange: () => undefined,
      order: { kind: 'account.create', after: { email: 'not an address' } },
      code: 'rejected',
    },
    {
      name: 'our own account',
      arrange: () => undefined,
      order: {
        kind: 'membership.remove',
        accountId: twin.account(sandbox.credentials.email).accountId,
        groupId: letsIn,
      },
      code: 'not-writable',
    },
  ]
  return {
    open,
    truth: () => ({
      accounts: new Set(
        state.accounts.items
          .filter(({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0)
          .map(({ accountId }) => accountId),
      ),
      members: new Map(
        state.groups.items.map(({ groupId, members }) => [
          groupId,
          new Set(
            [...members.items]
              .filter(({ accountType }) => accountType === 'atlassian')
              .map(({ accountId }) => accountId),
          ),
        ]),
      ),
    }),
    digest: () => control.digest(),
    writes: () => writing.split(',').reduce((sum, operation) => sum + control.requests(operation), 0),
    invitations: (email) => control.counters().invitations[foldKey(email)]?.invitations ?? 0,
    samples,
    refusals: credentials === 'key alone' ? refusals.filter(({ name }) => name !== 'our own account') : refusals,
    faults: {
      cut: (list, times) => {
        const often = times === undefined ? {} : { times }
        control.addFault({ kind: 'short-page', keep: 3, operations: lists[list], ...often })
      },
      failReads: (how) => {
        const fault = {
          unavailable: { kind: 'status', status: 503, when: 'before' },
          'not-json': { kind: 'not-json' },
          'cut-off': { kind: 'cut-body' },
          expired: { kind: 'expired' },
        } as const
        control.addFault({ ...fault[how], operations: 'org.users.search,org.groups.search', skip: 1 })
      },
      loseAnswer: (how) => {
        if (how === 'status')
          control.addFault({ kind: 'status', status: 502, when: 'after', operations: writing, times: 1 })
        else control.addFault({ kind: 'close', when: 'after', operations: writing, times: 1 })
      },
      refuseOnce: () =>
        void control.addFault({ kind: 'status', status: 503, when: 'before', operations: writing, times: 1 }),
      slowDown: (times, retryAfterSeconds) =>
        void control.addFault({ kind: 'too-many-requests', retryAfterSeconds, operations: '*', times }),
      hang: () => void control.addFault({ kind: 'hold', when: 'before', ms: 5_000, operations: '*' }),
      calm: () => control.calm(),
    },
    undercut: () => control.counters().limits.reduce((sum, { undercut }) => sum + undercut, 0),
    now: clock.now,
    secrets: [sandbox.credentials.orgApiKey, sandbox.credentials.bitbucket?.apiToken ?? ''],
    logged,
    close: () => twin.stop(),
  }
}

for (const credentials of ['token and key', 'key alone'] as const) {
  targetConformance(`bitbucket-cloud with ${credentials}`, () => harness(credentials))
}
