import { command } from '../command.ts'
import { counted, shownTime, table } from '../render/text.ts'

export const secretsList = command({
  name: 'secrets list',
  summary: 'which secrets are sealed in the store, and whether they can be opened; never their values',
  examples: ['secrets list'],
  async run({ output, session }) {
    const client = await session.client()
    const { items } = await client.secrets.list(undefined, session.call)
    const rows = items.map(({ owner, field, readable, expires }) => [
      owner,
      field,
      readable ? 'yes' : 'NO: enter it again',
      expires === undefined ? '' : shownTime(expires),
    ])
    const columns = ['of', 'setting', 'can be opened', 'expires'].map((title) => ({ title }))
    output.show({ items }, items.length === 0 ? ['No secret is kept in the store.'] : table(columns, rows))
    return 0
  },
})

export const secretsRotate = command({
  name: 'secrets rotate',
  summary: 'seal every secret under a new master key',
  examples: ['secrets rotate'],
  async run({ output, session }) {
    const client = await session.client()
    const rotated = await client.secrets.rotate(undefined, session.call)
    output.show(rotated, [`${counted(rotated.sealed, 'secret')} sealed under a new master key.`])
    return 0
  },
})
