import type { Instant } from '../domain/identity.ts'

/** Proof of the right to write: the lease's holder and epoch; every progress write carries it (D5). */
export interface Fence {
  readonly directoryKey: string
  readonly holder: string
  readonly epoch: number
}

/** Who may write to a directory (D5). */
export interface LeaseStore {
  /**
   * Takes or renews the right to write to a directory until `leaseMs` from now, by the database's clock. Undefined when
   * somebody else holds it. A new holder gets a higher epoch.
   */
  acquire(directoryKey: string, holder: string, leaseMs: number): Promise<Fence | undefined>
  /** False when the lease was lost. */
  renew(fence: Fence, leaseMs: number): Promise<boolean>
  release(fence: Fence): Promise<void>
  /** Who holds the directory right now; undefined when nobody does. */
  holder(directoryKey: string): Promise<(Fence & { readonly expiresAt: Instant }) | undefined>
}
