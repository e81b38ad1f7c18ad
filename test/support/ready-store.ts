// A store with the schema of this program and nothing in it, made once for a run of the tests and copied for each store that
// a test needs: node test/support/ready-store.ts <folder of the run>
// Whoever finds none yet, or tests the first start itself, starts from nothing, as the program does.
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../src/storage/database.ts'
import { migrate } from '../../src/storage/migrations.ts'
import { runFolderVariable } from './postgres.ts'

const folderName = 'ready-store'

/** Puts a copy into a data directory that holds nothing yet. */
export function prefill(dataDir: string): void {
  const made = join(process.env[runFolderVariable] ?? '', folderName, 'cluster')
  if (process.env[runFolderVariable] === undefined || !existsSync(made)) return
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  cpSync(made, join(dataDir, 'cluster'), { recursive: true })
}

async function make(run: string): Promise<void> {
  const draft = join(run, 'ready-store-draft')
  const database = await openDatabase({ dataDir: draft })
  await migrate(database)
  await database.close()
  renameSync(draft, join(run, folderName))
}

if (import.meta.main) await make(process.argv[2] ?? '')
