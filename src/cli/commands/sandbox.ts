import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { plain } from '../render/text.ts'

export const sandboxCommand = command({
  name: 'sandbox',
  summary: 'start only the Atlassian twin: made-up sites with made-up people to rehearse on',
  options: {
    port: { kind: 'number', value: 'N', help: 'port on 127.0.0.1; any free one if left out' },
    company: { kind: 'text', value: 'SIZE', help: 'small, or a number of people' },
    variant: { kind: 'texts', value: 'NAME=VALUE', help: 'how an undocumented case is answered' },
    latency: { kind: 'number', value: 'MS', help: 'milliseconds every call takes at least' },
    'rate-limit': { kind: 'number', value: 'N', help: 'calls per second before it answers 429' },
  },
  examples: [
    'sandbox',
    'sandbox --port 9090 --company 5000',
    'sandbox --variant removeNonMember=404 --latency 150 --json',
  ],
  async run({ options, output, session, environment }) {
    session.localOptions('sandbox')
    checkCompany(options.company)
    for (const variant of options.variant) {
      if (!/^\w+=.+$/.test(variant))
        throw fail.usage(`"${variant}" is not a variant.`, { hint: 'Write name=value, e.g. removeNonMember=404.' })
    }
    await environment.starters.sandbox({
      port: options.port,
      company: options.company,
      variants: options.variant,
      latencyMs: options.latency,
      rateLimit: options['rate-limit'],
      ready: (started) =>
        output.show(started, [
          'The sandbox answers. Everything in it is made up.',
          ...factLines(started, ''),
          'Ctrl-C stops it.',
        ]),
    })
    return 0
  },
})

/** Throws `usage` unless it is `small` or a number of people. */
export function checkCompany(company: string | undefined): void {
  if (company === undefined || company === 'small' || /^[1-9]\d{0,6}$/.test(company)) return
  throw fail.usage(`"${company}" is not the size of a company.`, {
    hint: 'Write small, or a number of people such as 500.',
  })
}

/** A record as lines `name  value`, inner records indented. */
function factLines(facts: Readonly<Record<string, unknown>>, indent: string): string[] {
  const width = Math.max(0, ...Object.keys(facts).map((name) => name.length))
  return Object.entries(facts).flatMap(([name, value]) => {
    const label = `${indent}  ${name.padEnd(width)}`
    if (Array.isArray(value)) {
      return value.every((each) => typeof each !== 'object')
        ? [`${label}  ${plain(value.join(', '))}`]
        : [label.trimEnd(), ...value.flatMap((each) => factLines(each, `${indent}  `))]
    }
    if (typeof value === 'object' && value !== null) {
      return [label.trimEnd(), ...factLines(value as Record<string, unknown>, `${indent}  `)]
    }
    return [`${label}  ${plain(String(value))}`]
  })
}
