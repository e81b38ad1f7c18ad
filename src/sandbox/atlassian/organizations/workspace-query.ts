import { fold, type Product } from '../model.ts'
import { siteUrl, type Twin } from '../twin.ts'
import { refuse } from './dialect.ts'

type Test = (product: Product) => boolean

/** The filter of a search for workspaces: `and`, `nor`, a field, a text, features or policies. */
export function readQuery(twin: Twin, query: unknown): Test {
  if (query === undefined || query === null) return () => true
  if (typeof query !== 'object' || Array.isArray(query)) refuse('ADMIN-400-4', 'query must be an object')
  const { and, nor, field, searchWorkspaces, features, policies } = query as Record<string, unknown>
  if (and !== undefined) {
    const tests = listOf(and, 'and').map((each) => readQuery(twin, each))
    return (product) => tests.every((fits) => fits(product))
  }
  if (nor !== undefined) {
    const tests = listOf(nor, 'nor').map((each) => readQuery(twin, each))
    return (product) => !tests.some((fits) => fits(product))
  }
  if (field !== undefined) return readField(twin, field)
  if (typeof searchWorkspaces === 'string') {
    const text = fold(searchWorkspaces)
    return ({ site }) => fold(site.name).includes(text) || siteUrl(twin, site).includes(text)
  }
  // Nothing here has features or policies.
  if (features !== undefined) return () => listOf(features, 'features').length === 0
  if (policies !== undefined) return () => listOf(policies, 'policies').length === 0
  refuse('ADMIN-400-4', `A query is and, nor, field, searchWorkspaces, features or policies`)
}

/** Workspaces in the order asked for: by the first field, equal ones as they come. */
export function ordered(twin: Twin, products: readonly Product[], sort: unknown): readonly Product[] {
  if (sort === undefined || sort === null) return products
  const [first] = listOf(sort, 'sort') as { readonly field?: string; readonly order?: string }[]
  const name = first?.field ?? ''
  const sign = first?.order === 'desc' ? -1 : 1
  return [...products].sort((a, b) => {
    const [left, right] = [fieldOf(twin, a, name), fieldOf(twin, b, name)]
    return left < right ? -sign : left > right ? sign : 0
  })
}

function readField(twin: Twin, field: unknown): Test {
  const { name, values } = field as { readonly name?: unknown; readonly values?: unknown }
  const wanted = values === undefined ? [] : listOf(values, 'values').map((value) => fold(String(value)))
  if (wanted.length === 0) return () => true
  return (product) => wanted.includes(fold(fieldOf(twin, product, String(name))))
}

function fieldOf(twin: Twin, product: Product, name: string): string {
  switch (name) {
    case 'attributes.name':
      return product.site.name
    case 'attributes.type':
      return product.key
    case 'attributes.typeKey':
      return product.key
    case 'attributes.hostUrl':
      return siteUrl(twin, product.site)
    case 'attributes.status':
      return 'online'
    default:
      refuse('ADMIN-400-4', `There is no field ${name}`)
  }
}

function listOf(value: unknown, name: string): unknown[] {
  return Array.isArray(value) ? value : refuse('ADMIN-400-4', `${name} must be a list`)
}
