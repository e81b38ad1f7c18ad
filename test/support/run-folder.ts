import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runFolderVariable, stopSharedPostgres } from './postgres.ts'

/** What the files of one run share lies in a folder of its own, which ends with the run. */
export default function prepare(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-run-'))
  chmodSync(folder, 0o755) // the database server may run as another user
  process.env[runFolderVariable] = folder
  return async () => {
    await stopSharedPostgres(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}
