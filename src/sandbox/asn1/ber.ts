/**
 * The encoding of LDAP messages and certificates: ITU-T X.690, definite lengths only, the shortest form when writing
 * (which is also the distinguished form that certificates need). LDAP's own restrictions are RFC 4511, 5.1.
 */

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
} as const

/** One element with the given tag around the given contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  let length = 0
  for (const each of contents) length += each.length
  const head = length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x1_0000 ? 4 : length < 0x100_0000 ? 5 : 6
  const buffer = Buffer.allocUnsafe(head + length)
  buffer[0] = tag
  if (head === 2) buffer[1] = length
  else {
    buffer[1] = 0x80 + head - 2
    buffer.writeUIntBE(length, 2, head - 2)
  }
  let at = head
  for (const each of contents) {
    buffer.set(each, at)
    at += each.length
  }
  return buffer
}

export function sequence(...contents: readonly Uint8Array[]): Buffer {
  return element(tags.sequence, ...contents)
}

/** Text in UTF-8, or the bytes as they are. */
export function octets(value: string | Uint8Array, tag: number = tags.octetString): Buffer {
  return element(tag, typeof value === 'string' ? Buffer.from(value, 'utf8') : value)
}

/** A whole number in two's complement, at most 48 bits. */
export function integer(value: number, tag: number = tags.integer): Buffer {
  let bytes = 1
  while (bytes < 6 && (value < -(2 ** (bytes * 8 - 1)) || value >= 2 ** (bytes * 8 - 1))) bytes++
  const content = Buffer.allocUnsafe(bytes)
  content.writeIntBE(value, 0, bytes)
  return element(tag, content)
}

export function boolean(value: boolean, tag: number = tags.boolean): Buffer {
  return element(tag, Buffer.of(value ? 0xff : 0))
}
