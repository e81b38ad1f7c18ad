import { fail } from '../../domain/errors.ts'
import { type Command, command, type Invocation, type Options } from '../command.ts'
import { everyItem } from '../pages.ts'
import { table } from '../render/text.ts'
import { withCursor } from './local.ts'

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
      const rows = items.map(({ key, name, description }) => [key, name, description ?? ''])
      const columns = ['key', 'name', 'description'].map((title) => ({ title }))
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
      return save(invocation, options.name ?? args.key, options.description)
    },
  }),
  command({
    name: 'local <source> groups edit',
    summary: 'rename a group or change its description; members stay',
    arguments: one,
    options: groupOptions,
    examples: ['local hr groups edit dev --name development'],
    async run(invocation) {
      const { args, options, session } = invocation
      const before = (await allGroups(session, args.source)).find(({ key }) => key === args.key)
      if (before === undefined) {
        throw fail.notFound(`There is no group "${args.key}" in "${args.source}".`, {
          hint: `List them: muster local ${args.source} groups list`,
        })
      }
      return save(invocation, options.name ?? before.name, options.description ?? before.description)
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
      const rows = items.map(({ kind, key }) => [kind === 'user' ? 'person' : 'group', key])
      output.show(
        { items },
        items.length === 0 ? ['The group is empty.'] : table([{ title: 'kind' }, { title: 'key' }], rows),
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

async function save(
  {
    args,
    output,
    session,
  }: Pick<Invocation, 'output' | 'session'> & { readonly args: { readonly source: string; readonly key: string } },
  name: string,
  description: string | undefined,
): Promise<number> {
  const client = await session.client()
  const body = { name, ...(description === undefined ? {} : { description }) }
  const group = await client.local.putGroup({ params: args, body }, session.call)
  output.show(group, [`Saved: ${group.key} (${group.name}).`])
  return 0
}
