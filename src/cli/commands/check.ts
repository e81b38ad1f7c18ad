import type { CheckReport } from '../../contract/ends.ts'
import { type ErrorCode, errorCodes, fail, ProvisioningError } from '../../domain/errors.ts'
import { command, type Invocation } from '../command.ts'
import type { Colour, Paint } from '../output.ts'
import { plain, table, wrap } from '../render/text.ts'

export const checkCommand = command({
  name: 'check',
  summary: 'the doctor: try a source or target step by step; nothing is changed',
  description: [
    'The exit code is that of the first failed step, e.g. 3 for a refused credential and 4 for no connection.',
  ],
  arguments: { key: { help: 'name of a source or target' } },
  options: {
    as: {
      kind: 'text',
      value: 'KIND',
      help: 'where a source and a target have the same name',
      choices: ['source', 'target'],
    },
  },
  examples: ['check corp-ldap', 'check acme --json'],
  async run({ args, options, output, session }) {
    const kind = options.as ?? (await kindOf(session, args.key))
    const client = await session.client()
    output.note(`Checking the ${kind} "${args.key}" ...`)
    const request = { params: { key: args.key } }
    const report = await (kind === 'source'
      ? client.sources.check(request, session.call)
      : client.targets.check(request, session.call))
    output.show(report, checkLines(report, output.paint, output.stdout.columns))
    return exitCodeOfReport(report)
  },
})

/** Whether a key names a source or a target. Throws `not-found`, and `usage` when it names both. */
async function kindOf(session: Invocation['session'], key: string): Promise<'source' | 'target'> {
  const client = await session.client()
  const exists = async (get: () => Promise<unknown>) => {
    try {
      await get()
      return true
    } catch (thrown) {
      if (thrown instanceof ProvisioningError && thrown.code === 'not-found') return false
      throw thrown
    }
  }
  if (!/^[a-z0-9-]{1,40}$/.test(key)) {
    throw fail.usage(`"${key}" is not the name of a source or target.`, {
      hint: 'Names have small letters, digits and hyphens. List them: muster sources list, muster targets list',
    })
  }
  const request = { params: { key } }
  const isSource = await exists(() => client.sources.get(request, session.call))
  const isTarget = await exists(() => client.targets.get(request, session.call))
  if (isSource && isTarget) {
    throw fail.usage(`There is a source and a target called "${key}".`, {
      hint: 'Say which: --as source or --as target.',
    })
  }
  if (isSource) return 'source'
  if (isTarget) return 'target'
  throw fail.notFound(`There is no source or target "${key}".`, {
    hint: 'List them: muster sources list, muster targets list',
  })
}

const marks: Readonly<Record<CheckReport['steps'][number]['status'], readonly [string, Colour]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  failed: ['✗', 'red'],
  skipped: ['-', 'grey'],
}

function tableOf({ columns, rows }: NonNullable<CheckReport['steps'][number]['table']>): string[] {
  const titles = columns.map((title) => ({ title: plain(title) }))
  return table(titles, rows).map((line) => `    ${line}`)
}

/** One line per step with its mark; below it the remedy. */
export function checkLines({ ok, steps }: CheckReport, paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns) - 4
  const lines = steps.flatMap(({ name, status, message, remedy, table: facts }) => {
    const [mark, colour] = marks[status]
    const [first = '', ...rest] = wrap(`${plain(name)}: ${plain(message)}`, width)
    return [
      `${paint(colour, mark)} ${first}`,
      ...rest.map((line) => `  ${line}`),
      ...(facts === undefined ? [] : tableOf(facts)),
      ...(remedy === undefined ? [] : wrap(`What to do: ${plain(remedy)}`, width - 2).map((line) => `    ${line}`)),
    ]
  })
  const count = (status: string) => steps.filter((step) => step.status === status).length
  const verdict = ok
    ? count('warning') > 0
      ? `Usable, with ${count('warning')} to look at.`
      : 'Everything works.'
    : `Not usable yet: ${count('failed')} of ${steps.length} steps failed.`
  return [...lines, paint(ok ? 'green' : 'red', verdict)]
}

function exitCodeOfReport({ ok, steps }: CheckReport): number {
  if (ok) return 0
  const code = steps.find(({ status, code: each }) => status === 'failed' && each !== undefined)?.code
  return errorCodes[code ?? ('config-invalid' satisfies ErrorCode)].exit
}
