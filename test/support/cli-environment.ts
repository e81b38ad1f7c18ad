import { readFile, writeFile } from 'node:fs/promises'
import type { CliEnvironment, OpenApi } from '../../src/cli/environment.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { fail } from '../../src/domain/errors.ts'

export interface CliTry {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CliSetting {
  /** The API that commands open; absent = none may be opened. */
  readonly api?: Pick<OpenApi, 'fetch' | 'baseUrl'>
  readonly stdin?: string
  readonly variables?: Readonly<Record<string, string>>
  readonly isTty?: boolean
  readonly columns?: number
  readonly signal?: AbortSignal
  readonly starters?: Partial<CliEnvironment['starters']>
}

/** Runs the command line in this process with buffers for both outputs. */
export async function cli(argv: readonly string[], setting: CliSetting = {}): Promise<CliTry> {
  const { api, stdin = '', variables = {}, isTty = false, columns = 100 } = setting
  const texts = { stdout: '', stderr: '' }
  const buffer = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text
    },
    isTty,
    columns,
  })
  const notStarted = async () => {
    throw fail.bug('Nothing is started in this test.')
  }
  const environment: CliEnvironment = {
    stdout: buffer('stdout'),
    stderr: buffer('stderr'),
    readStdin: async () => stdin,
    variables,
    cwd: process.cwd(),
    version: '1.2.3',
    now: () => Date.now(),
    signal: setting.signal ?? new AbortController().signal,
    files: {
      readText: (path) => readFile(path, 'utf8'),
      writeText: (path, text, options) => writeFile(path, text, { flag: options?.replace === true ? 'w' : 'wx' }),
    },
    configuration: {
      validate: async () => [],
      describe: async () => ({ sources: [], targets: [], connections: [], warnings: [] }),
    },
    open: async ({ url }) => {
      if (api === undefined) throw fail.storeUnavailable('No store is opened in this test.')
      return { ...api, baseUrl: url ?? api.baseUrl, runsLive: 'server', where: 'here', close: async () => undefined }
    },
    starters: {
      serve: notStarted,
      demo: notStarted,
      sandbox: notStarted,
      sandboxVariants: () => [],
      backup: notStarted,
      restore: notStarted,
      ...setting.starters,
    },
  }
  const code = await runCli(argv, environment)
  return { code, ...texts }
}
