import { variantTable } from '../../src/sandbox/atlassian/variants.ts'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'

/** The table of the twin's variants; the default of each is in bold. */
export const variantsTable: Generator = {
  file: 'src/sandbox/README.md',
  make: (present) => {
    const rows = Object.entries(variantTable).map(([name, { values, meaning, source }]) => [
      `\`${name}\``,
      values.map((value, at) => (at === 0 ? `**\`${value}\`**` : `\`${value}\``)).join(' '),
      meaning,
      source,
    ])
    return replaceSection(present, 'variants', table(['name', 'values', 'meaning', 'source'], rows))
  },
}
