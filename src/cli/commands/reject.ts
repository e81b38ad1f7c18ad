import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { findPlan } from '../plan-reference.ts'

export const rejectCommand = command({
  name: 'reject',
  summary: 'turn a plan down for good, with the reason',
  description: ['What was applied of it before stays. The next plan is made afresh and can be approved.'],
  arguments: { plan: { help: 'id of a plan, number of its run, name of a connection (its newest plan), or latest' } },
  options: { comment: { kind: 'text', value: 'TEXT', help: 'why; whoever looks at the plan reads it' } },
  examples: ['reject 12 --comment "the marketing groups are not mapped yet"'],
  async run({ args, options: { comment = '' }, output, session }) {
    if (comment.trim() === '') {
      throw fail.usage('A plan is rejected with a reason.', { hint: 'Add --comment "what is wrong with it".' })
    }
    const client = await session.client()
    const { id, fingerprint } = await findPlan(client, args.plan, session.call)
    const plan = await client.plans.reject({ params: { plan: id }, body: { fingerprint, comment } }, session.call)
    output.show({ plan }, [`Rejected: the plan of run ${plan.run.number}. It cannot be approved or applied any more.`])
    output.next(`Plan afresh: muster plan ${plan.connection}`)
    return 0
  },
})
