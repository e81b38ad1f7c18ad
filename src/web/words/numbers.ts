import { locale } from './t.ts'

const plain = new Intl.NumberFormat(locale)
const list = new Intl.ListFormat(locale, { type: 'conjunction' })

/** `1,204` */
export function shownNumber(value: number): string {
  return plain.format(value)
}

/** `a, b, and c` */
export function listed(parts: readonly string[]): string {
  return list.format(parts)
}
