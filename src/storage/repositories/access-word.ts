import type { AccessRole } from '../../domain/access.ts'
import { fail } from '../../domain/errors.ts'

/** A role in a product as one word; product ids have no blanks. */
export function accessWord({ product, role }: AccessRole): string {
  if (/\s/.test(product)) throw fail.bug(`The target calls a product "${product}"; its id must not have blanks.`)
  return `${product} ${role}`
}

export function accessOfWord(word: string): AccessRole {
  const at = word.indexOf(' ')
  return { product: word.slice(0, at), role: word.slice(at + 1) }
}
