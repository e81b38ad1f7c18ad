import { Document, isMap, isScalar, visit } from 'yaml'

/**
 * A configuration as YAML that `import` reads back to the same documents. Secrets are references; a comment says where
 * one is sealed in this store and has to be entered again elsewhere.
 */
export function yamlOf(configuration: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const filled = Object.entries(configuration).filter(([, section]) => Object.keys(section).length > 0)
  if (filled.length === 0) return '# No sources, targets or connections yet.\n'
  const document = new Document(Object.fromEntries(filled), { version: '1.2' })
  visit(document, {
    Pair(_, pair) {
      const { value } = pair
      if (!isMap(value) || value.items.length !== 1 || value.get('sealed') !== true) return
      value.flow = true
      value.comment = ' sealed in the store of this installation; elsewhere write { env: NAME } or { file: path }'
      return visit.SKIP
    },
    Map(_, map) {
      // References read best on one line: { env: NAME }.
      const [only, ...more] = map.items
      if (only === undefined || more.length > 0 || !isScalar(only.key) || !isScalar(only.value)) return
      if (['env', 'file', 'matches', 'every'].includes(String(only.key.value))) map.flow = true
    },
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}
