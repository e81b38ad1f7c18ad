import { asProvisioningError, fail, ProvisioningError } from '../domain/errors.ts'
import { globalValues, parseCommandLine } from './arguments.ts'
import type { Command } from './command.ts'
import { commands as allCommands } from './commands.ts'
import type { CliEnvironment } from './environment.ts'
import type { GlobalValues } from './global-values.ts'
import { helpFor } from './help.ts'
import { exitCodeOf, Output } from './output.ts'
import { Session } from './session.ts'

/** The whole command line: `argv` is what was typed after the program's name. Resolves to the exit code; never throws. */
export async function runCli(
  argv: readonly string[],
  environment: CliEnvironment,
  commands: readonly Command[] = allCommands,
): Promise<number> {
  const globals = globalValues(argv, commands)
  const output = outputOf(globals, environment)
  const session = new Session(environment, globals, output)
  try {
    const parsed = parseCommandLine(argv, commands)
    if (parsed.want === 'version') {
      output.show({ version: environment.version }, [`muster ${environment.version}`])
      return 0
    }
    if (parsed.want === 'help') {
      const text = helpFor(parsed.topic, commands, environment.stdout.columns)
      output.show({ help: text }, [text])
      return 0
    }
    const { command, args, options } = parsed
    return await command.run({ args: args as never, options: options as never, output, session, environment })
  } catch (thrown) {
    const stopped = environment.signal.aborted && !(thrown instanceof ProvisioningError)
    const error = stopped ? fail.cancelled('Stopped.', { cause: thrown }) : asProvisioningError(thrown)
    output.fail(error)
    return exitCodeOf(error)
  } finally {
    await session.close()
  }
}

function outputOf(globals: GlobalValues, { stdout, stderr, variables }: CliEnvironment): Output {
  return new Output({
    stdout,
    stderr,
    json: globals.json,
    quiet: globals.quiet,
    colour: !globals.noColor && (variables.NO_COLOR ?? '') === '',
  })
}
