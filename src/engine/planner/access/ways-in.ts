import type { AccessRole } from '../../../domain/access.ts'
import type { DraftChange, DraftRef } from '../../../domain/change.ts'
import type { TargetSnapshot } from '../../../domain/snapshot.ts'
import { positionsById } from '../positions.ts'
import type { Holders } from './holders.ts'

/** A draft that lets somebody into products. */
interface Gain {
  readonly draft: DraftChange
  readonly roles: readonly AccessRole[]
}

/** What drafts give to accounts that are there, by their id. */
export function gains(
  target: Pick<TargetSnapshot, 'groups'>,
  holders: Holders,
  drafts: readonly DraftChange[],
): ReadonlyMap<string, readonly Gain[]> {
  const found = new Map<string, Gain[]>()
  const note = (draft: DraftChange, roles: readonly AccessRole[]) => {
    const id = idOf(draft.account)
    if (id !== undefined) found.set(id, [...(found.get(id) ?? []), { draft, roles }])
  }
  const positionOf = holders.groups.size === 0 ? undefined : positionsById(target.groups)
  for (const draft of drafts) {
    if (draft.kind === 'access.grant' && draft.access !== undefined) note(draft, [draft.access])
    if (draft.kind !== 'membership.add') continue
    const roles = holders.groups.get(positionOf?.get(idOf(draft.group) ?? '') ?? -1)
    if (roles !== undefined) note(draft, roles)
  }
  return found
}

/**
 * Makes a draft that ends these roles wait for what lets its owner into the same products instead. `kept` = the ways in that
 * this plan leaves; `given` = those that it opens. Returns the roles whose products nothing lets the owner into afterwards.
 */
export function waitForNewWays(
  draft: DraftChange,
  roles: readonly AccessRole[],
  kept: readonly AccessRole[],
  given: readonly Gain[] = [],
): readonly AccessRole[] {
  const inDanger = roles.filter(({ product }) => !gives(kept, product))
  const comes = inDanger.flatMap(({ product }) => {
    const ways = given.filter((gain) => gives(gain.roles, product)).map(({ draft: way }) => way)
    const open = ways.filter(({ state }) => state === 'ready')
    return open.length === 0 ? ways : open
  })
  // The draft itself: others may wait for it.
  if (comes.length > 0) Object.assign(draft, { waitsFor: [...new Set([...(draft.waitsFor ?? []), ...comes])] })
  return inDanger.filter(({ product }) => given.every((gain) => !gives(gain.roles, product)))
}

const gives = (roles: readonly AccessRole[], product: string): boolean => roles.some((each) => each.product === product)

export const idOf = (ref: DraftRef | undefined): string | undefined =>
  ref !== undefined && 'id' in ref ? ref.id : undefined
