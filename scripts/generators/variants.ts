import { variantTable } from '../../src/sandbox/atlassian/variants.ts'
import { products } from '../../src/sandbox/products.ts'
import type { VariantTable } from '../../src/sandbox/server/variants.ts'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'

/** The table of the twin's variants; the default of each is in bold. */
export const variantsTable: Generator = {
  file: 'src/sandbox/README.md',
  make: (present) => replaceSection(present, 'variants', tableOf(variantTable)),
}

/** The same of every product with a twin of its own. */
export const productVariants: Generator = {
  file: 'src/sandbox/products.md',
  make: (present) =>
    products.reduce(
      (text, { name, variants }) => replaceSection(text, `variants of ${name}`, tableOf(variants)),
      present,
    ),
}

function tableOf(variants: VariantTable): string {
  const rows = Object.entries(variants).map(([name, { values, meaning, source }]) => [
    `\`${name}\``,
    values.map((value, at) => (at === 0 ? `**\`${value}\`**` : `\`${value}\``)).join(' '),
    meaning,
    source,
  ])
  return table(['name', 'values', 'meaning', 'source'], rows)
}
