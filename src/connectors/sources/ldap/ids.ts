import { guidText, sidText } from './binary-ids.ts'
import type { Entry, Value } from './wire/entry.ts'

/** The id of an entry as a key: text as it is, bytes in the form people know. Undefined = the entry shows none. */
export function idOf(entry: Entry, attribute: string): string | undefined {
  const name = attribute.toLowerCase()
  const value = entry.first(name)
  const text = value === undefined ? '' : idText(name, value)
  return text === '' ? undefined : text
}

function idText(name: string, value: Value): string {
  if (typeof value === 'string') return uuid.test(value) ? value.toLowerCase() : value.trim()
  switch (name) {
    case 'objectguid':
    case 'ms-ds-consistencyguid':
    case 'msexchmailboxguid':
      return guidText(value) ?? value.toString('hex')
    case 'objectsid':
      return sidText(value) ?? value.toString('hex')
    default:
      return value.toString('hex')
  }
}

/** A value as people can read it; bytes of a known kind in their usual form, others by their number. */
export function readable(name: string, value: Value): string {
  if (typeof value === 'string') return value
  const text = idText(name, value)
  return text === value.toString('hex') && name !== 'guid' ? `(${value.length} bytes)` : text
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
