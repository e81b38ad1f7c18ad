import type { Clock } from '../platform/clock.ts'
import type { Target } from '../ports/target.ts'
import type { OpenConnection } from './setup.ts'

/** How long what a target said about itself is believed by plans for some people. */
const keptMs = 5 * 60_000

/** A target that is already signed in to; it belongs to this process and outlives the runs that use it. */
export interface KeptTargets {
  /** The target and a way to give it back. */
  borrow(open: OpenConnection): { readonly target: Target; readonly giveBack: () => Promise<void> }
  close(): Promise<void>
}

interface Kept {
  readonly version: number
  readonly target: Target
  readonly openedAt: number
  users: number
  isOver: boolean
}

/** Signing in costs more calls than a leaver does, so plans for some people share an instance for a while. */
export function createKeptTargets(clock: Clock): KeptTargets {
  const kept = new Map<string, Kept>()
  const end = async (each: Kept) => {
    each.isOver = true
    if (each.users === 0) await each.target.close()
  }
  return {
    borrow(open) {
      const { key, version } = open.connection
      let mine = kept.get(key)
      if (mine === undefined || mine.version !== version || clock.now() - mine.openedAt > keptMs) {
        if (mine !== undefined) void end(mine).catch(() => undefined)
        mine = { version, target: open.openTarget(), openedAt: clock.now(), users: 0, isOver: false }
        kept.set(key, mine)
      }
      const lent = mine
      lent.users += 1
      return {
        target: lent.target,
        async giveBack() {
          lent.users -= 1
          if (lent.isOver && lent.users === 0) await lent.target.close()
        },
      }
    },
    async close() {
      await Promise.allSettled([...kept.values()].map(end))
      kept.clear()
    },
  }
}
