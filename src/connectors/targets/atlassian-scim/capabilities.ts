import { scimAbilities } from '../../kit/scim/abilities.ts'
import type { CallCosts } from '../../kit/scim/forecast.ts'

const noSwitch = 'SCIM knows one switch for the whole Atlassian account; it is what deactivate and activate use here'

/** What Atlassian Guard carries out by SCIM, and how: operations and documents go by it. */
export const abilities = scimAbilities({
  'account.delete': {
    why: 'deleting accounts is not possible by SCIM: deactivate them, or delete them in Atlassian Administration',
  },
  'account.disable': { why: noSwitch },
  'account.enable': { why: noSwitch },
})

export const costs: CallCosts = {
  // A list, what Guard says of itself, and with an organization API key two looks at the domains.
  opening: 4,
  looksForOne: 1,
  looksAtGroup: 1,
}
