// Prints how long the embedded store takes from opening to ready: the first time, and again. Nothing is asserted.
//   node scripts/measure-start.ts
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openStore } from '../src/storage/store.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'muster-start-'))
try {
  for (const name of ['first start', 'second start', 'third start']) {
    const before = performance.now()
    const store = await openStore({ dataDir, stayMs: 0 })
    process.stdout.write(`${name}: ready after ${Math.round(performance.now() - before)} ms\n`)
    await store.close()
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}
