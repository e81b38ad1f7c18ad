import { command } from '../command.ts'
import { grouped } from '../render/text.ts'

export const backupCommand = command({
  name: 'backup',
  summary: 'write the whole state into one file; secrets in it stay sealed',
  arguments: { file: { help: 'file to write; one that exists is replaced' } },
  examples: ['backup muster-2026-11-21.backup'],
  async run({ args, output, session, environment }) {
    const { dataDir, notice } = session.localOptions('backup')
    const written = await environment.starters.backup({ dataDir, notice, file: args.file })
    output.show({ file: args.file, ...written }, [
      `Written to ${args.file}: ${grouped(written.rows)} rows, ${grouped(written.bytes)} bytes.`,
    ])
    output.note('Sealed secrets in it need the master key of this installation: keep that key elsewhere.')
    return 0
  },
})
