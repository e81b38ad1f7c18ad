/**
 * One measured process of the planning bench: `node child.ts make <file> <users> <groups> <memberships>` writes the rows,
 * `node child.ts <product|reference> <file>` reads them, plans, and prints one line of JSON.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Change } from '../../src/domain/change.ts'
import type { Draft } from '../reference/planner.ts'
import { referencePlan } from '../reference/planner.ts'
import { benchConnection, makeCompany } from './company.ts'
import { productPlan } from './product.ts'
import { readRows, writeRows } from './rows-file.ts'

/** What a child tells the bench. Memory in bytes. */
export interface Measured {
  readonly ms: number
  /** Processor time of all threads, which neighbours spoil less. */
  readonly cpuMs: number
  /** Only of the product: reading both sides into snapshots. */
  readonly collectMs?: number
  readonly decodeMs: number
  /** Resident before planning, the rows included; and the most while planning. */
  readonly before: number
  readonly peak: number
  readonly changes: number
  readonly counts: Readonly<Record<string, number>>
  /** Over what every change says: equal when two plans are equal. */
  readonly digest: string
}

export interface Made {
  readonly users: number
  readonly groups: number
  readonly direct: number
  readonly target: number
  readonly grants: number
}

const [what = '', file = '', ...numbers] = process.argv.slice(2)

if (what === 'make') {
  const [users = 0, groups = 0, memberships = 0] = numbers.map(Number)
  const rows = makeCompany({ users, groups, memberships }, 7)
  const made: Made = {
    users: rows.users.length,
    groups: rows.groups.length,
    direct: rows.groups.reduce((sum, group) => sum + (group.members?.length ?? 0), 0),
    target: rows.targetGroups.reduce((sum, group) => sum + (group.members?.length ?? 0), 0),
    grants: rows.grants.reduce((sum, grant) => sum + grant.accountIds.length, 0),
  }
  await writeRows(rows, file)
  process.stdout.write(JSON.stringify(made))
} else {
  const { rows, decodeMs } = await readRows(file)
  const connection = benchConnection()
  collectGarbage()
  resetPeak()
  const before = process.memoryUsage.rss()
  const usage = process.cpuUsage()
  const started = performance.now()
  let collectMs: number | undefined
  let changes: readonly (Change | Draft)[]
  if (what === 'reference') changes = referencePlan(rows, connection).changes
  else {
    const made = await productPlan(rows, connection)
    changes = made.plan.changes
    collectMs = made.collectMs
  }
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(usage)
  const peak = highWaterMark()
  const lines = changes.map(lineOf)
  if (numbers[0] !== undefined) writeFileSync(numbers[0], `${lines.join('\n')}\n`)
  const counts: Record<string, number> = {}
  for (const { kind, state } of changes) counts[`${kind} ${state}`] = (counts[`${kind} ${state}`] ?? 0) + 1
  const measured: Measured = {
    ms,
    cpuMs: (user + system) / 1000,
    ...(collectMs === undefined ? {} : { collectMs }),
    decodeMs,
    before,
    peak,
    changes: changes.length,
    counts,
    digest: createHash('sha256').update(lines.join('\n')).digest('hex'),
  }
  process.stdout.write(JSON.stringify(measured))
}

function lineOf(change: Change | Draft): string {
  return JSON.stringify([
    change.seq,
    change.kind,
    refOf(change.account),
    refOf(change.group),
    change.accountLabel ?? null,
    change.groupLabel ?? null,
    change.person ?? null,
    change.sourceGroup ?? null,
    change.before ?? null,
    change.after ?? null,
    change.reason,
    change.rule,
    change.state,
    [...change.stateReasons].sort(),
    change.needs,
  ])
}

function refOf(ref: Change['account'] | Draft['account']): string | null {
  if (ref === undefined) return null
  return 'id' in ref ? ref.id : `#${'created' in ref ? ref.created.seq : ref.createdBy}`
}

/** So that what decoding left behind is not counted as memory of the planner, nor used by it for free. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
}

/** Linux counts the high-water mark from here on. */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Elsewhere the peak is that of the whole process.
  }
}

function highWaterMark(): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}
