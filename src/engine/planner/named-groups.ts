import { foldKey } from '../../domain/identity.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'

/** The existing group of a name: its position, or the positions of all that could be meant. */
export type Named = { readonly position: number } | { readonly rivals: readonly number[] } | undefined

/**
 * Finds groups of the target by name, without letter case. Where several answer to one name, nobody is chosen by chance:
 * only a name that somebody typed, and that is spelled exactly like one of them, means that one.
 */
export function namedGroups({ groups }: Pick<TargetSnapshot, 'groups'>): (name: string, typed: boolean) => Named {
  const first = new Map<string, number>()
  const more = new Map<string, number[]>()
  groups.forEach(({ name }, position) => {
    const key = foldKey(name)
    if (!first.has(key)) first.set(key, position)
    else if (!more.get(key)?.push(position)) more.set(key, [position])
  })
  return (name, typed) => {
    const key = foldKey(name)
    const position = first.get(key)
    if (position === undefined) return undefined
    const others = more.get(key)
    if (others === undefined) return { position }
    const all = [position, ...others]
    const exact = all.filter((each) => groups[each]!.name === name)
    return typed && exact.length === 1 ? { position: exact[0]! } : { rivals: all }
  }
}
