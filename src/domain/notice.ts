import type { Outcome } from './change.ts'
import type { Instant } from './identity.ts'

/** What people can be told. The word is what settings, messages and the API say. */
export const noticeKinds = {
  held: 'a plan waits for a person',
  failed: 'a run failed',
  'finished-with-failures': 'a run ended, and some of its changes failed or are not proven',
  unhealthy: 'a source or a target could not be used: credentials, rights, or it did not answer',
  'credential-expiring': 'a credential ends in 30, 14, 7 or 1 days',
} as const
export type NoticeKind = keyof typeof noticeKinds
export const noticeNames = Object.keys(noticeKinds) as [NoticeKind, ...NoticeKind[]]

/** Numbers and names of our own things; whatever may name a person is told only to channels that ask for details. */
export interface NoticeFacts {
  readonly run?: number
  readonly state?: string
  readonly outcomes?: Readonly<Partial<Record<Outcome, number>>>
  readonly held?: number
  readonly ready?: number
  /** Code of the failure. */
  readonly code?: string
  /** A credential: `target acme`, its setting, and when it ends. */
  readonly credential?: {
    readonly end: string
    readonly field: string
    readonly expires: Instant
    readonly days: number
  }
  /** May name people and hosts. */
  readonly details?: { readonly startedBy?: string; readonly message?: string }
}

export interface Notice {
  readonly no: number
  readonly at: Instant
  readonly kind: NoticeKind
  readonly connection?: string
  readonly facts: NoticeFacts
}

/** One message: everything that came together since the last one. */
export interface Digest {
  /** The same at every try, so that a receiver knows what it has seen already. */
  readonly id: string
  readonly total: number
  readonly counts: readonly { readonly kind: NoticeKind; readonly connection?: string; readonly count: number }[]
  /** Somebody tries the channel; nothing happened. */
  readonly isTest?: true
  /** The first ones; the counts are of all. */
  readonly first: readonly Notice[]
}
