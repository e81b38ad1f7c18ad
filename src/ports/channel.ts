import type { Digest } from '../domain/notice.ts'
import type { Subscription } from './notices.ts'

/** A way to people, as it is configured. */
export interface Channel extends Subscription {
  readonly type: 'smtp' | 'webhook' | 'slack'
  /** Where it leads, without anything secret: a host, or addresses. */
  readonly to: string
  /**
   * Delivers one message, once. May be called again with the same digest after a doubt; its id is sent along so that the
   * receiver can tell. Throws with a sentence that holds no secret.
   */
  send(digest: Digest, signal: AbortSignal): Promise<void>
}

/** What a message is made of beside the digest. */
export interface Wording {
  /** Also who started a run and what the other side said, which may name people. */
  readonly details: boolean
  /** Address of the console, where one is set. */
  readonly consoleUrl?: string | undefined
}
