import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto'
import { fail } from '../../../domain/errors.ts'
import type { Secret } from '../../../platform/secret.ts'

/** An assertion is good for so long; it is used at once. */
const lifeSeconds = 300

/** A private key as PEM or as JWK. Throws `config-invalid` without a word of the key. */
export function privateKeyFrom(secret: Secret, setting: string): KeyObject {
  const text = secret.reveal().trim()
  try {
    return text.startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text.replaceAll('\\n', '\n'))
  } catch {
    throw fail.configInvalid(`${setting} is no private key that can be read.`, {
      hint: 'Give it as PEM (-----BEGIN PRIVATE KEY-----) or as JWK, with all its lines.',
    })
  }
}

export interface Claims {
  readonly iss: string
  readonly sub?: string
  readonly aud: string
  readonly [name: string]: unknown
}

/** A JSON web token with RS256 (RFC 7515, 7523), good for five minutes and for one use. */
export function signedToken(key: KeyObject, keyId: string | undefined, claims: Claims, nowMs: number): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) }
  const issued = Math.floor(nowMs / 1000)
  const body = { ...claims, iat: issued, exp: issued + lifeSeconds, jti: randomUUID() }
  const text = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
}
