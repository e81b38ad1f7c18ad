import type { WritableAttribute } from '../../../domain/account.ts'
import type { WriteKind } from '../../../domain/change.ts'
import { fail } from '../../../domain/errors.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { claimOrgFence } from '../../kit/atlassian-cloud/fence.ts'
import { concurrency, settlingMs } from '../../kit/atlassian-cloud/limits.ts'
import { directoryOperations, invitation } from '../../kit/atlassian-cloud/operations.ts'
import { profileAttributes } from '../../kit/atlassian-cloud/profile.ts'
import { WriteMemory } from '../../kit/atlassian-cloud/writing.ts'
import { defineTarget } from '../../kit/define.ts'
import { type BitbucketCloudConfig, config } from './config.ts'
import { doctor } from './doctor.ts'
import { Reads } from './reads.ts'
import { neverOffered, Sessions } from './session.ts'

export const bitbucketCloud = defineTarget({
  type: 'bitbucket-cloud',
  title: 'Bitbucket Cloud',
  summary: 'People, groups and roles of a Bitbucket Cloud workspace, kept by its Atlassian organization.',
  config,
  connect,
})

const address: WritableAttribute = {
  name: 'email',
  required: true,
  when: 'always',
  seen: 'Address of the Atlassian account. Changing it (managed accounts, verified domains) signs the person out everywhere.',
}

function connect(settings: BitbucketCloudConfig, context: ConnectorContext): Target {
  const sessions = new Sessions(settings, context)
  const reads = new Reads(sessions)
  const memory = new WriteMemory(sessions.clock)
  let operations: Readonly<Partial<Record<WriteKind, Operation>>> = {}
  return {
    identify: async (signal) => {
      const session = await sessions.open(signal)
      const { clock, instanceId } = sessions
      const writing = { session, reads, clock, instanceId, memory }
      const { notOffered } = session.identity
      const all = { ...directoryOperations(writing), 'account.create': invitation(session.org, writing) }
      operations = Object.fromEntries(Object.entries(all).filter(([kind]) => !(kind in notOffered)))
      return session.identity
    },
    check: (signal, audience) => doctor(sessions, reads, signal, audience),
    membershipsComeWith: 'users',
    lacks: neverOffered,
    defaultMatch: ['link', 'id', 'email'],
    looksUp: ['id', 'email'],
    writableAttributes: [address, ...profileAttributes],
    groupNameLimit: 255,
    users: (signal) => reads.users(signal),
    groups: (signal) => reads.groups(signal),
    // biome-ignore lint/correctness/useYield: it never tells anybody
    members: async function* () {
      throw fail.bug('Members are not asked one group at a time where they come with the accounts.')
    },
    accountsNow: (ids, signal, also) => reads.accountsNow(ids, signal, also),
    accountsByEmail: (emails, signal) => reads.accountsByEmail(emails, signal),
    notCreatable: (emails, signal) => reads.notCreatable(emails, signal),
    products: async (signal) => (await reads.products(signal)).products,
    groupsByName: (names, signal) => reads.groupsByName(names, signal),
    get operations() {
      return operations
    },
    fence: {
      read: (signal) => reads.fence(signal),
      claim: async (mark, signal) => {
        await claimOrgFence((await sessions.open(signal)).org, sessions.clock, mark, signal)
        reads.forgetFence()
      },
    },
    settleMs: settlingMs,
    concurrency,
    calls: () => sessions.calls(),
    close: async () => sessions.close(),
  }
}
