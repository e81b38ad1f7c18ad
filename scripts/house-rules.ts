// Our own lint: what no general linter knows. One line per breach, with what to do instead.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { shippedMigrations } from '../src/storage/migrations.ts'
import { findBreaches } from './check/house-rules.ts'

const root = resolve('.')
const looked = ['src', 'test', 'scripts', 'bench', 'bin', 'docs', 'web', '.ci'].flatMap(filesBelow)
const loose = readdirSync(root).filter((name) => /\.(md|ts|cjs)$/.test(name))
const files = [...looked, ...loose]

const breaches = files.flatMap((file) => findBreaches(file, readFileSync(join(root, file), 'utf8')))
for (const { file, line, rule, remedy } of breaches) console.log(`${file}:${line}: ${rule}: ${remedy}`)
// Two branches may take the same number, and no store opens then; this throws and names it.
shippedMigrations()
if (breaches.length > 0) process.exitCode = 1
else console.log(`${files.length} files keep the house rules`)

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx|js|cjs|md|json)$|^run$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
