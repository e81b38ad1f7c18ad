import { fail } from '../../domain/errors.ts'
import { type HoldReason, holdReasons, isGuardReason } from '../../domain/reason.ts'
import { command } from '../command.ts'
import { numbersOf } from '../numbers.ts'
import { findPlan } from '../plan-reference.ts'
import { effectSentence } from '../render/kinds.ts'
import { counted } from '../render/text.ts'
import { suggestionFor } from '../suggestion.ts'

/** More numbers than the API takes at once. */
const mostChanges = 10_000

export const approveCommand = command({
  name: 'approve',
  summary: 'approve a plan as it was reviewed, and release what guards hold',
  description: [
    'An approval holds for exactly this plan. Without an option what a guard holds stays held; the rest may be applied.',
    'Where the connection asks for two people (review.fourEyes), it is somebody who neither started the run nor changed the rules since they were last applied.',
  ],
  arguments: { plan: { help: 'id of a plan, number of its run, name of a connection (its newest plan), or latest' } },
  options: {
    release: { kind: 'texts', value: 'GUARD', help: 'release what these guards hold (several with commas)' },
    changes: { kind: 'text', value: 'NUMBERS', help: 'release these changes, e.g. 3,7-9' },
    all: { kind: 'flag', help: 'release everything that is held' },
    comment: { kind: 'text', value: 'TEXT', help: 'kept with the approval' },
  },
  examples: ['approve 12', 'approve 12 --release deactivations,group-adoption', 'approve latest --changes 3,7-9'],
  async run({ args, options, output, session }) {
    const release = releaseOf(options)
    const client = await session.client()
    const plan = await findPlan(client, args.plan, session.call)
    output.note(
      `Approving the plan of run ${plan.run.number}, connection "${plan.connection}": ${effectSentence(plan.tally)}`,
    )
    const approved = await client.plans.approve(
      {
        params: { plan: plan.id },
        body: {
          fingerprint: plan.fingerprint,
          ...(release === undefined ? {} : { release }),
          ...(options.comment === undefined ? {} : { comment: options.comment }),
        },
      },
      session.call,
    )
    const open = (state: string) =>
      approved.plan.tally.reduce(
        (sum, row) => (row.state === state && row.outcome === 'open' ? sum + row.count : sum),
        0,
      )
    output.show(approved, [
      `Approved: run ${plan.run.number}${approved.released > 0 ? `, ${counted(approved.released, 'held change')} released` : ''}. ${counted(open('ready'), 'change')} can be applied.`,
      ...(open('held') > 0
        ? [`Still held: ${counted(open('held'), 'change')} (muster plan ${plan.run.number} --state held).`]
        : []),
      ...(open('blocked') > 0
        ? [`Blocked: ${counted(open('blocked'), 'change')} (muster plan ${plan.run.number} --state blocked).`]
        : []),
    ])
    if (open('ready') > 0) output.next(`Carry it out: muster apply ${plan.run.number}`)
    return 0
  },
})

type Release = { all: true } | { guards: [HoldReason, ...HoldReason[]] } | { seqs: [number, ...number[]] }

function releaseOf({
  all,
  release,
  changes,
}: {
  readonly all: boolean
  readonly release: readonly string[]
  readonly changes: string | undefined
}): Release | undefined {
  if ([all, release.length > 0, changes !== undefined].filter(Boolean).length > 1) {
    throw fail.usage('--all, --release and --changes do not go together.', { hint: 'Use one of them.' })
  }
  if (all) return { all: true }
  if (changes !== undefined) return { seqs: numbersOf(changes, { what: 'a change', most: mostChanges }) }
  const [first, ...rest] = release.flatMap((text) => text.split(',')).map(guardOf)
  return first === undefined ? undefined : { guards: [first, ...rest] }
}

function guardOf(typed: string): HoldReason {
  const guards = Object.keys(holdReasons).filter((reason) => isGuardReason(reason as HoldReason))
  const name = typed.trim()
  const guard = guards.find((each) => each === name || each === `guard:${name}`)
  if (guard !== undefined) return guard as HoldReason
  const known = guards.map((each) => each.replace(/^guard:/, ''))
  const near = suggestionFor(name, known)
  throw fail.usage(`There is no guard "${name}".`, {
    hint: near === undefined ? `Guards: ${known.join(', ')}.` : `Did you mean ${near}?`,
  })
}
