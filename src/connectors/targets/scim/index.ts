import type { WriteKind } from '../../../domain/change.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { lacking } from '../../kit/abilities.ts'
import { defineTarget } from '../../kit/define.ts'
import type { Dialect } from '../../kit/scim/dialect.ts'
import { Directory } from '../../kit/scim/directory.ts'
import { scimOperations } from '../../kit/scim/operations.ts'
import { ScimServer } from '../../kit/scim/server.ts'
import { Writing } from '../../kit/scim/writing.ts'
import { writableAttributes } from './attributes.ts'
import { abilities } from './capabilities.ts'
import { config, type ScimConfig } from './config.ts'
import { doctor } from './doctor.ts'

export const scim = defineTarget({
  type: 'scim',
  title: 'SCIM 2.0 provider',
  summary: 'People and groups of any application or directory that is provisioned by SCIM 2.0.',
  config,
  connect,
})

const neverOffered = lacking(abilities)

function connect(settings: ScimConfig, context: ConnectorContext): Target {
  const dialect: Dialect = {
    title: 'the SCIM provider',
    attributes: writableAttributes(settings.attributes),
    findsByEmail: settings.findByEmail,
    findsByMember: true,
    userNameIsEmail: false,
    membersPerRequest: settings.membersPerRequest,
    removal: settings.removeMembers,
    membersWithLists: settings.membersWithLists,
    asksForMembers: true,
    toldOnly: ['meta', 'groups'],
  }
  const server = new ScimServer(settings, context)
  const directory = new Directory(server, dialect)
  const writing = new Writing(directory)
  let operations: Readonly<Partial<Record<WriteKind, Operation>>> = {}
  return {
    identify: async (signal) => {
      await server.list('Users', { count: 1 }, signal)
      operations = scimOperations(writing)
      const { host, pathname } = new URL(settings.baseUrl)
      return {
        directoryKey: `scim:${host}${pathname.replace(/\/+$/, '')}`,
        title: host,
        notOffered: neverOffered,
      }
    },
    check: (signal) => doctor(directory, settings, signal),
    membershipsComeWith: 'calls',
    lacks: neverOffered,
    defaultMatch: ['link', 'id', 'username', 'email'],
    writableAttributes: dialect.attributes,
    groupNameLimit: 255,
    users: (signal) => directory.users(signal),
    groups: (signal) => directory.groups(signal),
    members: (group, signal) => directory.members(group, signal),
    accountsNow: (ids, signal) => directory.accountsNow(ids, signal),
    accountsByEmail: (emails, signal) => directory.accountsByEmail(emails, signal),
    groupsByName: (names, signal) => directory.groupsByName(names, signal),
    get operations() {
      return operations
    },
    settleMs: 30_000,
    concurrency: settings.requestsAtOnce,
    calls: () => server.calls(),
    close: async () => server.close(),
  }
}
