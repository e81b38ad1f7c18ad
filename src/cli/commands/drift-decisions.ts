import type { ExceptionView } from '../../contract/exceptions.ts'
import type { DriftKind } from '../../domain/drift.ts'
import { driftKinds } from '../../domain/drift.ts'
import { fail } from '../../domain/errors.ts'
import { exceptionDecisions, possibleDecisions } from '../../domain/exception.ts'
import { command } from '../command.ts'
import { everyItem } from '../pages.ts'
import { counted, plain, shownTime, table } from '../render/text.ts'

const driftDecisions = ['keep', 'adopt', 'revert'] as const
type DriftDecision = (typeof driftDecisions)[number]

/** So many are decided by one call. */
const mostAtOnce = 1_000

/** What can be decided about each kind of drift, as one sentence. */
const possibilities = Object.entries(possibleDecisions)
  .filter(([kind]) => kind in driftKinds)
  .flatMap(([kind, decisions]) => Object.entries(decisions).map(([decision, does]) => `${kind} ${decision} = ${does}`))
  .join('; ')

export const driftDecide = command({
  name: 'drift decide',
  summary: 'keep, adopt or revert what drifted; the next plan goes by it, nothing is sent before',
  description: [
    'Findings are named by their ids (`muster drift`), or chosen with --kind and --text from what the last look found. The latest decision about one thing counts. Plans that were made before leave these accounts alone.',
    `Decisions: ${possibilities}.`,
    'No decision takes anybody out of a protected group, touches an account of guards.neverTouch, or rests on a read that is not complete; what is reverted or adopted goes through the same guards and approvals as everything else.',
  ],
  arguments: {
    connection: { help: 'key of a connection' },
    decision: { help: 'what is decided', choices: driftDecisions },
    findings: { help: 'ids of differences, with commas between them', optional: true },
  },
  options: {
    kind: { kind: 'texts', value: 'KIND', help: 'all of this kind', choices: Object.keys(driftKinds) },
    text: { kind: 'text', value: 'TEXT', help: 'all where this is part of a name or id' },
    comment: { kind: 'text', value: 'TEXT', help: 'why; stands with the decision' },
  },
  examples: [
    'drift decide staff keep 3fa9c1d2e0b47a55 --comment "external auditor until June"',
    'drift decide staff revert --kind membership-foreign --text jira-administrators',
  ],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const params = { key: args.connection }
    const isChosen = options.kind.length > 0 || options.text !== undefined
    if ((args.findings === undefined) !== isChosen) {
      throw fail.usage('Say which differences: their ids, or --kind or --text.', {
        hint: `List them: muster drift ${args.connection} --last`,
      })
    }
    const query = {
      ...(options.kind.length === 0 ? {} : { kind: options.kind as DriftKind[] }),
      ...(options.text === undefined ? {} : { text: options.text }),
    }
    const list = (cursor: string | undefined, limit: number) =>
      client.drift.list(
        { params, query: { ...query, limit, ...(cursor === undefined ? {} : { cursor }) } },
        session.call,
      )
    const findings =
      args.findings === undefined
        ? (await everyItem(list)).map(({ id }) => id)
        : args.findings.split(',').map((id) => id.trim())
    const decision = args.decision as DriftDecision
    const comment = options.comment === undefined ? {} : { comment: options.comment }
    let decided = 0
    const sentences = new Set<string>()
    for (let at = 0; at < findings.length; at += mostAtOnce) {
      const body = { decision, findings: findings.slice(at, at + mostAtOnce), ...comment }
      const answer = await client.drift.decide({ params, body }, session.call)
      decided += answer.decided
      for (const sentence of answer.sentences) sentences.add(sentence)
    }
    output.show({ decided, decision, sentences: [...sentences] }, [
      decided === 0 ? 'Nothing fits; nothing was decided.' : `Decided: ${decision}, ${counted(decided, 'difference')}.`,
      ...sentences,
    ])
    if (decided > 0) output.next(`See what follows: muster plan ${args.connection}`)
    return 0
  },
})

export const driftDecisionsCommand = command({
  name: 'drift decisions',
  summary: 'what was decided about single memberships, accounts and values, and still stands',
  description: [
    'Of drift, of accounts that no record stands behind, and of whose account is whose. `keep` stands until it is taken back; the others until a plan has carried them out.',
  ],
  arguments: { connection: { help: 'key of a connection' } },
  options: { limit: { kind: 'number', value: 'N', help: 'at most N (100 if left out)' } },
  examples: ['drift decisions staff', 'drift decisions staff --json'],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const params = { key: args.connection }
    const items = await everyItem(
      (cursor, limit) =>
        client.exceptions.list({ params, query: { limit, ...(cursor === undefined ? {} : { cursor }) } }, session.call),
      options.limit ?? 100,
    )
    const columns = [
      { title: 'no', align: 'right' as const },
      ...['decision', 'kind', 'about', 'by', 'at', 'comment'].map((title) => ({ title })),
    ]
    output.show({ items }, items.length === 0 ? ['No decision stands.'] : table(columns, items.map(cells)))
    return 0
  },
})

function cells({ id, decision, kind, label, decidedBy, decidedAt, comment = '' }: ExceptionView): string[] {
  return [id, decision, kind, plain(label), plain(decidedBy), shownTime(decidedAt), plain(comment)]
}

export const driftRevoke = command({
  name: 'drift revoke',
  summary: 'take a decision back: from the next plan on the rules alone count again',
  description: [`What was decided: ${Object.keys(exceptionDecisions).join(', ')}; see \`muster drift decisions\`.`],
  arguments: {
    connection: { help: 'key of a connection' },
    decision: { help: 'number of the decision: muster drift decisions' },
  },
  examples: ['drift revoke staff 3'],
  async run({ args, output, session }) {
    const client = await session.client()
    await client.exceptions.revoke({ params: { key: args.connection, exception: args.decision } }, session.call)
    output.show({ revoked: args.decision }, [`Decision ${args.decision} is taken back.`])
    output.next(`See what follows: muster plan ${args.connection}`)
    return 0
  },
})
