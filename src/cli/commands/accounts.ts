import type { ListedAccountView } from '../../contract/account-lists.ts'
import { fail } from '../../domain/errors.ts'
import { csvLine } from '../../platform/csv.ts'
import { type Command, command } from '../command.ts'
import { everyPage } from '../pages.ts'
import { counted, plain, shownTime, table } from '../render/text.ts'

type List = 'unmanaged' | 'orphaned'
type State = ListedAccountView['state']

const lists = {
  unmanaged: 'accounts of the target that no record of a source is linked to',
  orphaned: 'accounts linked to a record that is gone, or whose source nobody reads any more',
} as const satisfies Readonly<Record<List, string>>

const states: readonly State[] = ['active', 'suspended', 'disabled']

function listCommand(list: List): Command {
  return command({
    name: `accounts ${list}`,
    summary: lists[list],
    description: [
      'As the last runs read the target; nothing is read anew. Only active accounts that nobody decided about yet, unless asked otherwise. Nothing happens to any of them before somebody decides: `muster accounts decide`.',
    ],
    arguments: { connection: { help: 'key of a connection' } },
    options: {
      state: { kind: 'texts', value: 'STATE', help: 'only in this state (active if left out)', choices: states },
      text: { kind: 'text', value: 'TEXT', help: 'only where this is part of the name, or the id' },
      all: { kind: 'flag', help: 'in every state, also those that were decided about' },
      limit: { kind: 'number', value: 'N', help: 'at most N; every one if left out' },
      csv: { kind: 'flag', help: 'a CSV file on standard output' },
    },
    examples: [`accounts ${list} staff`, `accounts ${list} staff --all --csv > ${list}.csv`],
    async run({ args, options, output, session }) {
      if (options.csv && output.json) throw fail.usage('--csv and --json are two forms; give one of them.')
      const client = await session.client()
      const asked = options.state as readonly State[]
      const state = asked.length > 0 ? asked : options.all ? states : (['active'] as const)
      const query = {
        state: [...state],
        ...(options.text === undefined ? {} : { text: options.text }),
        ...(options.all ? {} : { decided: 'no' as const }),
      }
      const pages = everyPage(
        (cursor, limit) =>
          client.accountLists.list(
            {
              params: { key: args.connection, list },
              query: { ...query, limit, ...(cursor === undefined ? {} : { cursor }) },
            },
            session.call,
          ),
        options.limit,
      )
      if (options.csv) {
        output.stdout.write(csvLine(head))
        for await (const page of pages) output.stdout.write(page.map((each) => csvLine(cells(each))).join(''))
        return 0
      }
      const items: ListedAccountView[] = []
      for await (const page of pages) items.push(...page)
      const rows = items.map((each) => cells(each).map(plain))
      output.show(
        { items },
        items.length === 0
          ? [`No account here is ${list}, as far as the last read knows.`]
          : table(
              head.map((title) => ({ title })),
              rows,
            ),
      )
      const [first] = items.filter(({ decided }) => decided === undefined)
      if (first !== undefined) {
        output.next(
          `Decide: muster accounts decide ${args.connection} ${list} keep|deactivate ${plain(first.accountId)}`,
        )
      }
      return 0
    },
  })
}

const head = ['id', 'account', 'state', 'since', 'groups', 'record', 'gone since', 'decided']

function cells(each: ListedAccountView): string[] {
  const { accountId, label, state, stateSince, groups, source, sourceKey, why, goneSince, decided } = each
  const record =
    source === undefined ? '' : `${source}: ${sourceKey}${why === 'source-unused' ? ' (source not read)' : ''}`
  return [
    accountId,
    label,
    state,
    shownTime(stateSince),
    String(groups),
    record,
    goneSince === undefined ? '' : shownTime(goneSince),
    decided === undefined ? '' : `${decided.decision} by ${decided.by}`,
  ]
}

export const accountCommands: readonly Command[] = [
  listCommand('unmanaged'),
  listCommand('orphaned'),
  command({
    name: 'accounts decide',
    summary: 'leave such accounts as they are, or have the next plan deactivate them; nothing is sent before',
    description: [
      'keep = left as it is (an orphaned account also by every stage of leaving) and not listed as open; deactivate = the next plan deactivates it, through the same guards and approvals as everything else, while nobody at the source stands behind it and no other connection vouches for it. What was decided: `muster drift decisions`. To give it to somebody: `muster people link`.',
    ],
    arguments: {
      connection: { help: 'key of a connection' },
      list: { help: 'which list', choices: Object.keys(lists) },
      decision: { help: 'what is decided', choices: ['keep', 'deactivate'] },
      accounts: { help: 'ids of accounts, with commas between them' },
    },
    options: { comment: { kind: 'text', value: 'TEXT', help: 'why; stands with the decision' } },
    examples: [
      'accounts decide staff unmanaged keep 5b10ac8d82e05b22cc7d4ef5 --comment "build robot"',
      'accounts decide staff orphaned deactivate 5b10ac8d82e05b22cc7d4ef5,5c20ac8d82e05b22cc7d4e01',
    ],
    async run({ args, options, output, session }) {
      const client = await session.client()
      const { decided, sentences } = await client.accountLists.decide(
        {
          params: { key: args.connection, list: args.list as List },
          body: {
            decision: args.decision as 'keep' | 'deactivate',
            accounts: args.accounts.split(',').map((id) => id.trim()),
            ...(options.comment === undefined ? {} : { comment: options.comment }),
          },
        },
        session.call,
      )
      output.show({ decided, decision: args.decision, sentences }, [
        `Decided: ${args.decision}, ${counted(decided, 'account')}.`,
        ...sentences,
      ])
      output.next(`See what follows: muster plan ${args.connection}`)
      return 0
    },
  }),
  command({
    name: 'people link',
    summary: 'say which account is a person, also instead of the one that is linked; the next plan waits for a release',
    description: [
      'For somebody whose address or directory changed, and for accounts that are linked to nobody. The next plan shows the change, held until somebody releases it; nothing else happens to this account or the one before. The plan after that does by the rules what follows: what the old account was granted ends, the new one gets what the source says.',
    ],
    arguments: {
      connection: { help: 'key of a connection' },
      person: { help: 'key, login or address at the source' },
      account: { help: 'id, address or login of the account in the target' },
    },
    options: { comment: { kind: 'text', value: 'TEXT', help: 'why; stands with the decision' } },
    examples: ['people link staff ann@example.com 5b10ac8d82e05b22cc7d4ef5 --comment "married, new address"'],
    async run({ args, options, output, session }) {
      const client = await session.client()
      const decided = await client.accountLists.link(
        {
          params: { key: args.connection },
          body: {
            person: args.person,
            account: args.account,
            ...(options.comment === undefined ? {} : { comment: options.comment }),
          },
        },
        session.call,
      )
      const { person, account, before } = decided
      const instead = before === undefined ? '' : `, instead of ${plain(before)}`
      output.show(decided, [`Decided: the account of ${plain(person)} is to be ${plain(account)}${instead}.`])
      output.next(`See it: muster plan ${args.connection}`, 'Then release it: muster approve <plan> --all')
      return 0
    },
  }),
]
