import type { DriftLookView, DriftView } from '../../contract/drift.ts'
import { type DriftKind, driftKinds } from '../../domain/drift.ts'
import { command } from '../command.ts'
import { everyItem } from '../pages.ts'
import { counted, grouped, plain, shownTime, table, wrap } from '../render/text.ts'

const listedUnlessAsked = 200

export const driftCommand = command({
  name: 'drift',
  summary: 'what in the target is not as Muster left it',
  description: [
    'Reads the target and compares it with what this connection remembers: links, ledger, names, and marks of the values it wrote. Nothing is sent: each difference says what the next plan makes of it, and what can be decided about it (`muster drift decide`). What was not read completely is not called gone.',
    `Kinds: ${Object.entries(driftKinds)
      .map(([kind, { found }]) => `${kind} = ${found}`)
      .join('; ')}.`,
  ],
  arguments: { connection: { help: 'key of a connection' } },
  options: {
    last: { kind: 'flag', help: 'what the last look found; the target is not read again' },
    kind: { kind: 'texts', value: 'KIND', help: 'only this kind', choices: Object.keys(driftKinds) },
    text: { kind: 'text', value: 'TEXT', help: 'only where this is part of a name or id' },
    limit: { kind: 'number', value: 'N', help: `at most N (${listedUnlessAsked} if left out)` },
    all: { kind: 'flag', help: 'every one' },
    open: { kind: 'flag', help: 'only what nobody decided about' },
  },
  examples: [
    'drift staff',
    'drift staff --kind membership-foreign --text jira-administrators',
    'drift staff --last --json',
  ],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const params = { key: args.connection }
    const look = options.last
      ? await client.drift.last({ params }, session.call)
      : await client.drift.look({ params }, session.call)
    const query = {
      ...(options.kind.length === 0 ? {} : { kind: options.kind as DriftKind[] }),
      ...(options.text === undefined ? {} : { text: options.text }),
      ...(options.open ? { decided: 'no' as const } : {}),
    }
    const items = await everyItem(
      (cursor, limit) =>
        client.drift.list(
          { params, query: { ...query, limit, ...(cursor === undefined ? {} : { cursor }) } },
          session.call,
        ),
      options.all ? Number.MAX_SAFE_INTEGER : (options.limit ?? listedUnlessAsked),
    )
    const width = Math.max(60, output.stdout.columns)
    output.show({ look, items }, [...lookLines(look, width), ...itemLines(items, width)])
    if (items.some(({ kind }) => kind === 'account-suspended' || kind.endsWith('-gone'))) {
      output.next(`What waits for a decision: muster items --connection ${args.connection}`)
    }
    const [open] = items.filter(({ possible, decided }) => possible.length > 0 && decided === undefined)
    if (open !== undefined) {
      const choices = open.possible.map(({ decision }) => decision).join('|')
      output.next(`Decide: muster drift decide ${args.connection} ${choices} ${open.id}`)
    }
    if (items.length > 0) output.next(`What the next plan makes of it: muster plan ${args.connection}`)
    return 0
  },
})

function lookLines({ readAt, by, unproven, counts, decided }: DriftLookView, width: number): string[] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const parts = Object.entries(counts).map(([kind, count]) => `${grouped(count)} ${kind}`)
  const nothing = unproven.length === 0 ? 'everything is as it was left' : 'as far as it could be read, nothing'
  return [
    ...wrap(
      `Read ${shownTime(readAt)} by ${plain(by)}: ${total === 0 ? nothing : `${counted(total, 'difference')} (${parts.join(', ')})${decided === 0 ? '' : `; ${grouped(decided)} decided about`}`}.`,
      width,
    ),
    ...unproven.flatMap((sentence) => wrap(plain(sentence), width)),
  ]
}

function itemLines(items: readonly DriftView[], width: number): string[] {
  return [...Map.groupBy(items, ({ kind }) => kind)].flatMap(([kind, list]) => [
    '',
    ...wrap(`${kind}: ${list[0]!.found}. Next plan: ${list[0]!.next}.`, width),
    ...table(
      ['id', 'who', 'where', 'now', 'left', 'seen since', 'decided'].map((title) => ({ title })),
      list.map((each) => [
        each.id,
        plain(each.account?.label ?? ''),
        plain(each.group?.name ?? each.attribute ?? ''),
        plain(nowText(each)),
        plain(each.left ?? ''),
        each.seenSince === undefined ? 'this look' : `${shownTime(each.seenSince)}, run ${each.seenByRun}`,
        each.decided === undefined ? '' : `${each.decided.decision} by ${plain(each.decided.by)}`,
      ]),
    ),
  ])
}

function nowText({ now }: DriftView): string {
  if (now === undefined) return ''
  if (now === null || now.length === 0) return '(empty)'
  return typeof now === 'string' ? now : now.join(', ')
}
