import type { z } from 'zod'
import type { PushStatusView, pushTokenView } from '../../contract/push.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import type { Output } from '../output.ts'
import { everyItem } from '../pages.ts'
import { counted, plain, shownTime, table } from '../render/text.ts'
import type { Session } from '../session.ts'

/** Sources that an identity provider pushes into: address, tokens, baseline, what was received. */

type PushTokenView = z.output<typeof pushTokenView>

const key = { key: { help: 'name of a source of type scim-push' } } as const

export const sourcesPush = command({
  name: 'sources push',
  summary: 'what an identity provider is given for a source, and what it has sent so far',
  arguments: key,
  examples: ['sources push entra'],
  async run({ args, output, session }) {
    const client = await session.client()
    const status = await client.push.status({ params: { key: args.key } }, session.call)
    output.show(status, statusLines(status))
    if (status.tokens.length === 0) output.next(`Make a token for it: muster token create --source ${args.key}`)
    else if (status.baselineAt === undefined) {
      output.next(`When everybody has been sent: muster sources baseline ${args.key}`)
    }
    return 0
  },
})

function statusLines(status: PushStatusView): string[] {
  const { users, activeUsers, groups, memberships, changedAt, baselineAt, baselineBy, tokens } = status
  const baseline =
    baselineAt === undefined
      ? `not declared: this source only adds so far${status.baselineOffered ? '; nothing changed for an hour' : ''}`
      : `declared ${shownTime(baselineAt)} by ${plain(baselineBy ?? 'somebody')}`
  return [
    `Base URL   ${status.baseUrl.startsWith('/') ? `https://<address of this server>${status.baseUrl}` : status.baseUrl}`,
    `Received   ${counted(users, 'person', 'people')} (${users - activeUsers} inactive), ${counted(groups, 'group')}, ${counted(memberships, 'membership')}`,
    `Changed    ${changedAt === undefined ? 'never' : shownTime(changedAt)}`,
    `Baseline   ${baseline}`,
    `Tokens     ${tokens.length === 0 ? 'none' : tokens.map(({ prefix }) => `${prefix}…`).join(', ')}`,
  ]
}

export const sourcesBaseline = command({
  name: 'sources baseline',
  summary: 'declare that an identity provider has sent everybody: absence and inactivity count from now on',
  description: [
    'Until then a pushed source only adds: nobody is deactivated and no membership is taken away. The limits stand afterwards as well.',
  ],
  arguments: key,
  examples: ['sources baseline entra'],
  async run({ args, output, session }) {
    const client = await session.client()
    const params = { key: args.key }
    const done = await client.push.declareBaseline({ params }, session.call)
    const { users, groups } = await client.push.status({ params }, session.call)
    output.show(done, [
      `The baseline of ${args.key} is declared with ${counted(users, 'person', 'people')} and ${counted(groups, 'group')}.`,
    ])
    output.next('See what would follow from it: muster plan <connection>')
    return 0
  },
})

export const sourcesRequests = command({
  name: 'sources requests',
  summary: 'what an identity provider sent and was answered, the newest first',
  arguments: key,
  options: {
    failed: { kind: 'flag', help: 'only requests that were refused' },
    limit: { kind: 'text', value: 'N', help: 'at most so many (20 if left out)' },
  },
  examples: ['sources requests entra', 'sources requests entra --failed --json'],
  async run({ args, options, output, session }) {
    const limit = options.limit === undefined ? 20 : Number(options.limit)
    if (!Number.isInteger(limit) || limit < 1) {
      throw fail.usage(`"${options.limit}" is no number of requests.`, { hint: 'Write a whole number above 0.' })
    }
    const client = await session.client()
    const items = await everyItem(
      (cursor, size) =>
        client.push.requests(
          {
            params: { key: args.key },
            query: {
              limit: size,
              ...(cursor === undefined ? {} : { cursor }),
              ...(options.failed ? { failed: 'true' as const } : {}),
            },
          },
          session.call,
        ),
      limit,
    )
    const rows = items.map(({ at, method, path, status, subject, problem, notices }) => [
      shownTime(at),
      String(status),
      `${method} ${plain(path)}`,
      plain(subject ?? ''),
      plain(problem ?? notices[0] ?? ''),
    ])
    const columns = ['at', 'status', 'request', 'about', 'why'].map((title) => ({ title }))
    output.show({ items }, items.length === 0 ? ['No requests were received.'] : table(columns, rows))
    return 0
  },
})

export const tokenRotate = command({
  name: 'token rotate',
  summary: 'make a new token for a pushed source; the present one stays valid for a week',
  description: [
    'Enter the new token at the identity provider, see that it is used (muster sources push), and revoke the old one.',
  ],
  arguments: { source: { help: 'name of a source of type scim-push' } },
  examples: ['token rotate entra'],
  async run({ args, output, session }) {
    const client = await session.client()
    const created = await client.push.rotateToken({ params: { key: args.source }, body: {} }, session.call)
    showCreated(output, args.source, created)
    return 0
  },
})

interface Created {
  readonly token: PushTokenView
  readonly value: string
  readonly baseUrl: string
}

function showCreated(output: Output, source: string, created: Created): void {
  const { token, value, baseUrl } = created
  if (!output.json) {
    const ends = token.expiresAt === undefined ? '' : `, ends ${shownTime(token.expiresAt)}`
    output.note(`Token for ${source}${ends}. Base URL: ${baseUrl}. Keep the token now: it is not shown again.`)
  }
  output.show(created, [value])
}

// --- `token create`, `list` and `revoke` with --source ----------------------------------------------------------------

export async function createPushToken(session: Session, output: Output, source: string, expiresAt: string | undefined) {
  const client = await session.client()
  const body = expiresAt === undefined ? {} : { expiresAt }
  showCreated(output, source, await client.push.createToken({ params: { key: source }, body }, session.call))
  return 0
}

export async function listPushTokens(session: Session, output: Output, source: string) {
  const client = await session.client()
  const { tokens: items } = await client.push.status({ params: { key: source } }, session.call)
  const rows = items.map(({ id, prefix, createdAt, expiresAt, lastUsedAt }) => [
    id,
    prefix,
    shownTime(createdAt),
    expiresAt === undefined ? 'never' : shownTime(expiresAt),
    lastUsedAt === undefined ? 'never' : shownTime(lastUsedAt),
  ])
  const columns = ['id', 'begins with', 'made', 'ends', 'last used'].map((title) => ({ title }))
  output.show(
    { items },
    items.length === 0 ? [`No tokens. Make one: muster token create --source ${source}`] : table(columns, rows),
  )
  return 0
}

export async function revokePushToken(session: Session, output: Output, source: string, given: string) {
  const client = await session.client()
  const { tokens } = await client.push.status({ params: { key: source } }, session.call)
  const found = tokens.filter(({ id, prefix }) => id === given || prefix === given)
  const [token] = found
  if (token === undefined || found.length > 1) {
    throw fail.notFound(`The source ${source} has no token "${given}".`, {
      hint: `List them: muster token list --source ${source}`,
    })
  }
  const removed = await client.push.revokeToken({ params: { key: source, id: token.id } }, session.call)
  output.show(removed, [`Token ${token.prefix}… of ${source} is revoked.`])
  return 0
}
