import type { Client } from '../../contract/client.ts'
import { roles as allRoles, type Role } from '../../contract/route.ts'
import type { UserView } from '../../contract/users.ts'
import { fail } from '../../domain/errors.ts'
import { type Command, command, type Invocation, type Options } from '../command.ts'
import { everyItem } from '../pages.ts'
import { shownTime, table } from '../render/text.ts'
import { suggestionFor } from '../suggestion.ts'

const one = { name: { help: 'name of the user, or the id where several have it' } } as const
const roleOption = {
  role: { kind: 'texts', value: 'ROLE[@CONNECTION]', help: 'what they may do, everywhere or on one connection' },
} as const satisfies Options

/** For whoever administers without a browser; all of it stands in the audit log. */
export const userCommands: readonly Command[] = [
  command({
    name: 'users',
    summary: 'people who may sign in with a browser',
    examples: ['users', 'users --json'],
    async run(invocation) {
      const items = await allUsers(invocation)
      const rows = items.map(({ userName, kind, grants, disabledAt, lastSignedInAt }) => [
        userName,
        kind === 'oidc' ? 'identity provider' : 'local',
        disabledAt === undefined ? 'active' : 'disabled',
        grantsText(grants),
        lastSignedInAt === undefined ? 'never' : shownTime(lastSignedInAt),
      ])
      const columns = ['name', 'kept by', 'state', 'roles', 'last signed in'].map((title) => ({ title }))
      invocation.output.show(
        { items },
        items.length === 0 ? ['Nobody yet. Make one: muster users add <name> --role admin'] : table(columns, rows),
      )
      return 0
    },
  }),
  command({
    name: 'users add',
    summary: 'make a user; the password is shown this once and changed at the first sign-in',
    arguments: { name: { help: 'what they type to sign in' } },
    options: { ...roleOption, 'display-name': { kind: 'text', value: 'NAME', help: 'how they are called' } },
    examples: ['users add anna --role admin --role approver', 'users add otto --role operator@staff'],
    async run({ args, options, output, session }) {
      const client = await session.client()
      const displayName = options['display-name']
      const grants = grantsOf(options.role)
      const created = await client.users.create(
        { body: { userName: args.name, grants, ...(displayName === undefined ? {} : { displayName }) } },
        session.call,
      )
      if (!output.json) {
        output.note(`User "${args.name}" (${grantsText(created.user.grants)}). The password is not shown again:`)
      }
      output.show(created, [created.password ?? ''])
      return 0
    },
  }),
  command({
    name: 'users roles',
    summary: 'say what a user may do; replaces what they could do, and signs them out',
    arguments: one,
    options: { ...roleOption, none: { kind: 'flag', help: 'nothing at all' } },
    examples: ['users roles otto --role viewer --role operator@staff', 'users roles otto --none'],
    async run(invocation) {
      const { options } = invocation
      if (options.none === options.role.length > 0) {
        throw fail.usage('Say what the user may do.', { hint: 'Write --role viewer, or --none.' })
      }
      const grants = grantsOf(options.role)
      return await change(invocation, { grants }, ({ userName }) => `"${userName}" now has: ${grantsText(grants)}.`)
    },
  }),
  command({
    name: 'users disable',
    summary: 'shut a user out at once, with all sessions and personal tokens',
    arguments: one,
    examples: ['users disable otto'],
    run: (invocation) => change(invocation, { disabled: true }, ({ userName }) => `"${userName}" is disabled.`),
  }),
  command({
    name: 'users enable',
    summary: 'let a disabled user in again',
    arguments: one,
    examples: ['users enable otto'],
    run: (invocation) => change(invocation, { disabled: false }, ({ userName }) => `"${userName}" may sign in again.`),
  }),
  command({
    name: 'users reset',
    summary: 'set a new password, shown this once and changed at the next sign-in',
    arguments: one,
    examples: ['users reset anna'],
    async run(invocation) {
      const { output, session } = invocation
      const client = await session.client()
      const { id, userName } = await named(invocation)
      const reset = await client.users.resetPassword({ params: { id }, body: {} }, session.call)
      if (!output.json) output.note(`A new password for "${userName}". It is not shown again:`)
      output.show(reset, [reset.password ?? ''])
      return 0
    },
  }),
  command({
    name: 'users link',
    summary: 'say that two names are one person: neither approves what the other started or wrote',
    description: [
      'Equal names through any door are one person anyway: user:anna, sso:anna, os:anna and a personal token of anna. Names of the operating system or of an identity provider are written without what stands before the colon. It counts where a connection asks for two people (review.fourEyes).',
    ],
    arguments: { one: { help: 'a name' }, other: { help: 'another name of the same person' } },
    examples: ['users link anna a.kern@example.com', 'users link root otto'],
    async run({ args, output, session }) {
      const client = await session.client()
      const made = await client.users.link({ body: { one: args.one, other: args.other } }, session.call)
      output.show(made, [`"${made.one}" and "${made.other}" are one person from now on.`])
      return 0
    },
  }),
  command({
    name: 'users identities',
    summary: 'names that are one person, as administrators said',
    examples: ['users identities', 'users identities --json'],
    async run({ output, session }) {
      const client = await session.client()
      const items = await everyItem((cursor, limit) =>
        client.users.identities({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } }, session.call),
      )
      const rows = items.map(({ id, one, other, linkedBy, linkedAt }) => [
        id,
        one,
        other,
        linkedBy,
        shownTime(linkedAt),
      ])
      const columns = [
        { title: 'no', align: 'right' as const },
        ...['one name', 'other name', 'by', 'at'].map((title) => ({ title })),
      ]
      output.show({ items }, items.length === 0 ? ['Every name stands for itself.'] : table(columns, rows))
      return 0
    },
  }),
  command({
    name: 'users unlink',
    summary: 'two names are two people again, for rules and runs from now on',
    arguments: { number: { help: 'number of the pair: muster users identities' } },
    examples: ['users unlink 2'],
    async run({ args, output, session }) {
      const client = await session.client()
      await client.users.unlink({ params: { id: args.number } }, session.call)
      output.show({ unlinked: args.number }, ['They are two people again, for rules and runs from now on.'])
      return 0
    },
  }),
  command({
    name: 'users sign-out',
    summary: 'end all sessions of a user',
    arguments: one,
    examples: ['users sign-out otto'],
    async run(invocation) {
      const { output, session } = invocation
      const client = await session.client()
      const { id, userName } = await named(invocation)
      const answer = await client.users.endSessions({ params: { id } }, session.call)
      output.show(answer, [`"${userName}": ${answer.ended} ${answer.ended === 1 ? 'session' : 'sessions'} ended.`])
      return 0
    },
  }),
]

