import { command } from '../command.ts'

export const exportCommand = command({
  name: 'export',
  summary: 'write all settings that the store keeps as YAML; references to secrets, never secrets',
  description: [
    'Sources, targets and connections; for administrators also single sign-on and the channels that the store keeps. `muster import` reads it back.',
  ],
  options: {
    output: { kind: 'text', value: 'FILE', help: 'into this file instead of standard output' },
    replace: { kind: 'flag', help: 'overwrite the file if it exists' },
  },
  examples: ['export > muster.yaml', 'export --output muster.yaml', 'export --json'],
  async run({ options, output, session, environment }) {
    const client = await session.client()
    const { document, yaml, withheld } = await client.configuration.export(undefined, session.call)
    if (withheld.length > 0)
      output.note(`Only administrators are given ${withheld.join(' and ')}: it is not in this export.`)
    if (options.output === undefined) {
      output.show(document, [yaml.trimEnd()])
      return 0
    }
    const text = output.json ? `${JSON.stringify(document, null, 2)}\n` : yaml
    await environment.files.writeText(options.output, text, { replace: options.replace })
    output.show({ file: options.output }, [`Written to ${options.output}.`])
    return 0
  },
})
