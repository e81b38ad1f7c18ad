import { durationSchema } from '../../domain/duration.ts'
import { fail } from '../../domain/errors.ts'
import { isoTime } from '../../platform/clock.ts'
import { command } from '../command.ts'
import { shownTime, table } from '../render/text.ts'
import { createPushToken, listPushTokens, revokePushToken } from './push.ts'
import { roleOf } from './users.ts'

export const tokenCreate = command({
  name: 'token create',
  summary: 'make a token for the API, or for an identity provider that pushes; its value is shown this once',
  description: [
    `Roles: viewer reads; operator also plans and applies; approver approves and releases; admin edits, and does what an operator does.`,
  ],
  arguments: { name: { help: 'what it is for, e.g. ci; not with --source', optional: true } },
  options: {
    role: { kind: 'texts', value: 'ROLE', help: 'what it may do (viewer if left out)' },
    expires: { kind: 'text', value: 'WHEN', help: 'a duration such as 90d, or a date' },
    source: { kind: 'text', value: 'KEY', help: 'for the identity provider that pushes into this source' },
  },
  examples: [
    'token create --source entra',
    'token create ci --role operator --expires 90d',
    'token create console --role admin --role approver',
  ],
  async run({ args, options, output, session, environment }) {
    const expiresAt = options.expires === undefined ? undefined : instantOf(options.expires, environment.now())
    if (options.source !== undefined) return await createPushToken(session, output, options.source, expiresAt)
    if (args.name === undefined) {
      throw fail.usage('A token for the API needs a name.', { hint: 'Write what it is for: muster token create ci' })
    }
    const [first = 'viewer', ...rest] = new Set(options.role.flatMap((text) => text.split(',')).map(roleOf))
    const client = await session.client()
    const created = await client.tokens.create(
      { body: { name: args.name, roles: [first, ...rest], ...(expiresAt === undefined ? {} : { expiresAt }) } },
      session.call,
    )
    if (!output.json) {
      output.note(
        `Token "${created.token.name}" (${created.token.roles.join(', ')})${created.token.expiresAt === undefined ? '' : `, ends ${shownTime(created.token.expiresAt)}`}. Keep it now: it is not shown again.`,
      )
    }
    output.show(created, [created.value])
    return 0
  },
})

export const tokenList = command({
  name: 'token list',
  summary: 'list tokens by their first characters',
  options: {
    source: { kind: 'text', value: 'KEY', help: 'those for the identity provider that pushes into this source' },
  },
  examples: ['token list', 'token list --source entra'],
  async run({ options, output, session }) {
    if (options.source !== undefined) return await listPushTokens(session, output, options.source)
    const client = await session.client()
    const { items } = await client.tokens.list(undefined, session.call)
    const rows = items.map(({ id, name, prefix, roles, expiresAt, lastUsedAt }) => [
      id,
      name,
      prefix,
      roles.join(', '),
      expiresAt === undefined ? 'never' : shownTime(expiresAt),
      lastUsedAt === undefined ? 'never' : shownTime(lastUsedAt),
    ])
    const columns = ['id', 'name', 'begins with', 'roles', 'ends', 'last used'].map((title) => ({ title }))
    output.show(
      { items },
      items.length === 0 ? ['No tokens. Make one: muster token create <name>'] : table(columns, rows),
    )
    return 0
  },
})

export const tokenRevoke = command({
  name: 'token revoke',
  summary: 'end a token at once',
  arguments: { token: { help: 'its id, or its name where only one has it' } },
  options: {
    source: { kind: 'text', value: 'KEY', help: 'it is for the identity provider that pushes into this source' },
  },
  examples: ['token revoke ci', 'token revoke muster_scim_Ab3xYz --source entra'],
  async run({ args, options, output, session }) {
    if (options.source !== undefined) return await revokePushToken(session, output, options.source, args.token)
    const client = await session.client()
    const { items } = await client.tokens.list(undefined, session.call)
    const found = items.filter(({ id, name }) => id === args.token || name === args.token)
    if (found.length > 1) {
      throw fail.usage(`${found.length} tokens are called "${args.token}".`, {
        hint: `Name it by its id: ${found.map(({ id }) => id).join(', ')}.`,
      })
    }
    const [token] = found
    if (token === undefined)
      throw fail.notFound(`There is no token "${args.token}".`, { hint: 'List them: muster token list' })
    const removed = await client.tokens.revoke({ params: { id: token.id } }, session.call)
    output.show(removed, [`Token "${token.name}" (${token.prefix}...) is revoked.`])
    return 0
  },
})

function instantOf(text: string, now: number): string {
  const duration = durationSchema.safeParse(text)
  if (duration.success) return isoTime(now + duration.data)
  const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) {
    throw fail.usage(`"${text}" is no time.`, { hint: 'Write a duration such as 90d, or a date such as 2027-03-01.' })
  }
  return isoTime(at)
}
