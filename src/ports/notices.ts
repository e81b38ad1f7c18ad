import type { Instant } from '../domain/identity.ts'
import type { Digest, NoticeFacts, NoticeKind } from '../domain/notice.ts'
import type { PageRequest, Slice } from './paging.ts'

/** What a channel wants to hear, and how long it waits for more of it. */
export interface Subscription {
  readonly channel: string
  /** Absent = all. */
  readonly kinds?: readonly NoticeKind[] | undefined
  readonly connections?: readonly string[] | undefined
  /** Everything within this time after the first becomes one message. */
  readonly digestMs: number
}

export interface Delivery {
  readonly id: string
  readonly channel: string
  readonly state: 'pending' | 'sent' | 'dead'
  readonly createdAt: Instant
  readonly attempts: number
  readonly nextAt: Instant
  readonly endedAt?: Instant
  /** Why the last try did not succeed. */
  readonly problem?: string
}

/**
 * The outbox. What a run tells is written in the transaction that ends it (`RunStore.update`), so neither is without the
 * other. Every message is kept until its receiver took it, or it is given up and waits for a person.
 */
export interface NoticeStore {
  /** Once for the same `about`. False when it was told before. */
  add(notice: {
    readonly kind: NoticeKind
    readonly at: Instant
    readonly about: string
    readonly facts: NoticeFacts
  }): Promise<boolean>
  /** Makes the next message of a channel when one is due and none of it is on its way. False when there is nothing. */
  gather(subscription: Subscription, now: Instant): Promise<boolean>
  /** A message that is due, taken for `leaseMs`: nobody else sends it meanwhile. */
  claim(channels: readonly string[], now: Instant, leaseMs: number): Promise<Delivery | undefined>
  digest(deliveryId: string, listed: number): Promise<Digest>
  sent(deliveryId: string, at: Instant): Promise<void>
  /** To be tried again at `nextAt`; without it the message is given up. */
  failed(deliveryId: string, problem: string, at: Instant, nextAt: Instant | undefined): Promise<void>
  deliveries(
    filter: { readonly channel?: string | undefined; readonly state?: Delivery['state'] | undefined },
    page: PageRequest,
  ): Promise<Slice<Delivery>>
  /** One that was given up is tried afresh, under the same id. False when there is no such message. */
  resend(deliveryId: string, now: Instant): Promise<boolean>
  /** Forgets what was told, or wanted by nobody, before an instant. */
  prune(before: Instant): Promise<void>
}
