import { fail } from '../../domain/errors.ts'
import { retirementActions } from '../../domain/retirement.ts'
import { command } from '../command.ts'
import { followPlan } from './follow-plan.ts'
import { listOptions } from './plan.ts'

export const retireCommand = command({
  name: 'connections retire',
  summary: 'plan what takes away what a connection alone granted; nothing is sent before a person approves it',
  description: [
    'Pauses the connection and plans the end of its memberships and of the access it gave, as far as no other connection vouches for them. Protected groups, break-glass accounts and whatever it did not grant are left alone. Groups stay, and so do values in profiles.',
    'Accounts stay active unless --accounts says otherwise; then those go that this connection made and nobody else vouches for. What was there before it stays unless --adopted is given.',
    'The plan is approved and applied like any other: `muster approve`, `muster apply`. `muster undo` takes it back. When nothing is left, take the connection out of use: `muster connections remove`. If it shall live on instead: `muster resume`.',
  ],
  arguments: { key: { help: 'name of the connection' } },
  options: {
    'clean-up': { kind: 'flag', help: 'take away what it granted; without that a connection is simply removed' },
    accounts: {
      kind: 'text',
      value: 'action',
      choices: retirementActions,
      help: 'what happens to accounts that it made (default: nothing)',
    },
    adopted: { kind: 'flag', help: 'also take away what was there before it and was only adopted' },
    ...listOptions,
  },
  examples: ['connections retire staff --clean-up', 'connections retire staff --clean-up --accounts deactivate'],
  async run(invocation) {
    const { args, options, session } = invocation
    if (!options['clean-up']) {
      throw fail.usage(`Without --clean-up nothing is taken away, and "${args.key}" is simply taken out of use.`, {
        hint: `Say which you want: muster connections retire ${args.key} --clean-up, or muster connections remove ${args.key}`,
      })
    }
    const accounts = retirementActions.find((each) => each === options.accounts) ?? 'nothing'
    const client = await session.client()
    const body = { accounts, adopted: options.adopted }
    const started = await client.connections.retire({ params: { key: args.key }, body }, session.call)
    return await followPlan(invocation, client, started)
  },
})
