import type { Abilities } from '../../kit/abilities.ts'
import { organizationAbilities } from '../../kit/atlassian-cloud/abilities.ts'

/** What Bitbucket Cloud carries out, and how: operations, doctor and documents go by it. All of it is of the organization. */
export const abilities: Abilities = {
  ...organizationAbilities('the workspace'),
  'custom.update': { why: 'Bitbucket Cloud has no place for further attributes' },
  'lead.handover': { why: 'projects of Bitbucket have no lead' },
}

/** Calls of every session beside pages: as of Jira, three at Bitbucket instead of one at the site. */
export const callsBeside = 12
