import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'

interface CruiserConfig {
  readonly forbidden: readonly { readonly name: string; readonly to: { readonly pathNot?: string } }[]
}

/** Draws the table of the import rule into docs/architecture.md from the configuration that enforces it. */
export const importTable: Generator = {
  file: 'docs/architecture.md',
  make: (present, root) => {
    const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as CruiserConfig
    const rows = config.forbidden.flatMap(({ name, to }) => {
      const [, floor] = /^floor-([a-z]+)$/.exec(name) ?? []
      const [, allowed] = /\^src\/\(([^)]*)\)\//.exec(to.pathNot ?? '') ?? []
      if (floor === undefined || allowed === undefined) return []
      const others = allowed.split('|').filter((other) => other !== floor)
      return [[`\`${floor}\``, others.length === 0 ? 'nothing of ours' : others.map((one) => `\`${one}\``).join(', ')]]
    })
    if (rows.length === 0) throw new Error('no floors found in .dependency-cruiser.cjs')
    return replaceSection(
      present,
      'import table',
      table(['a file in', 'may import, besides its own folder'], [...rows, ['`main.ts`', 'everything']]),
    )
  },
}
