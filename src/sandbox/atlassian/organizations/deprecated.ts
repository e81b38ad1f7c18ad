import { type Answer, type Call, Refusal } from '../../server/call.ts'
import type { Twin } from '../twin.ts'
import { requireKey } from './access.ts'

/** The day after the last one on which the deprecated lists of v2 work. */
const listsEnd = Date.parse('2027-07-01T00:00:00Z')

/** Refuses a list that has ended: on its announced day by the twin's clock, or already (a variant). */
export function requireAlive(twin: Twin, call: Call): void {
  if (call.at >= listsEnd || twin.variants.is('deprecatedLists', 'gone')) throw new Refusal(gone(twin))
}

/** An endpoint of v1 that was announced to end on 2026-06-30. The key is looked at first, as with every call. */
export function removedEndpoint(twin: Twin, call: Call): Answer {
  requireKey(twin, call, '')
  return gone(twin)
}

function gone(twin: Twin): Answer {
  const status = Number(twin.variants.get('removedEndpoint'))
  const message = status === 410 ? 'This API is no longer available' : 'Not Found'
  return { status, json: { code: status, message } }
}
