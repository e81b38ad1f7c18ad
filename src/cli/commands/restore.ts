import { command } from '../command.ts'
import { grouped } from '../render/text.ts'

export const restoreCommand = command({
  name: 'restore',
  summary: 'read the whole state from a backup into an empty data directory or database',
  arguments: { file: { help: 'file that `muster backup` wrote' } },
  options: { replace: { kind: 'flag', help: 'replace what is there already; it is lost' } },
  examples: ['restore muster-2026-11-21.backup --data-dir new-place', 'restore old.backup --replace'],
  async run({ args, options, output, session, environment }) {
    const { dataDir, notice } = session.localOptions('restore')
    const { rows } = await environment.starters.restore({ dataDir, notice, file: args.file, replace: options.replace })
    output.show({ file: args.file, rows }, [`Restored from ${args.file}: ${grouped(rows)} rows.`])
    return 0
  },
})
