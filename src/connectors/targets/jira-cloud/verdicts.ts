import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, Order } from '../../../ports/target.ts'

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
