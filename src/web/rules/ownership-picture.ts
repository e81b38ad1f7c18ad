import type { Ownership } from '../../domain/connection.ts'

/** Somebody in a group of the picture: who put them in, and whether the source lists them now. */
interface Member {
  readonly name: string
  readonly by: 'source' | 'muster' | 'hand'
  readonly isListed: boolean
}

export interface PictureGroup {
  readonly name: string
  /** A rule fills it. */
  readonly isMapped: boolean
  readonly members: readonly (Member & { readonly fate: 'stays' | 'added' | 'removed' })[]
}

const groups: readonly { readonly name: string; readonly isMapped: boolean; readonly members: readonly Member[] }[] = [
  {
    name: 'developers',
    isMapped: true,
    members: [
      { name: 'Ann', by: 'muster', isListed: true },
      { name: 'Bob', by: 'muster', isListed: false },
      { name: 'Cem', by: 'hand', isListed: false },
      { name: 'Dora', by: 'source', isListed: true },
    ],
  },
  { name: 'pilots', isMapped: false, members: [{ name: 'Ann', by: 'hand', isListed: false }] },
]

/** What a run does in two groups under each way to rule them: the same four people in a mapped group, one in another. */
export function pictureOf(ownership: Ownership): readonly PictureGroup[] {
  return groups.map(({ name, isMapped, members }) => ({
    name,
    isMapped,
    members: members.map((member) => ({ ...member, fate: fateOf(member, isMapped, ownership) })),
  }))
}

function fateOf({ by, isListed }: Member, isMapped: boolean, ownership: Ownership): 'stays' | 'added' | 'removed' {
  if (isListed) return by === 'source' ? 'added' : 'stays'
  if (ownership === 'add-only') return 'stays'
  if (ownership === 'all') return 'removed'
  if (!isMapped) return 'stays'
  return ownership === 'mapped' || by === 'muster' ? 'removed' : 'stays'
}
