import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { catalog } from '../src/connectors/registry.ts'
import { type Company, makeCompany } from '../src/sandbox/company/company.ts'
import { startLdapSandbox } from '../src/sandbox/ldap/start.ts'
import { Installation } from '../test/support/installation.ts'
import { ldapSource, readWhole } from '../test/support/ldap-source.ts'
import { ldapsearch } from '../test/support/ldap-tools.ts'
import { sambaPresent, startSamba } from '../test/support/samba.ts'
import { sandboxProcess } from '../test/support/sandbox.ts'
import { slapdPresent, startSlapd } from '../test/support/slapd.ts'
import type { ReadOrder, ReadOutcome, Search } from './directories/reader.ts'
import { type Bench, type BenchOptions, megabytes, type Row, ratio, seconds } from './row.ts'

const child = join(import.meta.dirname, 'directories', 'reader.ts')
const run = promisify(execFile)
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Where a real directory is and how the source is set for it. */
type Place = Omit<ReadOrder, 'how' | 'searches'> & { readonly url: string }

/**
 * Real directories: the read beside bare clients that ask the same, and the whole way to the twin: plan, apply, and a second plan that finds
 * nothing to do. Servers that are not installed are left out, and said so.
 */
const bench: Bench = {
  name: 'directories',
  async run(options) {
    const rows: Row[] = []
    const slapd = await slapdPresent()
    if (slapd.present) rows.push(...(await onOpenLdap(options)))
    else options.say(`OpenLDAP is left out${slapd.skipReason}`)
    const samba = await sambaPresent()
    if (samba.present) rows.push(...(await onSamba(options)))
    else options.say(`Samba is left out${samba.skipReason}`)
    return rows
  },
}

async function onOpenLdap(options: BenchOptions): Promise<Row[]> {
  const people = options.quick ? 500 : 20_000
  const groups = options.quick ? 20 : 500
  const company = makeCompany(people, { peoplePerGroup: people / groups })
  const server = await startSlapd({ company: company.directory, sizeLimit: 500, pageLimit: 1000 })
  try {
    const { url, host, port, baseDn, reader } = server
    const place = { url, host, port, baseDn, reader, settings: { preset: 'openldap', pageSize: 500 } }
    const searches = await searchesOfSource('openldap', place)
    return [
      ...(await readRows('OpenLDAP', company, { ...place, searches }, options)),
      ...(await wayRows('OpenLDAP', company, people / groups, place, options)),
    ]
  } finally {
    await server.stop()
  }
}

async function onSamba(options: BenchOptions): Promise<Row[]> {
  const people = options.quick ? 200 : 3000
  const company = makeCompany(people, { peoplePerGroup: 30 })
  const server = await startSamba({ company: company.directory })
  try {
    const { url, host, port, baseDn, reader } = server
    const bases = { userBaseDn: `OU=people,${baseDn}`, groupBaseDn: `OU=groups,${baseDn}` }
    const place = { url, host, port, baseDn, reader, settings: { preset: 'activedirectory', pageSize: 500, ...bases } }
    const searches = await searchesOfSource('activedirectory', place)
    return [
      ...(await readRows('Samba AD', company, { ...place, searches }, options)),
      ...(await wayRows('Samba AD', company, 30, place, options)),
    ]
  } finally {
    await server.stop()
  }
}

/** What the source asks of such a directory: a sandbox of the same kind is read, and tells. */
async function searchesOfSource(flavour: 'openldap' | 'activedirectory', place: Place): Promise<Search[]> {
  const sandbox = await startLdapSandbox({ flavour, domain: 'example.test' })
  try {
    const kind = catalog.sources.find(({ type }) => type === 'ldap')
    if (kind === undefined) throw new Error('There is no source of type ldap')
    const { userBaseDn, groupBaseDn, baseDn, bindDn, password, host, port } = sandbox
    const bases = 'userBaseDn' in place.settings ? { userBaseDn, groupBaseDn } : {}
    const at = { host, port, baseDn, reader: { dn: bindDn, password } }
    await readWhole(ldapSource(kind, at, { ...place.settings, ...bases }))
    const asked = new Map<string, Search>()
    for (const { operation, detail } of sandbox.control.log()) {
      const [, filter = '', attributes = ''] = /^sub ".*?" (\(.*\)) ([^()]*)$/.exec(detail) ?? []
      const isGroups = /group/i.test(filter)
      const base = place.settings[isGroups ? 'groupBaseDn' : 'userBaseDn'] ?? place.baseDn
      if (operation === 'search' && filter !== '')
        asked.set(filter, { base: String(base), filter, attributes: attributes.split(' ') })
    }
    return [...asked.values()]
  } finally {
    await sandbox.stop()
  }
}

