// Makes src/storage/embedded/empty-store.tgz: the data directory of a PostgreSQL that holds nothing yet, as the first
// start of the embedded store unpacks it. Run it after every change of the PGlite version:
//   node scripts/make-empty-store.ts
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import { versionEntry } from '../src/storage/embedded/empty-store.ts'

const target = new URL('../src/storage/embedded/empty-store.tgz', import.meta.url)
const manifest = new URL('../node_modules/@electric-sql/pglite/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }

const work = mkdtempSync(join(tmpdir(), 'muster-empty-'))
try {
  const engine = await PGlite.create({ dataDir: join(work, 'cluster') })
  // Templates serve `create database` only, which nobody does here; without them it is a third of the files.
  await engine.exec("update pg_database set datistemplate = false where datname like 'template_'")
  for (const name of ['template0', 'template1']) await engine.exec(`drop database ${name}`)
  await engine.exec('vacuum freeze')
  await engine.exec('checkpoint')
  await engine.close()
  cpSync(join(work, 'cluster'), join(work, 'tree'), { recursive: true })
  rmSync(join(work, 'tree', 'postmaster.pid'), { force: true })
  writeFileSync(join(work, 'tree', versionEntry), `${version}\n`)
  const rest = readdirSync(join(work, 'tree')).filter((name) => name !== versionEntry)
  execFileSync('tar', [
    ...['--format=ustar', '--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mtime=@0'],
    ...['-C', join(work, 'tree'), '-cf', join(work, 'empty.tar'), versionEntry, ...rest.sort()],
  ])
  writeFileSync(target, gzipSync(readFileSync(join(work, 'empty.tar')), { level: 9 }))
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.stdout.write(`empty-store.tgz for PGlite ${version}: ${(statSync(target).size / 1e6).toFixed(1)} MB\n`)
