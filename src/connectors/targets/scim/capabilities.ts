import { scimAbilities } from '../../kit/scim/abilities.ts'
import type { CallCosts } from '../../kit/scim/forecast.ts'

/** What a SCIM provider carries out, and how: operations and documents go by it. */
export const abilities = scimAbilities({
  'account.delete': { calls: '1', by: '`DELETE /Users/{id}`' },
  'account.disable': { why: 'SCIM knows one switch, active: use deactivate.' },
  'account.enable': { why: 'SCIM knows one switch, active: use activate.' },
})

export const costs: CallCosts = {
  // A list, and what the server says of itself.
  opening: 2,
  looksForOne: 2,
  looksAtGroup: 2,
}
