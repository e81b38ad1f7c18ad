import { command } from '../command.ts'
import { counted, plain } from '../render/text.ts'
import { warningLines } from '../render/warnings.ts'

export const importCommand = command({
  name: 'import',
  summary: 'save the sources, targets, connections, channels and single sign-on of a file; what it does not name stays',
  description: [
    'All or nothing: with one problem nothing is saved. Changed rules make the next run a preview.',
    'Single sign-on (auth.oidc) and channels (notifications) go into the store; a secret that was sealed in another store is entered here once. Settings of the server are not imported: they stand in the file that Muster is started with.',
  ],
  arguments: { file: { help: 'YAML or JSON file' } },
  options: { 'dry-run': { kind: 'flag', help: 'only say what would be saved' } },
  examples: ['import muster.yaml --dry-run', 'import muster.yaml'],
  async run({ args, options, output, session, environment }) {
    const yaml = await environment.files.readText(args.file)
    const client = await session.client()
    const imported = await client.configuration.import(
      { body: { yaml, file: args.file.slice(-500), dryRun: options['dry-run'] } },
      session.call,
    )
    const { created, changed, unchanged, dryRun, warnings } = imported
    const rows = (mark: string, list: typeof changed) =>
      list.flatMap(({ kind, key, changes = [] }) => [
        `  ${mark} ${kind === 'sign-in' ? 'single sign-on' : `${kind} ${key}`}`,
        ...changes.map((change) => `      ${plain(change)}`),
      ])
    output.show(imported, [
      ...rows('+', created),
      ...rows('~', changed),
      ...rows('=', unchanged),
      `${dryRun ? 'Would save' : 'Saved'}: ${counted(created.length, 'new object')}, ${counted(changed.length, 'changed one')}, ${unchanged.length} as before.`,
      ...warningLines(warnings),
    ])
    return 0
  },
})
