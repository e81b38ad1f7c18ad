import { fail } from '../domain/errors.ts'
import type { LeaseStore } from '../ports/leases.ts'

/** Who writes to which directory at the moment (D5). */
export interface CurrentWriter {
  /** The holder of the lease. The lease of a process that has ended is given back on the way. */
  of(directoryKey: string): Promise<string | undefined>
  /** True while another process writes. */
  isOther(directoryKey: string): Promise<boolean>
  /** Throws `busy` while another process writes. */
  refuseOthers(directoryKey: string): Promise<void>
}

/** `holder` names this process; `isGone` is true when the process behind a name is known to have ended. */
export function createCurrentWriter(
  leases: LeaseStore,
  holder: string,
  isGone: (holder: string) => boolean,
): CurrentWriter {
  const writerOf = async (directoryKey: string): Promise<string | undefined> => {
    const lease = await leases.holder(directoryKey)
    if (lease === undefined || !isGone(lease.holder)) return lease?.holder
    await leases.release(lease)
    return undefined
  }

  const otherOf = async (directoryKey: string) => {
    const writer = await writerOf(directoryKey)
    return writer === holder ? undefined : writer
  }

  return {
    of: writerOf,
    isOther: async (directoryKey) => (await otherOf(directoryKey)) !== undefined,
    async refuseOthers(directoryKey) {
      const writer = await otherOf(directoryKey)
      if (writer === undefined) return
      throw fail.busy(`Another run is writing to ${directoryKey} (${writer}).`, {
        hint: 'Wait until it has ended (`muster runs`), then try again.',
      })
    },
  }
}
