import type { MemberRef } from '../../../domain/identity.ts'
import type { Faults } from './faults.ts'

/** A name from the file in a message: one line, not too long. */
export function quoted(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, ' ')
  return `"${line.length > 80 ? `${line.slice(0, 77)}...` : line}"`
}

const kinds: Readonly<Record<string, MemberRef['kind']>> = {
  user: 'user',
  person: 'user',
  people: 'user',
  u: 'user',
  group: 'group',
  g: 'group',
}

/** `user`, `group` or nothing; any other word is told as a fault. */
export function memberKind(text: string, faults: Faults, where: string): MemberRef['kind'] | undefined {
  const folded = text.trim().toLowerCase()
  if (folded === '') return undefined
  const kind = Object.hasOwn(kinds, folded) ? kinds[folded] : undefined
  if (kind === undefined) faults.add(where, `${quoted(text)} is not a kind of member`, 'Use user or group.')
  return kind
}

/** What to say of a file without records. */
export const emptyFile = [
  'the file is empty; an empty file is never taken for "nobody"',
  'Export it again. If it may really be empty, set allowEmpty.',
] as const
