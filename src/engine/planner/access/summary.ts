import type { Change } from '../../../domain/change.ts'
import type { PlanSummary, SeatCounts } from '../../../domain/plan.ts'
import type { EffectsInput } from '../guards/judgement.ts'
import { accessEffects } from './effects.ts'

/** What a plan does to licences and mailboxes, everything counted that is not blocked (D20). */
export function accessSummary(input: EffectsInput, changes: readonly Change[]): Pick<PlanSummary, 'seats' | 'mails'> {
  const { products = [], creationMails } = input.ends
  const { notify } = input.connection.users
  const effects = products.length === 0 ? [] : accessEffects(input, changes, ({ state }) => state !== 'blocked')
  const seats: Record<string, SeatCounts> = {}
  for (const { id, key, title, seats: held } of products) {
    const of = effects.filter(({ product }) => product === id)
    const taken = of.filter(({ hadSeat, hasSeat }) => !hadSeat && hasSeat).length
    const freed = of.filter(({ hadSeat, hasSeat }) => hadSeat && !hasSeat).length
    if (taken + freed > 0) seats[key] = { title, ...(typeof held === 'object' ? held : {}), taken, freed }
  }
  const sendsMail = creationMails === 'always' || (creationMails === 'asked' && notify)
  const mails = sendsMail
    ? changes.filter(({ kind, state }) => kind === 'account.create' && state !== 'blocked').length
    : 0
  return {
    ...(Object.keys(seats).length === 0 ? {} : { seats }),
    ...(mails === 0 ? {} : { mails }),
  }
}
