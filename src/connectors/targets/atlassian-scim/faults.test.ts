import { it } from 'vitest'
import { expectFaultTableOf, type FaultScene, type Writes } from '../../../../test/doubles/fault-table.ts'
import { filled, startGuard } from '../../../../test/doubles/guard-twin.ts'

interface Scene extends FaultScene {
  readonly person: (at: number) => string
  readonly team: (at: number) => string
}

async function start(): Promise<Scene> {
  const twin = await startGuard({ variants: { scimMaxCount: '10' } })
  const { people, teams } = await filled(twin)
  const { control } = twin.sandbox
  return {
    open: twin.open,
    stop: twin.stop,
    sandbox: {
      control: {
        addFault: (fault) => control.addFault(fault),
        calm: () => control.calm(),
        digest: twin.digest,
      },
    },
    person: (at) => people[at - 1] ?? '',
    team: (at) => teams[at - 1] ?? '',
  }
}

const writes: Writes<Scene> = {
  'create an account': () => ({ kind: 'account.create', after: { email: 'fresh@acme.example' }, sourceKey: 'k1' }),
  'change an account': ({ person }) => ({
    kind: 'account.update',
    accountId: person(3),
    after: { displayName: 'Mia Kowalski' },
  }),
  'create a group': () => ({ kind: 'group.create', after: { name: 'newcomers' } }),
  'add to a group': ({ person, team }) => ({ kind: 'membership.add', accountId: person(24), groupId: team(1) }),
  'take out of a group': ({ person, team }) => ({ kind: 'membership.remove', accountId: person(2), groupId: team(1) }),
  reactivate: ({ person }) => ({ kind: 'account.activate', accountId: person(9) }),
  deactivate: ({ person }) => ({ kind: 'account.deactivate', accountId: person(5) }),
}

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/atlassian-scim.md',
  { timeout: 300_000 },
  () => expectFaultTableOf('atlassian-scim', start, writes, { find: 'team 7' }),
)
