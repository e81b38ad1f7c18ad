import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { CheckStep, MembershipsComeWith, Page } from '../../../ports/readable.ts'
import type { Source } from '../../../ports/source.ts'

/** Somebody who was looked up by name. */
export interface LookedUp {
  readonly user: SourceUser
  /** What the product calls the record. */
  readonly name: string
  /** Why a read leaves them out; absent where it tells them. */
  readonly leftOut?: string
  readonly notes?: readonly string[]
}

/** What a connector of a directory with an API brings; the rest is the same for all of them. One instance serves one read. */
export interface DirectoryReading {
  /** One cheap call; a sentence about who we are there. Throws `auth-failed`, `forbidden`, … */
  signIn(signal: AbortSignal): Promise<string>
  /** Everybody, each once, proven complete. */
  people(signal: AbortSignal): AsyncIterable<Page<SourceUser>>
  groups(signal: AbortSignal): AsyncIterable<Page<SourceGroup>>
  members(group: SourceGroup, signal: AbortSignal): AsyncIterable<Page<MemberRef>>
  /** Everybody with this login, address or id, also those whom a read leaves out. */
  lookUp(login: string, signal: AbortSignal): Promise<readonly LookedUp[]>
  /** Is it there, and would a read tell it? */
  isTold(kind: 'user' | 'group', key: string, signal: AbortSignal): Promise<boolean>
  /** Further lines of the doctor after everything was read. */
  findings?(signal: AbortSignal): AsyncIterable<CheckStep>
  notices?(): readonly string[]
  close(): void
}

export interface DirectoryFacts {
  /** See `Source.readFingerprint`. */
  readonly readFingerprint: string
  readonly defaultMapping: Source['defaultMapping']
  /** See `Source.absentMeansEmpty`. */
  readonly absentMeansEmpty?: boolean
  /** @default calls */
  readonly membershipsComeWith?: MembershipsComeWith
  /** Attributes in which the doctor looks for an address. */
  readonly addresses: readonly string[]
  /** What to check when nobody, no address or no member is found. */
  readonly remedies: { readonly nobody: string; readonly noAddress: string; readonly noMembers: string }
  /** The base address, for the doctor's look at encryption. */
  readonly base: string
  readonly readsGroups: boolean
  /** The day the credential ends, as 2027-03-01. */
  readonly expires?: string | undefined
  readonly now: () => number
  readonly changesSince?: Source['changesSince']
}
