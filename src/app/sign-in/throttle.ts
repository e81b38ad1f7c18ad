import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { fail } from '../../domain/errors.ts'
import { foldKey } from '../../domain/identity.ts'
import type { AttemptLimit, SignInAttempts } from '../../ports/sign-in.ts'

const firstPauseMs = 30_000
/** Never for ever: whoever guesses must not be able to keep the right person out, and the command line stays open. */
const longestPauseMs = 15 * 60_000

/** Failures without a pause: of one name from one address, of one name from anywhere, of one address with any name. */
const free = { pair: 5, account: 20, address: 30 } as const

export interface Attempt {
  readonly address: string
  /** What is guessed at: the name of a user, or the set-up. */
  readonly account?: string
}

/**
 * Counts an attempt and throws `too-many-attempts` when there were too many, before anything about it was looked at: a name
 * that nobody has is treated like one that somebody has. The result is called when the attempt succeeded.
 */
export async function beginAttempt(
  attempts: SignInAttempts,
  now: () => number,
  { address, account }: Attempt,
): Promise<() => Promise<void>> {
  const network = networkOf(address)
  const limit = (key: string, most: number): AttemptLimit => ({
    key,
    waitMs: (failures, lastAt) => pauseMs(failures, most, now() - lastAt),
  })
  const ofAddress = limit(keyOf('address', network), free.address)
  const ofAccount =
    account === undefined
      ? []
      : [
          limit(keyOf('pair', foldKey(account), network), free.pair),
          limit(keyOf('account', foldKey(account)), free.account),
        ]
  const waitMs = await attempts.begin([ofAddress, ...ofAccount])
  if (waitMs > 0) {
    const minutes = Math.ceil(waitMs / 60_000)
    throw fail.tooManyAttempts('Too many attempts failed; this one was not looked at.', {
      hint: `Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
      retryAfterMs: waitMs,
    })
  }
  // What failed from this address before stays counted: whoever has one password must not guess others without end.
  return () =>
    attempts.succeed(
      ofAccount.map(({ key }) => key),
      [ofAddress.key],
    )
}

/** @internal Time still to wait: nothing at first, then half a minute that doubles with each failure. */
export function pauseMs(failures: number, most: number, sinceLastMs: number): number {
  if (failures < most) return 0
  return Math.max(0, Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - most)) - sinceLastMs)
}

/** Somebody with IPv6 has a whole /64 of addresses. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
    .slice(0, 4)
    .map((part) => part.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')
}

/** Of one length, whatever somebody types. */
function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
