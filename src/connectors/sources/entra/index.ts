import { firstOf, fullName } from '../../kit/default-rule.ts'
import { defineSource } from '../../kit/define.ts'
import { directorySource } from '../../kit/directory/source.ts'
import { config } from './config.ts'
import { EntraReading } from './reading.ts'
import { EntraServer } from './server.ts'
import { setUp } from './set-up.ts'

export const entra = defineSource({
  type: 'entra',
  title: 'Microsoft Entra ID',
  summary: 'People, groups and nested memberships of a tenant (Azure AD), read by Microsoft Graph.',
  config,
  providers: [setUp],
  connect: (settings, context) => {
    const { tenantId, userFilter = 'everybody', guests, groups, groupFilter = 'all', incremental, graphUrl } = settings
    const reading = new EntraReading(new EntraServer(settings, context))
    return directorySource(reading, {
      readFingerprint: `entra ${tenantId} people: ${userFilter} guests: ${guests} groups: ${groups ? groupFilter : 'none'}`,
      defaultMapping: {
        email: firstOf(['email']),
        userName: firstOf(['userPrincipalName']),
        displayName: fullName(['displayName'], ['givenName'], ['surname']),
      },
      // Graph gives null for what is empty, also for what an app may not see; the first is the rule.
      absentMeansEmpty: true,
      addresses: ['email'],
      remedies: {
        nobody: 'Check the filter for people, and the permission User.Read.All.',
        noAddress: 'Fill in mail in Entra, or map the address from another attribute.',
        noMembers: 'Grant the application permission GroupMember.Read.All, with admin consent.',
      },
      base: graphUrl ?? 'https://graph.microsoft.com',
      readsGroups: groups,
      expires: settings.clientSecretExpires,
      now: context.now,
      ...(incremental ? { changesSince: (cursor, signal) => reading.changesSince(cursor, signal) } : {}),
    })
  },
})
