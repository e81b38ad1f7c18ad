import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Sealed secrets: `v1.<keyId>.<nonce>.<ciphertext>`, AES-256-GCM, the last three in base64url (D15). */

const cipherName = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
export const keyBytes = 32

/** Names a key without telling anything about it. */
export function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('muster master key\0').update(key).digest('base64url').slice(0, 11)
}

/** `belongsTo` is bound to the result: a sealed value moved to another owner or field cannot be opened there. */
export function seal(key: Buffer, belongsTo: string, value: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(cipherName, key, nonce).setAAD(Buffer.from(belongsTo))
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return ['v1', keyIdOf(key), nonce.toString('base64url'), sealed.toString('base64url')].join('.')
}

/** Undefined when the envelope was changed, moved, or sealed under another key. */
export function unseal(key: Buffer, belongsTo: string, envelope: string): string | undefined {
  const [version, keyId, nonce, sealed] = envelope.split('.')
  if (version !== 'v1' || keyId !== keyIdOf(key) || nonce === undefined || sealed === undefined) return undefined
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const decipher = createDecipheriv(cipherName, key, Buffer.from(nonce, 'base64url'), { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(belongsTo)).setAuthTag(bytes.subarray(-tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

export function keyIdIn(envelope: string): string {
  return envelope.split('.')[1] ?? ''
}
