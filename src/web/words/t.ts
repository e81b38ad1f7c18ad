import { en } from './en.ts'
import { formatMessage, type Values } from './format-message.ts'

export type Word = keyof typeof en

/** English is the only language so far; everything that is said goes through here, so that another one is a second table. */
export const locale = 'en'

/** What the catalogue says under this key, with its values. A key that does not exist is a type error. */
export function t(word: Word, values: Values = {}): string {
  return formatMessage(en[word], values, locale)
}
