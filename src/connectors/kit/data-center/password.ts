import { randomBytes, randomInt } from 'node:crypto'

const classes = ['abcdefghijkmnopqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '-_.'] as const

/**
 * A password nobody knows, for products that make no account without one: 43 random characters (256 bits) and one of each
 * class that password rules ask for. It is sent once, kept nowhere, and people sign in by other means or reset it. No
 * character of it changes in an address, so that it is recognised wherever an answer quotes it.
 */
export function unknownPassword(): string {
  const rest = classes.map((letters) => letters[randomInt(letters.length)]).join('')
  return randomBytes(32).toString('base64url') + rest
}
