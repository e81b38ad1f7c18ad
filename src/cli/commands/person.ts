import type { PersonThere, PersonView } from '../../contract/people.ts'
import { command } from '../command.ts'
import type { Paint } from '../output.ts'
import { everyItem } from '../pages.ts'
import { plain, shownTime, wrap } from '../render/text.ts'

export const personCommand = command({
  name: 'person',
  summary: 'everything about one person, over all sources and targets',
  description: [
    'For each connection: the record at the source, the account it is linked to and its state, each group with who vouches for it, what the last plan wants and has not done, what was done last, and what waits for a person. Records and accounts that are linked to one another are shown as one person. Nothing is read anew; for that: muster why PERSON --fresh.',
  ],
  arguments: { person: { help: 'key, e-mail address, login or name at a source, or of an account' } },
  options: {},
  examples: ['person ann@example.com', 'person ann --json'],
  async run({ args, output, session }) {
    const client = await session.client()
    const items = await everyItem((cursor, limit) =>
      client.people.find(
        { query: { person: args.person, limit, ...(cursor === undefined ? {} : { cursor }) } },
        session.call,
      ),
    )
    output.show(
      { items },
      items.flatMap((person, at) => [
        ...(at === 0 ? [] : ['']),
        ...personLines(person, output.paint, output.stdout.columns),
      ]),
    )
    return 0
  },
})

function personLines({ label, records, connections }: PersonView, paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns) - 4
  const at = records.map(({ source, key }) => `${source}: ${plain(key)}`).join(', ')
  const lines = [paint('bold', plain(label)) + (at === '' ? '' : ` (${at})`)]
  for (const there of connections) {
    lines.push('', `${there.connection}: ${there.source} -> ${there.target}${lastRead(there)}`)
    for (const sentence of sentences(there)) {
      lines.push(...wrap(plain(sentence), width).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`))
    }
  }
  return lines
}

function lastRead({ run }: PersonThere): string {
  return run === undefined ? '' : `, as run ${run} read it`
}

function sentences(there: PersonThere): string[] {
  const { accountId, state, link, sourceKey, memberships, pending, lastChange, workItems, departure, standstill } =
    there
  const account =
    accountId === undefined
      ? 'No account is linked.'
      : `Account ${accountId}${state === undefined ? '' : `, ${state.is} since ${shownTime(state.since)}`}${link === undefined ? '' : `, linked (${link.how}) since ${shownTime(link.since)}`}.`
  return [
    ...(sourceKey === undefined ? ['No record of this source is linked.'] : [`Record ${sourceKey}.`]),
    account,
    ...(departure === undefined
      ? []
      : [`Counts as leaving (${departure.signal}), first proven ${shownTime(departure.provenSince)}.`]),
    ...(standstill === undefined ? [] : [`Left as they are: ${standstill.sentence}.`]),
    ...memberships.map(
      ({ name, since, grants }) =>
        `In ${name} since ${shownTime(since)}, ${grants.length === 0 ? 'not by us' : `by ${grants.map((each) => `${each.connection} (${each.rule})`).join(', ')}`}.`,
    ),
    ...pending.map((change) => `${stateWords[change.state]}: ${changeText(change)}.`),
    ...(lastChange === undefined ? [] : [`Last done, ${shownTime(lastChange.at)}: ${changeText(lastChange)}.`]),
    ...workItems.map(({ number, message }) => `Work item ${number}: ${message}`),
  ]
}

type Change = PersonThere['pending'][number]

const stateWords: Readonly<Record<Change['state'], string>> = { ready: 'Planned', held: 'Held', blocked: 'Blocked' }

function changeText({ kind, groupLabel, sentence, run }: Change): string {
  return `${kind}${groupLabel === undefined ? '' : ` ${groupLabel}`} (${sentence}; run ${run})`
}
