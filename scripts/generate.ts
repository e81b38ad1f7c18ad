// `npm run generate` writes every file that is made from the code; with --check it writes nothing and fails when one is
// stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callTable } from './generators/calls.ts'
import { cloudCapabilities } from './generators/capabilities.ts'
import { connectorPages } from './generators/connectors.ts'
import { errorsPage } from './generators/errors.ts'
import type { Generator } from './generators/generator.ts'
import { importTable } from './generators/import-table.ts'
import { incidentsPage } from './generators/incidents.ts'
import { lawsPage } from './generators/laws.ts'
import { openApi } from './generators/openapi.ts'
import { operationMatrix, operationTables } from './generators/operation-tables.ts'
import { reasonsPage } from './generators/reasons.ts'
import { dataCenterTraps, trapMatrix, trapTable } from './generators/traps.ts'
import { productVariants, variantsTable } from './generators/variants.ts'

const generators: readonly Generator[] = [
  errorsPage,
  reasonsPage,
  importTable,
  lawsPage,
  incidentsPage,
  callTable,
  openApi,
  variantsTable,
  productVariants,
  ...connectorPages,
  ...cloudCapabilities,
  ...operationTables,
  operationMatrix,
  trapTable,
  ...dataCenterTraps,
  trapMatrix,
]

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const checkOnly = process.argv.includes('--check')

for (const { file, make } of generators) {
  const path = join(root, file)
  const present = textOf(path)
  let wanted: string
  try {
    wanted = await make(present, root)
  } catch (error) {
    console.log(`${file}: ${(error as Error).message}`)
    process.exitCode = 1
    continue
  }
  if (wanted === present) console.log(`fresh   ${file}`)
  else if (checkOnly) {
    console.log(`stale   ${file}: run \`npm run generate\` and look at the difference`)
    process.exitCode = 1
  } else {
    writeFileSync(path, wanted)
    console.log(`written ${file}`)
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
