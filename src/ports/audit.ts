import type { Instant } from '../domain/identity.ts'
import type { PageRequest, Slice } from './paging.ts'

export interface AuditEntry {
  readonly at: Instant
  readonly actor: string
  readonly act: string
  readonly subject: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Who did what, in a chain of hashes. */
export interface AuditStore {
  /** Appends; each entry carries the hash of the one before. */
  append(entry: AuditEntry): Promise<void>
  list(page: PageRequest): Promise<Slice<AuditEntry & { readonly seq: number; readonly hash: string }>>
  /** Walks the chain; the first broken seq, or undefined when it is whole. */
  verify(): Promise<number | undefined>
}