type WithName = Pick<Invocation, 'output' | 'session'> & { readonly args: { readonly name: string } }

async function change(
  invocation: WithName,
  body: Parameters<Client['users']['update']>[0]['body'],
  sentence: (user: UserView) => string,
): Promise<number> {
  const { output, session } = invocation
  const client = await session.client()
  const { id } = await named(invocation)
  const user = await client.users.update({ params: { id }, body }, session.call)
  output.show(user, [sentence(user)])
  return 0
}

async function allUsers({ session }: Pick<Invocation, 'session'>): Promise<readonly UserView[]> {
  const client = await session.client()
  return await everyItem((cursor, limit) =>
    client.users.list({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } }, session.call),
  )
}

/** The one user that is meant. Throws `not-found`, and `usage` where a local user and one of the provider share the name. */
async function named(invocation: WithName): Promise<UserView> {
  const { name } = invocation.args
  const wanted = name.toLowerCase()
  const items = await allUsers(invocation)
  const found = items.filter(({ id, userName }) => id === name || userName.toLowerCase() === wanted)
  const [user] = found
  if (user === undefined) throw fail.notFound(`There is no user "${name}".`, { hint: 'List them: muster users' })
  if (found.length === 1) return user
  throw fail.usage(`${found.length} users are called "${name}".`, {
    hint: `Name one by its id: ${found.map(({ id, kind }) => `${id} (${kind})`).join(', ')}.`,
  })
}

function grantsText(grants: UserView['grants']): string {
  const texts = grants.map(({ role, connection }) => (connection === undefined ? role : `${role}@${connection}`))
  return texts.join(', ') || 'no role'
}

function grantsOf(typed: readonly string[]): UserView['grants'] {
  return typed
    .flatMap((text) => text.split(','))
    .map((text) => {
      const [role = '', ...connection] = text.trim().split('@')
      return connection.length === 0 ? { role: roleOf(role) } : { role: roleOf(role), connection: connection.join('@') }
    })
}

export function roleOf(typed: string): Role {
  const role = allRoles.find((each) => each === typed.trim())
  if (role !== undefined) return role
  const near = suggestionFor(typed, allRoles)
  throw fail.usage(`There is no role "${typed}".`, {
    hint: near === undefined ? `Roles: ${allRoles.join(', ')}.` : `Did you mean ${near}?`,
  })
}
