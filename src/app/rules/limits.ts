import type { ConnectionConfig } from '../../domain/connection.ts'
import type { Guards } from '../../domain/policy.ts'
import type { Notes } from './notes.ts'

const limits = [
  'deactivations',
  'deletions',
  'membershipRemovals',
  'groupRemovals',
  'groupsEmptied',
  'creates',
  'identityChanges',
  'adminGrants',
] as const satisfies readonly (keyof Guards)[]

/** A share of everybody that is no limit any more, unless a cap stands beside it. */
const wholePercent = 100
/** Above so many a cap holds nobody in any directory we know. */
const idleCap = 100_000

/** Limits that contradict themselves or hold nothing. */
export function checkLimits({ guards }: ConnectionConfig, notes: Notes): void {
  for (const name of limits) {
    const { floor, percent, cap } = guards[name]
    const place = ['guards', name]
    if (floor > cap) {
      const message = `lets ${floor} pass by its floor and at most ${cap} by its cap`
      notes.refuse([...place, 'floor'], message, `The cap counts: set the floor to at most ${cap}, or raise the cap.`)
    }
    if (Math.max(floor, percent >= wholePercent ? idleCap : 0) >= idleCap && cap >= idleCap) {
      notes.warn(place, 'holds nothing any more', 'Lower cap to what may happen without anybody looking.')
    }
  }
  for (const name of ['sourceUsers', 'sourceGroupMembers'] as const) {
    const { floor, percent } = guards[name]
    const place = ['guards', name, 'percent']
    if (percent >= wholePercent) {
      const message = 'is 100, so a source that delivers nobody at all holds nothing'
      notes.warn(place, message, 'Use a share that a good read never loses, e.g. 20.')
    }
    if (percent === 0 && floor === 0) {
      const message = 'and floor are 0, so the first one who is missing holds everything that takes away'
      notes.warn(place, message, 'Raise floor to what is usual between two runs.')
    }
  }
}
