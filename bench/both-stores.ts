import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresql, startPostgres } from '../test/support/postgres.ts'
import type { Row } from './row.ts'

/** The same measurement on the embedded store and, where it is installed, on PostgreSQL. */
export async function onBothStores(
  say: (line: string) => void,
  measure: (name: string, dataDir: string, databaseUrl: string | undefined) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'))
  try {
    const rows = [...(await measure('embedded', join(folder, 'embedded'), undefined))]
    const { present, skipReason } = await postgresql()
    if (!present) {
      say(`PostgreSQL is left out:${skipReason}`)
      return rows
    }
    const server = await startPostgres()
    try {
      const url = await server.createDatabase()
      rows.push(...(await measure('PostgreSQL (fsync off)', join(folder, 'postgresql'), url)))
    } finally {
      await server.stop()
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
