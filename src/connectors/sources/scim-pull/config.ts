import { z } from 'zod'
import { field } from '../../kit/field.ts'
import { hasOneWayIn, oneWayIn, serverFields } from '../../kit/scim/settings.ts'

const read = 'What is read'

export const config = z
  .strictObject({
    ...serverFields,
    preset: field(z.enum(['standard', 'oracle']).default('standard'), {
      label: 'Kind of server',
      help: 'oracle: Oracle Identity Cloud Service and OCI identity domains, whose base URL ends with /admin/v1.',
      group: read,
    }),
    userFilter: field(z.string().trim().min(1).optional(), {
      label: 'Filter for people',
      help: 'A SCIM filter; only people who match it are read, for example userType eq "Employee". A changed filter is shown before anything follows from it.',
      group: read,
    }),
    groups: field(z.boolean().default(true), {
      label: 'Read groups',
      help: 'Switch off when only people are wanted.',
      group: read,
    }),
    groupFilter: field(z.string().trim().min(1).optional(), {
      label: 'Filter for groups',
      help: 'A SCIM filter; only groups that match it are read.',
      group: read,
    }),
    membersWithLists: field(z.boolean().default(true), {
      label: 'Members come with lists',
      help: 'Switch off for servers whose lists of groups become too large; members are then read group by group.',
      group: read,
    }),
    incremental: field(z.enum(['off', 'lastModified']).default('off'), {
      label: 'Look for changes',
      help: 'lastModified: the server is asked between runs who changed, so that a run need not wait for its turn. Every run reads everything all the same.',
      group: read,
      aliases: ['Incremental sync', 'Delta sync'],
    }),
    userAttributes: field(z.array(z.string().min(1)).max(200).default([]), {
      label: 'Attributes to ask for',
      help: 'For servers that give some attributes only when they are named. Empty: whatever the server gives by itself.',
      group: read,
    }),
  })
  .refine(hasOneWayIn, oneWayIn)

export type ScimPullConfig = z.output<typeof config>
