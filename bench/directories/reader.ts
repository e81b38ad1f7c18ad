// A process of its own that reads a directory once: by the source as a run does, or by bare ldapts. Order as JSON in the first argument, outcome
// as one JSON line.
import { readFileSync } from 'node:fs'

export interface Search {
  readonly base: string
  readonly filter: string
  readonly attributes: readonly string[]
}

export interface ReadOrder {
  readonly how: 'source' | 'ldapts'
  readonly host: string
  readonly port: number
  readonly baseDn: string
  readonly reader: { readonly dn: string; readonly password: string }
  /** Settings of the source beside where it is. */
  readonly settings: Readonly<Record<string, unknown>> & { readonly pageSize: number }
  /** What the source asks for, for ldapts to ask the same. */
  readonly searches: readonly Search[]
}

export interface ReadOutcome {
  readonly ms: number
  /** User and system time of the process from its start to its end. */
  readonly processorMs: number
  readonly entries: number
  readonly peakMemory: number
}

interface Timed {
  readonly entries: number
  readonly ms: number
}

// Each loads only what it needs, so that the memory is its own.

async function bySource(order: ReadOrder): Promise<Timed> {
  const { catalog } = await import('../../src/connectors/registry.ts')
  const { ldapSource } = await import('../../test/support/ldap-source.ts')
  const started = performance.now()
  const kind = catalog.sources.find(({ type }) => type === 'ldap')
  if (kind === undefined) throw new Error('There is no source of type ldap')
  const source = ldapSource(kind, order, order.settings)
  const signal = AbortSignal.timeout(600_000)
  let entries = 0
  for await (const { items } of source.users(signal)) entries += items.length
  for await (const { items } of source.groups(signal)) entries += items.length
  await source.close()
  return { entries, ms: performance.now() - started }
}

async function byLdapts(order: ReadOrder): Promise<Timed> {
  const { Client } = await import('ldapts')
  const started = performance.now()
  const client = new Client({ url: `ldap://${order.host}:${order.port}` })
  await client.bind(order.reader.dn, order.reader.password)
  let entries = 0
  for (const { base, filter, attributes } of order.searches) {
    const pages = client.searchPaginated(base, {
      scope: 'sub',
      filter,
      attributes: [...attributes],
      paged: { pageSize: order.settings.pageSize },
    })
    for await (const { searchEntries } of pages) entries += searchEntries.length
  }
  await client.unbind()
  return { entries, ms: performance.now() - started }
}

const text = process.argv[2]
if (text !== undefined) {
  const order = JSON.parse(text) as ReadOrder
  const read = order.how === 'source' ? bySource : byLdapts
  const { entries, ms } = await read(order)
  const { user, system } = process.cpuUsage()
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024
  const outcome: ReadOutcome = { ms, processorMs: (user + system) / 1000, entries, peakMemory: peak }
  process.stdout.write(`${JSON.stringify(outcome)}\n`)
}
