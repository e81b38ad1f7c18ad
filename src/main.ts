// The program: it asks the machine (environment, signals, the outputs), hands what it hears to the parts of `program` and
// starts the command line.
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { refuseProblems } from './app/configuration.ts'
import { judgeFile } from './app/outside.ts'
import type { CliEnvironment, Starters } from './cli/environment.ts'
import { runCli } from './cli/run-cli.ts'
import { catalog } from './connectors/registry.ts'
import { asProvisioningError, fail } from './domain/errors.ts'
import { systemClock } from './platform/clock.ts'
import { keepHeapSmall } from './platform/heap.ts'
import { redactText } from './platform/redact.ts'
import { version } from './platform/version.ts'
import { demo } from './program/demo.ts'
import { open } from './program/doors.ts'
import { files, readStdin, textOutput } from './program/files.ts'
import { withStore } from './program/instance.ts'
import type { Machine } from './program/machine.ts'
import { sandbox, sandboxVariants } from './program/sandbox.ts'
import { serve } from './program/serving.ts'

keepHeapSmall()

const stopping = new AbortController()
const machine: Machine = { variables: process.env, signal: stopping.signal, fetch: (to, init) => fetch(to, init) }

const starters: Starters = {
  serve: (options) => serve(machine, options),
  demo: (options) => demo(machine, options),
  sandbox: (options) => sandbox(machine, options),
  sandboxVariants,
  backup: (options) =>
    withStore(machine, options, async (store) => {
      const file = resolve(options.file)
      const facts = await store.backup(file)
      return { rows: rowsIn(facts), bytes: (await stat(file)).size }
    }),
  restore: (options) =>
    withStore(machine, options, async (store) => ({
      rows: rowsIn(await store.restore(resolve(options.file), { replace: options.replace === true })),
    })),
}

function rowsIn({ rows }: { readonly rows: Readonly<Record<string, number>> }): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0)
}

async function judged(path: string) {
  return judgeFile(await files.readText(path), basename(path), catalog, dirname(resolve(path)))
}

const environment: CliEnvironment = {
  stdout: textOutput(process.stdout),
  stderr: textOutput(process.stderr),
  readStdin,
  variables: machine.variables,
  cwd: process.cwd(),
  version,
  now: () => systemClock.now(),
  signal: stopping.signal,
  files,
  configuration: {
    validate: async (path) => (await judged(path)).problems,
    async describe(path) {
      const { problems, objects, advice } = await judged(path)
      refuseProblems(problems, basename(path))
      const named = (kind: string) => objects.flatMap((object) => (object.kind === kind ? [object.key] : []))
      return { sources: named('source'), targets: named('target'), connections: named('connection'), warnings: advice }
    },
  },
  open: (options) => open(machine, options),
  starters,
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for a run to come to a halt.
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort(fail.cancelled('Stopped.'))
  })
}
// `muster runs | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70))

/** A defect outside of any request or command: say it without a secret, keep nothing half alive. */
function dieOf(thrown: unknown): never {
  const { message } = asProvisioningError(thrown)
  const stack = thrown instanceof Error ? `\n${thrown.stack?.split('\n').slice(1).join('\n') ?? ''}` : ''
  process.stderr.write(`muster: bug: ${redactText(message)}${redactText(stack)}\n`)
  process.exit(70)
}
process.on('uncaughtException', dieOf)
process.on('unhandledRejection', dieOf)

const exitCode = await runCli(process.argv.slice(2), environment)
// What was written may still wait for a slow reader; an exit would cut it off.
for (const stream of [process.stdout, process.stderr]) {
  if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve))
}
// Timers of libraries must not keep a finished command alive.
process.exit(exitCode)