async function readRows(
  name: string,
  company: Company,
  order: Omit<ReadOrder, 'how'> & { readonly url: string },
  { quick, say }: BenchOptions,
): Promise<Row[]> {
  const rounds = quick ? 1 : 5
  const times = { source: [] as ReadOutcome[], ldapts: [] as ReadOutcome[], ldapsearch: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    for (const how of ['source', 'ldapts'] as const) {
      const { url: _, ...rest } = order
      const { stdout } = await run(process.execPath, [child, JSON.stringify({ ...rest, how })])
      times[how].push(JSON.parse(stdout) as ReadOutcome)
    }
    times.ldapsearch.push(await byLdapsearch(order))
  }
  const { people, groups } = company.directory
  const all = people.length + groups.length
  for (const { entries } of [...times.source, ...times.ldapts])
    if (entries !== all) throw new Error(`${entries} of ${all} entries were read`)
  const [source, ldapts] = [times.source, times.ldapts].map((list) => ({
    ms: median(list.map(({ ms }) => ms)),
    processorMs: median(list.map(({ processorMs }) => processorMs)),
    memory: megabytes(median(list.map(({ peakMemory }) => peakMemory))),
  })) as [Summary, Summary]
  const tool = median(times.ldapsearch)
  const rate = (ms: number) => `${Math.round(all / (ms / 1000)).toLocaleString('en')} entries/s`
  const measured =
    `source ${seconds(source.ms)} (${rate(source.ms)}, peak ${source.memory}), ` +
    `bare ldapts ${seconds(ldapts.ms)} (${rate(ldapts.ms)}, ${ldapts.memory}), ldapsearch ${seconds(tool)}; ` +
    `source runs at ${ratio(ldapts.ms, source.ms)} of ldapts and ${ratio(tool, source.ms)} of ldapsearch; ` +
    `processor time of the processes ${seconds(source.processorMs)} and ${seconds(ldapts.processorMs)}`
  const values = groups.reduce((sum, group) => sum + group.members.length, 0)
  const work = `LDAP read, ${name}: ${people.length} people, ${groups.length} groups, ${values} members; median of ${rounds}`
  say(`${work}: ${measured}`)
  return [{ work, measured, goal: '>= 0.9x ldapts, <= 160 MB; stretch >= 0.5x ldapsearch' }]
}

interface Summary {
  readonly ms: number
  readonly processorMs: number
  readonly memory: string
}

async function byLdapsearch(order: Omit<ReadOrder, 'how'> & { readonly url: string }): Promise<number> {
  const started = performance.now()
  for (const { base, filter, attributes } of order.searches) {
    const more = ['-E', `pr=${order.settings.pageSize}/noprompt`]
    const { code, stderr } = await ldapsearch({ url: order.url, as: order.reader, base, filter, attributes, more })
    if (code !== 0) throw new Error(stderr)
  }
  return performance.now() - started
}

async function wayRows(
  name: string,
  company: Company,
  peoplePerGroup: number,
  place: Place,
  { say }: BenchOptions,
): Promise<Row[]> {
  const people = company.directory.people.length
  await using sandbox = await sandboxProcess({ company: people, peoplePerGroup })
  using installation = new Installation(sandbox)
  const { host, port, baseDn, reader, settings } = place
  const source = {
    ...{ type: 'ldap', hosts: [host], port, security: 'none', bindDn: reader.dn },
    ...{ password: { env: 'LDAP_PASSWORD' }, baseDn, ...settings },
  }
  installation.env.LDAP_PASSWORD = reader.password
  installation.writeConfiguration(installation.configuration().replace(/hr: \{.*\}/, `hr: ${JSON.stringify(source)}`))
  const rows: Row[] = []
  const step = async (work: string, args: readonly string[]) => {
    const finished = await installation.run(args, { timeoutMs: 3_600_000 })
    if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`)
    const measured = `${seconds(finished.ms)}, peak ${megabytes(finished.peakMemory)}`
    rows.push({ work: `${name}, ${people} people: ${work}`, measured, goal: '-' })
    say(`${work}: ${measured}`)
    return finished
  }
  const planned = await step('plan of the first sync', ['plan', 'staff', '--json'])
  const { plan } = JSON.parse(planned.stdout) as { plan: { id: string } }
  await installation.run(['approve', plan.id, '--all'], { timeoutMs: 600_000 })
  await step('apply and verify it', ['apply', plan.id])
  const again = await step('second plan', ['plan', 'staff', '--json'])
  const { plan: second } = JSON.parse(again.stdout) as { plan: { summary: { total: number } } }
  if (second.summary.total !== 0) throw new Error(`The second plan has ${second.summary.total} changes`)
  rows.push({ work: `${name}, ${people} people: changes of the second plan`, measured: '0', goal: '0' })
  return rows
}

export default bench
