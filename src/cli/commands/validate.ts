import type { Problem } from '../../domain/errors.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { counted, listed } from '../render/text.ts'
import { warningLines } from '../render/warnings.ts'

export const validateCommand = command({
  name: 'validate',
  summary: 'say everything that is wrong with a configuration file; nothing is saved or contacted',
  description: ['Without a file, the file of --config is looked at; without that one, what is saved.'],
  arguments: { file: { help: 'YAML or JSON file', optional: true } },
  examples: ['validate muster.yaml', 'validate --json muster.yaml'],
  async run({ args, output, session, environment }) {
    const file = args.file ?? session.configFile
    if (file === undefined) {
      const client = await session.client()
      const { yaml } = await client.configuration.export(undefined, session.call)
      const { problems, warnings } = await client.configuration.validate({ body: { yaml } }, session.call)
      refuse('What is saved', problems)
      output.show({ valid: true, problems: [], warnings }, ['What is saved is valid.', ...warningLines(warnings)])
      return 0
    }
    refuse(file, await environment.configuration.validate(file))
    const named = await environment.configuration.describe(file)
    output.show({ valid: true, problems: [], ...named }, [
      `${file} is valid: ${summaryOf(named)}.`,
      ...warningLines(named.warnings),
    ])
    return 0
  },
})

/** Exit code 2 with all problems; with `--json` they stand in the error body. */
function refuse(
  what: string,
  problems: readonly { where?: string | undefined; message: string; hint?: string | undefined }[],
): void {
  if (problems.length === 0) return
  throw fail.configInvalid(`${what} has ${counted(problems.length, 'problem')}.`, {
    problems: problems.map(
      ({ where, message, hint }): Problem => ({
        message,
        ...(where === undefined ? {} : { where }),
        ...(hint === undefined ? {} : { hint }),
      }),
    ),
  })
}

function summaryOf({
  sources,
  targets,
  connections,
}: {
  readonly sources: readonly string[]
  readonly targets: readonly string[]
  readonly connections: readonly string[]
}): string {
  const parts = [
    counted(sources.length, 'source'),
    counted(targets.length, 'target'),
    counted(connections.length, 'connection'),
  ]
  return listed(parts)
}
