import { fail } from '../domain/errors.ts'
import type { Lane } from '../domain/lane.ts'
import type { Clock } from '../platform/clock.ts'
import type { Fence, LeaseStore } from '../ports/leases.ts'
import { type About, admitted, type Holder, placeInQueue } from './turns.ts'

/** Longer than a request's time-out (30 s), so that an answer under way still belongs to us. */
const leaseMs = 60_000
const renewEveryMs = 15_000

/** What a writer holds while it works. */
export interface Turn {
  readonly fence: Fence
  /** Aborted with `usurped` as soon as the lease cannot be renewed, well before it ends; also when the work is stopped. */
  readonly signal: AbortSignal
  /**
   * Between two slices: lets everybody of a quicker lane go first and returns when it is our turn again, from now on for
   * whom the next slice is about.
   */
  giveWay(about?: About): Promise<void>
  /** Waits, while anybody else may write. */
  rest(ms: number): Promise<void>
  /** There is nothing more to send: from here on others write, and this work only looks. */
  finished(): void
}

/**
 * Who may write to which directory: one process at a time by a lease, and within it by lanes one run at a time about the same
 * people (D5). Runs about others write side by side, so that nobody who leaves waits for a slice of a whole run.
 */
export interface Writers {
  /**
   * Does the work when its turn has come, for whom it is about at first. Throws `busy` when another process holds the directory, `cancelled` when the
   * signal ends the waiting.
   */
  write<Result>(
    directoryKey: string,
    lane: Lane,
    signal: AbortSignal,
    work: (turn: Turn) => Promise<Result>,
    about?: About,
  ): Promise<Result>
}

/** One waiting writer. */
interface Waiting extends Holder {
  readonly lane: Lane
  readonly go: () => void
}

/** The queue before one directory. */
interface Desk {
  users: number
  readonly holders: Set<Holder>
  readonly waiting: Waiting[]
  /** Kept while anybody writes or waits. */
  lease: Promise<KeptLease> | undefined
  /** Settled once the lease before was given back: a lease of the same holder must not end the next one. */
  returned: Promise<void>
}

interface KeptLease {
  readonly fence: Fence
  readonly lost: AbortSignal
  release(): Promise<void>
}

export function createWriters(leases: LeaseStore, clock: Clock, holder: string): Writers {
  const desks = new Map<string, Desk>()

  const enter = (directoryKey: string) => {
    const desk = desks.get(directoryKey) ?? {
      users: 0,
      holders: new Set(),
      waiting: [],
      lease: undefined,
      returned: Promise.resolve(),
    }
    desks.set(directoryKey, desk)
    desk.users += 1
    desk.lease ??= desk.returned.then(() => keepLease(leases, clock, directoryKey, holder))
    return { desk, lease: desk.lease }
  }

  const leave = async (desk: Desk) => {
    desk.users -= 1
    if (desk.users > 0) return
    const { lease } = desk
    desk.lease = undefined
    desk.returned = lease!.then(
      (kept) => kept.release(),
      () => undefined,
    )
    await desk.returned
  }

  return {
    async write(directoryKey, lane, signal, work, aboutAtFirst) {
      const { desk, lease } = enter(directoryKey)
      let mine: Holder | undefined
      let about = aboutAtFirst
      const passOn = () => {
        if (mine === undefined) return
        desk.holders.delete(mine)
        mine = undefined
        admit(desk)
      }
      try {
        const { fence, lost } = await lease
        const either = AbortSignal.any([signal, lost])
        const take = async (place: 'first' | 'last') => {
          mine = await turnAt(desk, { lane, about }, place, either)
        }
        await take('last')
        let isFinished = false
        const giveWay = async (next?: About) => {
          const isSame = next === undefined && mine?.about === undefined
          if (isFinished || (isSame && !desk.waiting.some((other) => other.lane < lane))) return
          about = next
          passOn()
          await take('first')
        }
        const rest = async (ms: number) => {
          passOn()
          await clock.sleep(ms, either)
          if (!isFinished) await take('first')
        }
        const finished = () => {
          isFinished = true
          passOn()
        }
        return await work({ fence, signal: either, giveWay, rest, finished })
      } finally {
        passOn()
        await leave(desk)
      }
    },
  }
}

/** Lets everybody write who may. */
function admit({ holders, waiting }: Desk): void {
  for (const each of admitted(holders, waiting)) {
    waiting.splice(waiting.indexOf(each), 1)
    each.go()
  }
}

/** Waits for a turn behind everybody of the same or a quicker lane; `first` = before the others of the same lane. */
async function turnAt(
  desk: Desk,
  { lane, about }: Pick<Waiting, 'lane' | 'about'>,
  place: 'first' | 'last',
  signal: AbortSignal,
): Promise<Holder> {
  signal.throwIfAborted()
  return await new Promise<Holder>((resolve, reject) => {
    const give = () => {
      const at = desk.waiting.indexOf(waiting)
      if (at >= 0) desk.waiting.splice(at, 1)
      reject(signal.reason)
      // Whoever stood behind may have waited for this one only.
      admit(desk)
    }
    const waiting: Waiting = {
      lane,
      about,
      go: () => {
        signal.removeEventListener('abort', give)
        desk.holders.add(waiting)
        resolve(waiting)
      },
    }
    desk.waiting.splice(placeInQueue(desk.waiting, lane, place), 0, waiting)
    signal.addEventListener('abort', give, { once: true })
    admit(desk)
  })
}

/** Takes a lease and keeps it until it is given back. Throws `busy` when somebody else holds it. */
async function keepLease(leases: LeaseStore, clock: Clock, directoryKey: string, holder: string): Promise<KeptLease> {
  const fence = await leases.acquire(directoryKey, holder, leaseMs)
  if (fence === undefined) {
    const other = await leases.holder(directoryKey)
    throw fail.busy(`Another run is writing to ${directoryKey}${other === undefined ? '' : ` (${other.holder})`}.`, {
      hint: 'Wait until it has ended (`muster runs`), then try again.',
    })
  }
  const lost = new AbortController()
  const done = new AbortController()
  const keeping = keepRenewing(leases, clock, fence, done.signal, lost)
  return {
    fence,
    lost: lost.signal,
    async release() {
      done.abort()
      await keeping
      await leases.release(fence).catch(() => undefined)
    },
  }
}

async function keepRenewing(
  leases: LeaseStore,
  clock: Clock,
  fence: Fence,
  done: AbortSignal,
  lost: AbortController,
): Promise<void> {
  let renewedAt = clock.now()
  while (!done.aborted) {
    try {
      await clock.sleep(renewEveryMs, done)
    } catch {
      return
    }
    try {
      if (!(await leases.renew(fence, leaseMs)))
        return lost.abort(fail.usurped('Another process took over this directory.'))
      renewedAt = clock.now()
    } catch {
      // The store may be back in a moment; stop well before somebody else may write.
      if (clock.now() - renewedAt > leaseMs - 2 * renewEveryMs) {
        return lost.abort(fail.usurped('The right to write to this directory could not be renewed in time.'))
      }
    }
  }
}
