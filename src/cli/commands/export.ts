import { command } from '../command.ts'

export const exportCommand = command({
  name: 'export',
  summary: 'write all sources, targets and connections as YAML; references to secrets, never secrets',
  options: {
    output: { kind: 'text', value: 'FILE', help: 'into this file instead of standard output' },
    replace: { kind: 'flag', help: 'overwrite the file if it exists' },
  },
  examples: ['export > muster.yaml', 'export --output muster.yaml', 'export --json'],
  async run({ options, output, session, environment }) {
    const client = await session.client()
    const { document, yaml } = await client.configuration.export(undefined, session.call)
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
