import { AsyncLocalStorage } from 'node:async_hooks'

const hasty = new AsyncLocalStorage<boolean>()

/**
 * Does work whose requests go before those of others that wait for the same limit (`RateLimiter`). Only who starts the work
 * knows that it is in a hurry; whatever lies between need not pass it on.
 */
export function inHaste<Result>(work: () => Promise<Result>): Promise<Result> {
  return hasty.run(true, work)
}

export function isInHaste(): boolean {
  return hasty.getStore() === true
}
