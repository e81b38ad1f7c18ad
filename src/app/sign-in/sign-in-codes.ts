import { randomBytes } from 'node:crypto'

/** Without letters and digits that look alike; 32 of them, so that each stands for five random bits. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const codeLength = 20

/** A code that a person types: 100 random bits as `K7QM-…`, five groups of four. */
export function newTypedCode(): string {
  const letters = Array.from(randomBytes(codeLength), (byte) => alphabet[byte % alphabet.length])
  return (letters.join('').match(/.{4}/g) ?? []).join('-')
}

/** The same code however it was typed. */
export function codeAsKept(typed: string): string {
  return typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}

/** A code that stands in a link; 256 random bits. */
export function newLinkCode(): string {
  return randomBytes(32).toString('base64url')
}
