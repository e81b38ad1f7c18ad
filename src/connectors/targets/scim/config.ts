import { z } from 'zod'
import { placeOf } from '../../../scim/client/place.ts'
import { field } from '../../kit/field.ts'
import { hasOneWayIn, oneWayIn, serverFields } from '../../kit/scim/settings.ts'

const people = 'People'
const groups = 'Groups'

/** Attributes that are written without being asked for; a name of one's own may not hide them. */
const attributeName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,60}$/, 'use letters, digits, hyphens and underscores')
const path = z.string().refine((text) => placeOf(text) !== undefined, {
  error: 'write a path such as urn:acme:hr:1.0:User:level or phoneNumbers.mobile',
})

export const config = z
  .strictObject({
    ...serverFields,
    attributes: field(z.record(attributeName, path).default({}), {
      label: 'Further attributes',
      help: 'Attributes the server takes beside the usual ones: a name for mappings, and the path of the attribute there.',
      group: people,
    }),
    findByEmail: field(z.boolean().default(true), {
      label: 'Find people by address',
      help: 'Switch off for servers whose filters know user names only.',
      group: people,
    }),
    membersPerRequest: field(z.number().int().min(1).max(1000).default(100), {
      label: 'Members per request',
      help: 'How many people one request adds to a group or takes out; AWS takes 100.',
      group: groups,
      unit: 'people',
    }),
    removeMembers: field(z.enum(['filter', 'value', 'whole']).default('filter'), {
      label: 'How members are taken out',
      help: 'filter: as the standard says; value: as Microsoft Entra ID does it; whole: the list of members is written anew. What filter and value do is looked at once before it is trusted.',
      group: groups,
    }),
    membersWithLists: field(z.boolean().default(true), {
      label: 'Members come with lists',
      help: 'Switch off for servers whose lists of groups become too large; members are then read group by group.',
      group: groups,
    }),
  })
  .refine(hasOneWayIn, oneWayIn)

export type ScimConfig = z.output<typeof config>
