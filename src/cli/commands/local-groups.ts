import type { Client } from '../../contract/client.ts'
import { fail } from '../../domain/errors.ts'
import { type Command, command, type Invocation, type Options } from '../command.ts'
import { everyItem, withCursor } from '../pages.ts'
import { table } from '../render/text.ts'

const source = { source: { help: 'name of a source of kind local' } } as const
const one = { ...source, key: { help: 'key of the group; it never changes' } } as const
const member = {
  ...source,
  group: { help: 'key of the group' },
  member: { help: 'key of the person or group' },
} as const

const groupOptions = {
  name: { kind: 'text', value: 'NAME', help: 'name of the group' },
  description: { kind: 'text', value: 'TEXT', help: 'what it is for' },
  protect: { kind: 'flag', help: 'connections that fill the directory leave its members as they are' },
  connection: {
    kind: 'texts',
    value: 'NAME',
    help: 'only this connection takes the group (several times for several); without it any does that reads the directory',
  },
} as const satisfies Options

const memberOptions = { group: { kind: 'flag', help: 'the member is a group' } } as const satisfies Options

export const localGroupCommands: readonly Command[] = [
  command({
    name: 'local <source> groups list',
    summary: 'groups of a built-in directory',
    arguments: source,
    examples: ['local hr groups list'],
    async run({ args, output, session }) {
      const items = await allGroups(session, args.source)
      const rows = items.map(({ key, name, description, connections, protected: isProtected }) => [
        key,
        name,
        description ?? '',
        connections === undefined ? 'any' : connections.join(', ') || 'none',
        isProtected === true ? 'protected' : '',
      ])
      const columns = ['key', 'name', 'description', 'connections', 'state'].map((title) => ({ title }))
      output.show({ items }, items.length === 0 ? [`"${args.source}" has no groups yet.`] : table(columns, rows))
      return 0
    },
  }),
  command({
    name: 'local <source> groups add',
    summary: 'add a group',
    arguments: one,
    options: groupOptions,
    examples: ['local hr groups add dev --name developers'],
    async run(invocation) {
      const { args, options, session } = invocation
      if ((await allGroups(session, args.source)).some(({ key }) => key === args.key)) {
        throw fail.usage(`There is a group "${args.key}" already.`, {
          hint: `Change it with: muster local ${args.source} groups edit ${args.key}`,
        })
      }
      return save(invocation, {
        ...{ name: options.name ?? args.key, ...(options.protect ? { protected: true } : {}) },
        ...(options.description === undefined ? {} : { description: options.description }),
        ...(options.connection.length === 0 ? {} : { connections: [...options.connection] }),
      })
    },
  }),
  command({
    name: 'local <source> groups edit',
    summary: 'rename a group, describe or protect it, or say which connections take it; members stay',
    arguments: one,
    options: {
      ...groupOptions,
      unprotect: { kind: 'flag', help: 'connections that fill the directory may change its members again' },
      'any-connection': { kind: 'flag', help: 'every connection that reads the directory takes the group again' },
    },
    examples: [
      'local hr groups edit dev --name development',
      'local hr groups edit dev --protect',
      'local hr groups edit dev --connection staff',
    ],
    async run(invocation) {
      const { args, options, session } = invocation
      if (options.protect && options.unprotect) throw fail.usage('--protect and --unprotect do not go together.')
      const before = (await allGroups(session, args.source)).find(({ key }) => key === args.key)
      if (before === undefined) {
        throw fail.notFound(`There is no group "${args.key}" in "${args.source}".`, {
          hint: `List them: muster local ${args.source} groups list`,
        })
      }
      const description = options.description ?? before.description
      return save(invocation, {
        ...{ name: options.name ?? before.name, ...(description === undefined ? {} : { description }) },
        ...(options.protect || options.unprotect ? { protected: options.protect } : {}),
        ...(options['any-connection'] ? { connections: null } : {}),
        ...(options.connection.length === 0 ? {} : { connections: [...options.connection] }),
      })
    },
  }),
  command({
    name: 'local <source> groups remove',
    summary: 'take a group out of the directory',
    arguments: one,
    examples: ['local hr groups remove dev'],
    async run({ args, output, session }) {
      const client = await session.client()
      const answer = await client.local.removeGroup({ params: args }, session.call)
      output.show(answer, [answer.removed ? `${args.key} is out of "${args.source}".` : `${args.key} was not there.`])
      return 0
    },
  }),
  command({
    name: 'local <source> members list',
    summary: 'direct members of a group',
    arguments: { ...source, group: member.group },
    examples: ['local hr members list dev'],
    async run({ args, output, session }) {
      const client = await session.client()
      const params = { source: args.source, key: args.group }
      const items = await everyItem((cursor, limit) =>
        client.local.members({ params, query: withCursor(cursor, limit) }, session.call),
      )
      const rows = items.map(({ kind, key, name }) => [kind === 'user' ? 'person' : 'group', key, name])
      output.show(
        { items },
        items.length === 0
          ? ['The group is empty.']
          : table(
              ['kind', 'key', 'name'].map((title) => ({ title })),
              rows,
            ),
      )
      return 0
    },
  }),
  command({
    name: 'local <source> members add',
    summary: 'put a person or group into a group',
    arguments: member,
    options: memberOptions,
    examples: ['local hr members add dev anna', 'local hr members add staff dev --group'],
    async run({ args, options, output, session }) {
      const client = await session.client()
      const params = { source: args.source, key: args.group }
      const body = { kind: options.group ? ('group' as const) : ('user' as const), key: args.member }
      const answer = await client.local.addMember({ params, body }, session.call)
      output.show(answer, [`${args.member} is in ${args.group}.`])
      return 0
    },
  }),
  command({
    name: 'local <source> members remove',
    summary: 'take a person or group out of a group',
    arguments: member,
    options: memberOptions,
    examples: ['local hr members remove dev anna'],
    async run({ args, options, output, session }) {
      const client = await session.client()
      const params = {
        source: args.source,
        key: args.group,
        kind: options.group ? ('group' as const) : ('user' as const),
        member: args.member,
      }
      const answer = await client.local.removeMember({ params }, session.call)
      output.show(answer, [
        answer.removed ? `${args.member} is out of ${args.group}.` : `${args.member} was not in ${args.group}.`,
      ])
      return 0
    },
  }),
]

async function allGroups(session: Invocation['session'], sourceKey: string) {
  const client = await session.client()
  return everyItem((cursor, limit) =>
    client.local.groups({ params: { source: sourceKey }, query: withCursor(cursor, limit) }, session.call),
  )
}

type Given = Pick<Invocation, 'output' | 'session'> & {
  readonly args: { readonly source: string; readonly key: string }
}

async function save(
  { args, output, session }: Given,
  body: Parameters<Client['local']['putGroup']>[0]['body'],
): Promise<number> {
  const client = await session.client()
  const group = await client.local.putGroup({ params: args, body }, session.call)
  output.show(group, [`Saved: ${group.key} (${group.name}${group.protected === true ? ', protected' : ''}).`])
  return 0
}
