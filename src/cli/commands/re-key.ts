import type { RekeyingView } from '../../contract/targets.ts'
import { command } from '../command.ts'
import type { Paint } from '../output.ts'
import { counted, plain, wrap } from '../render/text.ts'

/** Names of one list that are shown. */
const namesShown = 20

/** A person is needed before it can go on, as with a plan that is held. */
const waits = 5

export const rekeyCommand = command({
  name: 'targets re-key',
  summary: 'carry links and ledger over when a directory goes by another key',
  description: [
    'A directory gets another key when an organization key is added to a target that had a site token alone, or when it was made anew. Then nothing is planned until an administrator has looked at what is carried over. Without --approve it is only shown.',
  ],
  arguments: { key: { help: 'name of the target' } },
  options: {
    approve: { kind: 'text', value: 'FINGERPRINT', help: 'carry over exactly what was shown under this fingerprint' },
  },
  examples: ['targets re-key acme', 'targets re-key acme --approve 5f0c…'],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const request = { params: { key: args.key } }
    if (options.approve !== undefined) {
      const done = await client.targets.rekey({ ...request, body: { fingerprint: options.approve } }, session.call)
      output.show(done, [
        `Carried over: ${plain(done.from)} is ${plain(done.to)} from now on. The next plan that changes anything waits for a person.`,
      ])
      output.next('See what differs: muster plan <connection>')
      return 0
    }
    output.note(`Reading the directory of ${args.key} ...`)
    const preview = await client.targets.previewRekeying(request, session.call)
    const { rekeying } = preview
    if (rekeying === undefined) {
      output.show(preview, [`The directory of ${args.key} is the one it was; there is nothing to carry over.`])
      return 0
    }
    output.show(preview, rekeyingLines(rekeying, output.paint, Math.max(60, output.stdout.columns)))
    if (rekeying.refusedBecause === undefined) {
      output.next(`Carry it over: muster targets re-key ${args.key} --approve ${rekeying.fingerprint}`)
    }
    return waits
  },
})

function rekeyingLines(rekeying: RekeyingView, paint: Paint, columns: number): string[] {
  const { from, to, counts, accounts, groups, otherTargets, refusedBecause } = rekeying
  const list = (title: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [
          ...wrap(title, columns),
          ...names.slice(0, namesShown).map((name) => `  ${plain(name)}`),
          ...(names.length > namesShown ? [`  ... and ${names.length - namesShown} more`] : []),
        ]
  const carried = [
    counted(counts.links, 'link'),
    counted(counts.groupLinks, 'group link'),
    counted(counts.grants, 'membership we granted', 'memberships we granted'),
    counted(counts.access, 'grant of product access', 'grants of product access'),
    counted(counts.deactivations, 'deactivation'),
    counted(counts.customValues, 'record of custom attributes', 'records of custom attributes'),
    counted(counts.decisions, 'decision'),
  ]
  return [
    paint('bold', `${plain(from)} -> ${plain(to)}`),
    ...wrap(`Carried over: ${carried.join(', ')}, and the history.`, columns),
    `Accounts: ${accounts.matched} of ${accounts.remembered} found by their id (${accounts.linked} linked).`,
    `Groups: ${groups.sameId} of ${groups.remembered} found by their id, ${groups.byName.length} by their name.`,
    ...list('Accounts that are not there; their links stay, and the next plan asks about each:', accounts.missing),
    ...list('Accounts with this id and another address:', accounts.differing),
    ...list('Groups with another id and the same name:', groups.byName),
    ...list('Groups that are not there; what was granted in them is kept and has no effect:', groups.missing),
    ...list(
      'Other targets that lead to the old directory; they are refused until they show the new one:',
      otherTargets,
    ),
    ...(refusedBecause === undefined
      ? []
      : wrap(`This cannot be carried over: ${plain(refusedBecause)}`, columns).map((line) => paint('red', line))),
  ]
}
