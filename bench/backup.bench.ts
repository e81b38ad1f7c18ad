import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { muster } from '../test/support/muster.ts'
import { postgresql, startPostgres } from '../test/support/postgres.ts'
import { makeCompany } from './planning/company.ts'
import { fill } from './planning/filled-store.ts'
import { type Bench, megabytes, type Row, seconds } from './row.ts'

/** `muster backup` of a full store and `muster restore` into an empty one, each in a process of its own. */
const bench: Bench = {
  name: 'backup',
  async run({ quick, say }) {
    const size = quick
      ? { users: 2_000, groups: 200, memberships: 20_000 }
      : { users: 100_000, groups: 10_000, memberships: 1_000_000 }
    const company = makeCompany(size, 7)
    const rows = [await measure('embedded', company, say, undefined, undefined)]
    const { present, skipReason } = await postgresql()
    if (!present) {
      say(`PostgreSQL is left out:${skipReason}`)
      return rows
    }
    const server = await startPostgres()
    try {
      // The server of the tests does not wait for the disk; the time is that of the work alone.
      const urls = [await server.createDatabase(), await server.createDatabase()] as const
      rows.push(await measure('PostgreSQL (fsync off)', company, say, ...urls))
    } finally {
      await server.stop()
    }
    return rows
  },
}

async function measure(
  name: string,
  company: ReturnType<typeof makeCompany>,
  say: (line: string) => void,
  from: string | undefined,
  into: string | undefined,
): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-backup-'))
  try {
    const [full, empty, file] = ['full', 'empty', 'state.backup'].map((each) => join(folder, each)) as [
      string,
      string,
      string,
    ]
    const started = performance.now()
    const { memberships, grants } = await fill(company, full, from)
    say(`${name}: filled in ${seconds(performance.now() - started)}`)
    const run = async (args: readonly string[], databaseUrl: string | undefined) => {
      const env = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }
      const finished = await muster(args, { cwd: folder, env, timeoutMs: 1_200_000 })
      if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`)
      say(`${name}: ${args[0]} ${seconds(finished.ms)}, peak ${megabytes(finished.peakMemory)}`)
      return finished
    }
    const backup = await run(['backup', file, '--data-dir', full], from)
    const restore = await run(['restore', file, '--data-dir', empty], into)
    return {
      work: `backup + restore, ${name} (${company.accounts.length.toLocaleString('en-US')} accounts, ${memberships.toLocaleString('en-US')} memberships, ${grants.toLocaleString('en-US')} grants)`,
      measured: `${seconds(backup.ms)} + ${seconds(restore.ms)}, peak ${megabytes(backup.peakMemory)} and ${megabytes(restore.peakMemory)}, file ${megabytes(statSync(file).size)}`,
      goal: '<= 2 min',
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export default bench
