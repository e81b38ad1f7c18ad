/** Ids that directories keep as bytes, in the text form people know. */

/**
 * objectGUID of Active Directory: the first three fields are little-endian (MS-DTYP 2.3.4). Undefined = these are not
 * the 16 bytes of a GUID.
 */
export function guidText(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined
  const hex = (from: number, to: number) => bytes.toString('hex', from, to)
  const swapped = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse().toString('hex')
  return [swapped(0, 4), swapped(4, 6), swapped(6, 8), hex(8, 10), hex(10, 16)].join('-')
}

/** The bytes of a GUID as a filter needs them. Undefined = this is no GUID. */
export function guidBytes(text: string): Buffer | undefined {
  const hex = text.replaceAll('-', '')
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) return undefined
  const bytes = Buffer.from(hex, 'hex')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes
}

/** `S-1-5-21-…-513` (MS-DTYP 2.4.2.2). Undefined = these are not the bytes of a security identifier. */
export function sidText(bytes: Buffer): string | undefined {
  const count = bytes[1]
  if (bytes[0] !== 1 || count === undefined || count > 15 || bytes.length !== 8 + 4 * count) return undefined
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + 4 * index))
  return ['S-1', bytes.readUIntBE(2, 6), ...parts].join('-')
}

/** The domain and the number within it: `S-1-5-21-1-2-3` and `513`. */
export function sidParts(sid: string): { readonly domain: string; readonly rid: string } {
  const cut = sid.lastIndexOf('-')
  return { domain: sid.slice(0, cut), rid: sid.slice(cut + 1) }
}
