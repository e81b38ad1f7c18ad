import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { GroupGrants, Link } from '../../src/domain/memory.ts'
import type { CompanyRows } from './company.ts'

/** Rows per line, about what a page of an API carries. */
const pageSizes: Partial<Record<keyof CompanyRows, number>> = { groups: 20, targetGroups: 20, grants: 20 }

/** The ledger as the store keeps it: numbers instead of ids. */
interface NumberedGrants extends Omit<GroupGrants, 'accountIds'> {
  readonly accounts: readonly number[]
}

/** Writes the rows as lines of JSON, so that every planner starts from freshly decoded records. */
export async function writeRows(rows: Omit<CompanyRows, 'accountGrants'>, file: string): Promise<void> {
  const stream = createWriteStream(file)
  const numberOf = new Map<string, number>()
  const grants = rows.grants.map(({ accountIds, ...grant }): NumberedGrants => {
    const accounts = accountIds.map((id) => {
      const number = numberOf.get(id) ?? numberOf.size
      numberOf.set(id, number)
      return number
    })
    return { ...grant, accounts }
  })
  for (const [name, value] of Object.entries({ ...rows, ledgerIds: [...numberOf.keys()], grants })) {
    const list = Array.isArray(value) ? value : [value]
    const size = pageSizes[name as keyof CompanyRows] ?? 1000
    for (let at = 0; at < list.length; at += size) {
      if (!stream.write(`${name} ${JSON.stringify(list.slice(at, at + size))}\n`)) await once(stream, 'drain')
    }
  }
  stream.end()
  await once(stream, 'finish')
}

/** The rows again, and how long decoding alone took. */
export async function readRows(file: string): Promise<{ readonly rows: CompanyRows; readonly decodeMs: number }> {
  const lists: Record<string, unknown[]> = {
    users: [],
    groups: [],
    accounts: [],
    targetGroups: [],
    grants: [],
    ledgerIds: [],
    links: [],
    groupLinks: [],
    departures: [],
    deactivated: [],
    settling: [],
    lastGood: [],
  }
  let decodeMs = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const blank = line.indexOf(' ')
    const text = line.slice(blank + 1)
    const before = performance.now()
    const page = JSON.parse(text) as unknown[]
    decodeMs += performance.now() - before
    const list = lists[line.slice(0, blank)]!
    for (const row of page) list.push(row)
  }
  const { ledgerIds, grants, lastGood, ...rest } = lists
  // As the store gives it: one text for each id, however many rows name it.
  const idsOf = (numbers: Iterable<number>) => Array.from(numbers, (number) => ledgerIds![number])
  const numbersOf = (connection: string) =>
    new Set((grants as NumberedGrants[]).flatMap((row) => (row.connection === connection ? row.accounts : [])))
  const rows = {
    ...rest,
    lastGood: lastGood![0],
    grants: (grants as NumberedGrants[]).map(({ accounts, ...grant }) => ({ ...grant, accountIds: idsOf(accounts) })),
    accountGrants: [
      { connection: 'staff', accountIds: (rest.links as Link[]).map(({ accountId }) => accountId) },
      { connection: 'partners', accountIds: idsOf(numbersOf('partners')) },
    ],
  }
  return { rows: rows as unknown as CompanyRows, decodeMs }
}
