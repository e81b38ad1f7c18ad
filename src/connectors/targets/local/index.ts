import type { WriteKind } from '../../../domain/change.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { abilityTable, lacking } from '../../kit/abilities.ts'
import { attempt, bad, ok } from '../../kit/check-steps.ts'
import { counted } from '../../kit/counted.ts'
import { defineTarget } from '../../kit/define.ts'
import { eachAlone } from '../../kit/verdicts.ts'
import { abilities } from './capabilities.ts'
import { config, type LocalTargetConfig } from './config.ts'
import { Directory } from './directory.ts'
import { Reads } from './reads.ts'
import { writableAttributes } from './translate.ts'
import * as writes from './writes.ts'

const writesAtOnce = 4

export const local = defineTarget({
  type: 'local',
  title: 'Built-in directory',
  summary: 'Fills the people and groups that Muster keeps itself, from any source.',
  config,
  fills: ({ directory }) => directory,
  connect,
})

const neverOffered = lacking(abilities)

const carriedOut: Readonly<Partial<Record<WriteKind, writes.Write>>> = {
  'account.create': writes.createAccount,
  'account.update': writes.updateAccount,
  'account.deactivate': writes.deactivate,
  'account.activate': writes.activate,
  'account.delete': writes.deleteAccount,
  'group.create': writes.createGroup,
  'membership.add': writes.addMember,
  'membership.remove': writes.removeMember,
  'custom.update': writes.updateCustom,
}

function connect({ directory: key }: LocalTargetConfig, { localDirectory }: ConnectorContext): Target {
  const directory = new Directory(key, localDirectory)
  const reads = new Reads(directory)
  const operations: Partial<Record<WriteKind, Operation>> = {}
  for (const [kind, write] of Object.entries(carriedOut)) {
    operations[kind as WriteKind] = {
      batchSize: 1,
      apply: (orders, { signal }) => eachAlone(orders, writesAtOnce, (order) => write(order, directory, signal)),
    }
  }
  return {
    identify: async (signal) => {
      await directory.ask('local.people.count', signal, (store, source) => store.count(source, 'people'))
      return {
        directoryKey: `local:${key}`,
        title: `Built-in directory ${key}`,
        notOffered: neverOffered,
      }
    },
    check: (signal) => doctor(directory, signal),
    membershipsComeWith: 'calls',
    lacks: neverOffered,
    // Several sources may number their people alike: the key at one of them finds nobody of another.
    defaultMatch: ['link', 'username', 'email'],
    writableAttributes,
    customAttributes: {
      seen: 'Attributes of the person in the built-in directory, under their id: for mappings and scopes of connections that read it.',
      bytesAtMost: 100_000,
    },
    groupNameLimit: 255,
    users: (signal) => reads.users(signal),
    groups: (signal) => reads.groups(signal),
    members: (group, signal) => reads.members(group, signal),
    accountsNow: (ids, signal) => reads.accountsNow(ids, signal),
    accountsByEmail: (emails, signal) => reads.accountsByEmail(emails, signal),
    groupsByName: (names, signal) => reads.groupsByName(names, signal),
    operations,
    settleMs: 0,
    concurrency: writesAtOnce,
    calls: () => directory.calls(),
    close: async () => {},
  }
}

async function* doctor(directory: Directory, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const counts = await attempt(() =>
    directory.ask('local.count', signal, async (store, source) => ({
      people: await store.count(source, 'people'),
      groups: await store.count(source, 'groups'),
    })),
  )
  if ('error' in counts) {
    yield bad('read-users', counts.error)
    return
  }
  const { people, groups } = counts.value
  const held = `${counted(people, 'person', 'people')} and ${counted(groups, 'group')}`
  yield ok('read-users', `The built-in directory ${directory.key} holds ${held}.`)
  yield ok(
    'capabilities',
    'People who are protected there, and members of protected groups, are left as they are.',
    abilityTable(abilities),
  )
}
