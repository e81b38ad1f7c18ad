import type { WorkItemView } from '../../contract/work-items.ts'
import { type DecisionKind, decisions } from '../../domain/decision.ts'
import { type HoldReason, holdReasons } from '../../domain/reason.ts'
import { command } from '../command.ts'
import { numbersOf } from '../numbers.ts'
import type { Paint } from '../output.ts'
import { everyItem } from '../pages.ts'
import { counted, plain, shownTime, table, wrap } from '../render/text.ts'

/** At most this many items are decided by one command. */
const mostItems = 1_000

export const itemsCommand = command({
  name: 'items',
  summary: 'what waits for the decision of a person',
  description: [
    'Each item has a number, says what is asked, and lists what can be decided: `muster items decide`. Items without a choice close by themselves when the source or the rules were corrected.',
  ],
  options: {
    connection: { kind: 'text', value: 'KEY', help: 'only of this connection' },
    reason: { kind: 'text', value: 'CODE', help: 'only with this reason', choices: Object.keys(holdReasons) },
    limit: { kind: 'number', value: 'N', help: 'at most N (100 if left out)' },
  },
  examples: ['items', 'items --reason account-gone', 'items --connection staff --json'],
  async run({ options, output, session }) {
    const client = await session.client()
    const { connection } = options
    // The parser let only the declared choices through.
    const reason = options.reason as HoldReason | undefined
    const items = await everyItem(
      (cursor, limit) =>
        client.workItems.list(
          {
            query: {
              limit,
              ...(cursor === undefined ? {} : { cursor }),
              ...(connection === undefined ? {} : { connection }),
              ...(reason === undefined ? {} : { reason }),
            },
          },
          session.call,
        ),
      options.limit ?? 100,
    )
    const width = Math.max(60, output.stdout.columns) - 4
    const lines = items.flatMap((item) => itemLines(item, output.paint, width))
    output.show({ items }, items.length === 0 ? ['Nothing waits for a decision.'] : lines)
    const [first] = items.filter(({ choices }) => choices.length > 0)
    if (first !== undefined) output.next(`Decide one: muster items decide ${first.number} ${typed(first.choices[0]!)}`)
    return 0
  },
})

function itemLines(item: WorkItemView, paint: Paint, width: number): string[] {
  const { number, label, reason, connection, message, choices, openedAt } = item
  // Accounts to choose from stand with their decision; what is only named stands by itself.
  const named = choices.some(({ label: choice }) => choice !== undefined) ? [] : (item.candidates ?? [])
  return [
    `${String(number).padStart(4)}  ${paint('bold', plain(label))}  ${reason}, connection ${connection}, since ${shownTime(openedAt)}`,
    ...wrap(plain(message), width - 2).map((line) => `      ${line}`),
    ...named.map((candidate) => `      - ${plain(candidate)}`),
    ...choices.flatMap((choice) => {
      const about = choice.label === undefined ? '' : `${plain(choice.label)}: `
      return wrap(`${typed(choice)}   ${about}${choice.sentence}`, width - 4).map(
        (line, index) => `      ${index === 0 ? '> ' : '  '}${line}`,
      )
    }),
  ]
}

function typed({ decision, objectId }: WorkItemView['choices'][number]): string {
  return objectId === undefined ? decision : `${decision} --to ${plain(objectId)}`
}

export const itemsDecide = command({
  name: 'items decide',
  summary: 'answer what waits; the next plan goes by it, nothing is sent before',
  description: [
    'What can be decided stands with each item (`muster items`). --to names the account or group where there are several.',
    `Decisions: ${Object.entries(decisions)
      .map(([name, sentence]) => `${name} = ${sentence}`)
      .join('; ')}.`,
  ],
  arguments: {
    items: { help: 'numbers of items: 12, or 3,7-9 for several' },
    decision: { help: 'what is decided', choices: Object.keys(decisions) },
  },
  options: { to: { kind: 'text', value: 'ID', help: 'id of the account or group that is meant' } },
  examples: ['items decide 12 link --to 5b10ac8d82e05b22cc7d4ef5', 'items decide 3,7-9 forget'],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const decision = args.decision as DecisionKind
    const numbers = numbersOf(args.items, { what: 'a work item', most: mostItems })
    const decided: WorkItemView[] = []
    for (const number of numbers) {
      const body = { decision, ...(options.to === undefined ? {} : { objectId: options.to }) }
      const { item } = await client.workItems.decide({ params: { item: String(number) }, body }, session.call)
      decided.push(item)
    }
    const what = decided.length === 1 ? plain(decided[0]!.label) : counted(decided.length, 'item')
    output.show({ decided, decision }, [`Decided: ${what}, ${decision} (${decisions[decision]}).`])
    const connections = [...new Set(decided.map(({ connection }) => connection))]
    output.next(...connections.map((key) => `See what follows: muster plan ${key}`))
    return 0
  },
})

export const itemsDecisions = command({
  name: 'items decisions',
  summary: 'decisions that every plan asks for, until they are spent or revoked',
  options: { limit: { kind: 'number', value: 'N', help: 'at most N (100 if left out)' } },
  examples: ['items decisions'],
  async run({ options, output, session }) {
    const client = await session.client()
    const items = await everyItem(
      (cursor, limit) =>
        client.workItems.decisions({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } }, session.call),
      options.limit ?? 100,
    )
    const rows = items.map(({ id, label, source, decision, objectId, rule, decidedBy, decidedAt }) => [
      id,
      plain(label),
      source,
      [decision, objectId, rule].filter((each) => each !== undefined).join(' '),
      plain(decidedBy),
      shownTime(decidedAt),
    ])
    const columns = [
      { title: 'no', align: 'right' as const },
      ...['about', 'source', 'decision', 'by', 'at'].map((title) => ({ title })),
    ]
    output.show({ items }, items.length === 0 ? ['No decision is remembered.'] : table(columns, rows))
    return 0
  },
})

export const itemsRevoke = command({
  name: 'items revoke',
  summary: 'forget a decision: the next plan asks again',
  arguments: { decision: { help: 'number of the decision: muster items decisions' } },
  examples: ['items revoke 3'],
  async run({ args, output, session }) {
    const client = await session.client()
    await client.workItems.revoke({ params: { decision: args.decision } }, session.call)
    output.show({ revoked: args.decision }, [`Decision ${args.decision} is forgotten.`])
    return 0
  },
})
