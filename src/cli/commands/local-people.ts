import type { Client } from '../../contract/client.ts'
import { fail } from '../../domain/errors.ts'
import { type Command, command, type Invocation, type Options } from '../command.ts'
import { everyItem, withCursor } from '../pages.ts'
import { table } from '../render/text.ts'

const source = { source: { help: 'name of a source of kind local' } } as const
const one = { ...source, key: { help: 'key of the person; it never changes' } } as const

const attributeOptions = {
  set: {
    kind: 'texts',
    value: 'NAME=VALUE',
    help: 'an attribute; the same name several times makes a list, nothing after = empties it',
  },
  inactive: { kind: 'flag', help: 'the person is disabled' },
  protect: { kind: 'flag', help: 'connections that fill the directory leave this person as it is' },
} as const satisfies Options

type Attributes = Record<string, string | string[] | null>

export const localPeopleCommands: readonly Command[] = [
  command({
    name: 'local <source> people list',
    summary: 'people of a built-in directory',
    arguments: source,
    options: {
      text: { kind: 'text', value: 'TEXT', help: 'only where this is part of the login, address or display name' },
    },
    examples: ['local hr people list', 'local hr people list --text berg'],
    async run({ args, options: { text }, output, session }) {
      const client = await session.client()
      const named = text === undefined ? {} : { text }
      const items = await everyItem((cursor, limit) => {
        const query = { ...withCursor(cursor, limit), ...named }
        return client.local.people({ params: { source: args.source }, query }, session.call)
      })
      const rows = items.map(({ key, userName, active, attributes, protected: isProtected }) => [
        key,
        userName,
        `${active ? 'active' : 'disabled'}${isProtected === true ? ', protected' : ''}`,
        Object.entries(attributes)
          .map(([name, value]) => `${name}=${value === null ? '' : Array.isArray(value) ? value.join('|') : value}`)
          .join(', '),
      ])
      const columns = ['key', 'login', 'state', 'attributes'].map((title) => ({ title }))
      const none =
        text === undefined ? `"${args.source}" has no people yet.` : `Nobody in "${args.source}" is called so.`
      output.show({ items }, items.length === 0 ? [none] : table(columns, rows))
      return 0
    },
  }),
  command({
    name: 'local <source> people add',
    summary: 'add a person',
    arguments: one,
    options: { login: { kind: 'text', value: 'NAME', help: 'login name (the key if left out)' }, ...attributeOptions },
    examples: ['local hr people add anna --set mail=anna@acme.example --set displayName="Anna Berg"'],
    async run(invocation) {
      const { args, options } = invocation
      if ((await present(invocation)) !== undefined) {
        throw fail.usage(`There is a person "${args.key}" already.`, {
          hint: `Change it with: muster local ${args.source} people edit ${args.key}`,
        })
      }
      return save(invocation, {
        ...{ userName: options.login ?? args.key, active: !options.inactive },
        ...{ attributes: withSet({}, options.set), ...(options.protect ? { protected: true } : {}) },
      })
    },
  }),
  command({
    name: 'local <source> people edit',
    summary: 'change a person; what is not named stays',
    arguments: one,
    options: {
      login: { kind: 'text', value: 'NAME', help: 'new login name' },
      ...attributeOptions,
      active: { kind: 'flag', help: 'the person is active again' },
      unprotect: { kind: 'flag', help: 'connections that fill the directory may change this person again' },
      unset: { kind: 'texts', value: 'NAME', help: 'forget an attribute, so that its value is unknown' },
    },
    examples: ['local hr people edit anna --set title=Engineer', 'local hr people edit anna --inactive'],
    async run(invocation) {
      const { args, options } = invocation
      if (options.active && options.inactive) throw fail.usage('--active and --inactive do not go together.')
      if (options.protect && options.unprotect) throw fail.usage('--protect and --unprotect do not go together.')
      const before = await present(invocation)
      if (before === undefined) {
        throw fail.notFound(`There is no person "${args.key}" in "${args.source}".`, {
          hint: `List them: muster local ${args.source} people list`,
        })
      }
      const attributes = withSet(before.attributes, options.set)
      for (const name of options.unset) delete attributes[name]
      const active = options.active || (before.active && !options.inactive)
      return save(invocation, {
        ...{ userName: options.login ?? before.userName, active, attributes },
        ...(options.protect || options.unprotect ? { protected: options.protect } : {}),
      })
    },
  }),
  command({
    name: 'local <source> people remove',
    summary: 'take a person out of the directory; the next plan treats them as having left',
    arguments: one,
    examples: ['local hr people remove anna'],
    async run({ args, output, session }) {
      const client = await session.client()
      const answer = await client.local.removePerson({ params: args }, session.call)
      output.show(answer, [answer.removed ? `${args.key} is out of "${args.source}".` : `${args.key} was not there.`])
      return 0
    },
  }),
]

type Given = Pick<Invocation, 'output' | 'session'> & {
  readonly args: { readonly source: string; readonly key: string }
}

async function present({ args, session }: Given) {
  const client = await session.client()
  return client.local.person({ params: args }, session.call).catch((thrown: unknown) => {
    // Only the person may be missing; a source that is not there is told by the list, which then fails the same way.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'not-found') return undefined
    throw thrown
  })
}

type Body = Parameters<Client['local']['putPerson']>[0]['body']

async function save({ args, output, session }: Given, body: Body): Promise<number> {
  const client = await session.client()
  const person = await client.local.putPerson({ params: args, body }, session.call)
  const state = `${person.active ? '' : ', disabled'}${person.protected === true ? ', protected' : ''}`
  output.show(person, [`Saved: ${person.key} (${person.userName}${state}).`])
  return 0
}

/** `mail=a@b`, `team=x team=y` as a list, `title=` as empty. */
function withSet(before: Attributes, set: readonly string[]): Attributes {
  const named = Map.groupBy(set, (text) => {
    const at = text.indexOf('=')
    if (at > 0) return text.slice(0, at)
    throw fail.usage(`--set needs name=value, not "${text}".`)
  })
  const attributes: Attributes = { ...before }
  for (const [name, texts] of named) {
    const values = texts.map((text) => text.slice(name.length + 1))
    const [only = ''] = values
    attributes[name] = values.length > 1 ? values : only === '' ? null : only
  }
  return attributes
}
