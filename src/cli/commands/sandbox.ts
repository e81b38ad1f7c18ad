import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { plain, table } from '../render/text.ts'

export const sandboxCommand = command({
  name: 'sandbox',
  summary:
    'start only the Atlassian twin: made-up sites with made-up people to rehearse on, with a directory if wanted',
  options: {
    product: {
      kind: 'text',
      value: 'NAME',
      help: 'serve a product of its own instead of the cloud: jira-dc, confluence-dc, bitbucket-dc, crowd; or confluence-cloud and bitbucket-cloud, which have no Jira beside them',
    },
    'product-version': { kind: 'text', value: 'VERSION', help: 'its version, where the documents tell of differences' },
    port: { kind: 'number', value: 'N', help: 'port on 127.0.0.1; any free one if left out' },
    company: { kind: 'text', value: 'SIZE', help: 'small, or a number of people' },
    target: { kind: 'text', value: 'NAME', help: 'what the site holds: fresh, or ten-years of hand work' },
    seats: { kind: 'number', value: 'N', help: 'seats of each app' },
    projects: { kind: 'number', value: 'N', help: 'projects with components, led by people of the site' },
    directories: { kind: 'number', value: 'N', help: 'directories of the organization, each with a site' },
    organizations: { kind: 'number', value: 'N', help: 'organizations in all' },
    variant: { kind: 'texts', value: 'NAME=VALUE', help: 'how an undocumented case is answered' },
    variants: { kind: 'flag', help: 'list these cases with every answer there is, and end' },
    latency: { kind: 'number', value: 'MS', help: 'milliseconds every call takes at least' },
    'rate-limit': { kind: 'number', value: 'N', help: 'calls per second before it answers 429' },
    ldap: { kind: 'flag', help: "also serve the company's directory over LDAP, to rehearse a source of type ldap" },
    flavour: {
      kind: 'text',
      value: 'NAME',
      help: 'whose ways the directory has: openldap, activedirectory, freeipa, edirectory, oracle, generic',
    },
    'ldap-port': { kind: 'number', value: 'N', help: 'its port on 127.0.0.1; any free one if left out' },
    'ldaps-port': { kind: 'number', value: 'N', help: 'its port for TLS from the start' },
  },
  examples: [
    'sandbox',
    'sandbox --port 9090 --company 5000',
    'sandbox --ldap-port 10389 --flavour activedirectory',
    'sandbox --variant removeNonMember=404 --latency 150 --json',
    'sandbox --company 2000 --target ten-years --projects 100 --seats 2500',
    'sandbox --variants',
    'sandbox --product jira-dc --product-version 9.12',
    'sandbox --product jira-dc --variants',
  ],
  async run({ options, output, session, environment }) {
    session.localOptions('sandbox')
    if (options.variants) {
      const items = environment.starters.sandboxVariants(options.product)
      const rows = items.map(({ name, values, meaning }) => [name, values.join(' '), meaning])
      output.show({ items }, [
        ...table(
          [{ title: 'name' }, { title: 'values, the first is the default' }, { title: 'what it is about' }],
          rows,
        ),
      ])
      return 0
    }
    if (options.target !== undefined && options.target !== 'fresh' && options.target !== 'ten-years') {
      throw fail.usage(`"${options.target}" is no state of a site.`, { hint: 'Write fresh or ten-years.' })
    }
    checkCompany(options.company)
    for (const variant of options.variant) {
      if (!/^\w+=.+$/.test(variant))
        throw fail.usage(`"${variant}" is not a variant.`, { hint: 'Write name=value, e.g. removeNonMember=404.' })
    }
    checkProduct(options)
    const { flavour, 'ldap-port': ldapPort, 'ldaps-port': tlsPort } = options
    const servesLdap = options.ldap || flavour !== undefined || ldapPort !== undefined || tlsPort !== undefined
    await environment.starters.sandbox({
      product: options.product,
      productVersion: options['product-version'],
      ldap: servesLdap ? { flavour, port: ldapPort, tlsPort } : undefined,
      port: options.port,
      company: options.company,
      variants: options.variant,
      target: options.target,
      shape: given({
        seats: options.seats,
        projects: options.projects,
        directories: options.directories,
        organizations: options.organizations,
      }),
      latencyMs: options.latency,
      rateLimit: options['rate-limit'],
      ready: (started) =>
        output.show(started, [
          'The sandbox answers. Everything in it is made up.',
          ...factLines(withoutCertificate(started), ''),
          ...sourceLines(started.ldap),
          'Ctrl-C stops it.',
        ]),
    })
    return 0
  },
})

/** What only the organization in the cloud has, a product of its own has not. */
function checkProduct(options: Readonly<Record<string, unknown>>): void {
  if (options.product === undefined) {
    if (options['product-version'] === undefined) return
    throw fail.usage('--product-version needs --product.', {
      hint: 'Write e.g. --product jira-dc --product-version 9.12.',
    })
  }
  if (options.product === 'confluence-cloud' || options.product === 'bitbucket-cloud') {
    if (options['product-version'] === undefined) return
    throw fail.usage('The cloud has no versions.', { hint: 'Leave --product-version out.' })
  }
  const cloudOnly = ['seats', 'projects', 'directories', 'organizations', 'flavour', 'ldap-port', 'ldaps-port']
  const told = [...cloudOnly.filter((name) => options[name] !== undefined), ...(options.ldap === true ? ['ldap'] : [])]
  if (told.length === 0) return
  throw fail.usage(`--${told[0]} does not go with --product.`, {
    hint: 'Leave it out, or start a second sandbox without --product.',
  })
}

/** What was told; a number that was told is 1 or more. */
function given<Name extends string>(
  numbers: Readonly<Record<Name, number | undefined>>,
): Partial<Record<Name, number>> {
  const told = Object.entries<number | undefined>(numbers).filter(([, value]) => value !== undefined)
  const wrong = told.find(
    ([, value]) => value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= 100_000),
  )
  if (wrong !== undefined) {
    throw fail.usage(`--${wrong[0]} is a whole number from 1 to 100000.`, { hint: 'Leave it out for what is usual.' })
  }
  return Object.fromEntries(told) as Partial<Record<Name, number>>
}

/** A certificate is many lines of nothing to read; with --json it is there. */
function withoutCertificate(facts: Facts): Facts {
  if (!isRecord(facts.ldap)) return facts
  return { ...facts, ldap: { ...facts.ldap, caCertificate: '(with --json)' } }
}

/** The directory as a source in muster.yaml. */
function sourceLines(ldap: unknown): string[] {
  if (!isRecord(ldap)) return []
  const text = (name: string) => JSON.stringify(ldap[name])
  return [
    '',
    'The directory as a source in muster.yaml (the password in LDAP_PASSWORD):',
    '  sources:',
    '    corp-ldap:',
    '      type: ldap',
    `      hosts: [${String(ldap.host)}]`,
    `      port: ${String(ldap.port)}`,
    '      security: none',
    `      bindDn: ${text('bindDn')}`,
    '      password: { env: LDAP_PASSWORD }',
    `      baseDn: ${text('baseDn')}`,
    `      userBaseDn: ${text('userBaseDn')}`,
    `      groupBaseDn: ${text('groupBaseDn')}`,
    '',
  ]
}

type Facts = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

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
