// The import rule of docs/architecture.md, checked by dependency-cruiser. Prints one line per violation.
// `node scripts/import-rule.ts [folder]` checks another copy of the repository.
import { resolve } from 'node:path'
import { checkImports } from './check/imports.ts'

const root = resolve(process.argv[2] ?? '.')
const { violations, files, unread } = await checkImports(root)

for (const { rule, from, to } of violations) console.log(`${rule}: ${from} -> ${to}`)
if (unread.length > 0) {
  console.log(
    `${unread.length} of ${files} TypeScript files below src were not read, so the result proves nothing: ${unread[0]}\n` +
      'dependency-cruiser reads .ts through @swc/core: is it installed, and does .dependency-cruiser.cjs say `parser: "swc"`?',
  )
}
if (violations.length > 0 || unread.length > 0) process.exitCode = 1
else console.log(`${files} files keep the import rule`)
