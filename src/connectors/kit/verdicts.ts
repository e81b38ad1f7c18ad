import { asProvisioningError, fail, type ProvisioningError } from '../../domain/errors.ts'
import type { HttpAnswer } from '../../platform/http-client.ts'
import type { Applied, Order } from '../../ports/target.ts'
import { forEachOf } from './waiting.ts'

/** Small words of the operations: answers to one order. */

export function applied(order: Order, createdId?: string): Applied {
  return { seq: order.seq, outcome: 'applied', ...(createdId === undefined ? {} : { createdId }) }
}

/**
 * The wanted state holds although this request did not bring it about - unless an earlier try of the same request got no
 * clear answer: then it was us.
 */
export function holds(order: Order, answer: Pick<HttpAnswer, 'afterDoubt'>, createdId?: string): Applied {
  const outcome = answer.afterDoubt ? 'applied' : 'alreadyTrue'
  return { seq: order.seq, outcome, ...(createdId === undefined ? {} : { createdId }) }
}

export function failed(order: Order, error: ProvisioningError): Applied {
  return { seq: order.seq, outcome: 'failed', error }
}

/** What ends the whole call of `apply`; everything else is the outcome of one order. */
export function concernsWholeTarget({ code }: ProvisioningError): boolean {
  return code === 'auth-failed' || code === 'forbidden' || code === 'cancelled' || code === 'bug'
}

export function required(value: string | undefined, what: string, order: Order): string {
  if (value === undefined || value === '') throw fail.rejected(`Change ${order.seq} (${order.kind}) names no ${what}.`)
  return value
}

/** One order after the other, a few at a time; what concerns the whole target ends the call. */
export function eachAlone(
  orders: readonly Order[],
  atOnce: number,
  write: (order: Order) => Promise<Applied>,
): Promise<readonly Applied[]> {
  return forEachOf(orders, atOnce, async (order) => {
    try {
      return await write(order)
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      if (concernsWholeTarget(error)) throw error
      return failed(order, error)
    }
  })
}
