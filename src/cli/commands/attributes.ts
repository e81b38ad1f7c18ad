import { command } from '../command.ts'
import { plain, table } from '../render/text.ts'

export const attributesCommand = command({
  name: 'sources attributes',
  summary: 'which attributes people have at a source, for mappings and scopes',
  description: ['Samples show only the beginnings of words. Nothing is changed.'],
  arguments: { key: { help: 'name of the source' } },
  examples: ['sources attributes corp-ldap'],
  async run({ args, output, session }) {
    const client = await session.client()
    output.note(`Looking at people of ${args.key} ...`)
    const report = await client.sources.attributes({ params: { key: args.key } }, session.call)
    const { people, isEverybody, attributes } = report
    const rows = attributes.map(({ name, type, isList, filled, samples }) => [
      plain(name),
      isList ? `${type}, list` : type,
      `${people === 0 ? 0 : Math.round((filled / people) * 100)} %`,
      samples.map(plain).join('  '),
    ])
    const columns = [{ title: 'attribute' }, { title: 'type' }, { title: 'filled' }, { title: 'samples' }]
    output.show(report, [
      `${isEverybody ? 'All' : 'The first'} ${people} people:`,
      ...(rows.length === 0 ? ['No attribute was delivered.'] : table(columns, rows)),
    ])
    return 0
  },
})

export const targetAttributesCommand = command({
  name: 'targets attributes',
  summary: 'which attributes accounts of a target take, and where people will see them',
  description: ['For `users.mapping` and `users.customAttributes`. Nothing is asked of the target.'],
  arguments: { key: { help: 'name of the target' } },
  examples: ['targets attributes acme'],
  async run({ args, output, session }) {
    const client = await session.client()
    const report = await client.targets.attributes({ params: { key: args.key } }, session.call)
    const { attributes, custom } = report
    const rows = attributes.map(({ name, required, when, seen }) => [
      plain(name),
      required ? 'yes' : '',
      when === 'create' ? 'while it is created' : 'always',
      plain(seen),
    ])
    const columns = [{ title: 'attribute' }, { title: 'required' }, { title: 'written' }, { title: 'seen' }]
    const kept = custom === undefined ? 'it keeps none' : `${plain(custom.seen)}${custom.hidden ? ' (hidden)' : ''}`
    output.show(report, [...table(columns, rows), '', `Custom attributes: ${kept}`])
    return 0
  },
})
