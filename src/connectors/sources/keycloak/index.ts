import { firstOf, fullName } from '../../kit/default-rule.ts'
import { defineSource } from '../../kit/define.ts'
import { directorySource } from '../../kit/directory/source.ts'
import { config } from './config.ts'
import { KeycloakReading } from './reading.ts'
import { KeycloakServer } from './server.ts'
import { setUp } from './set-up.ts'

export const keycloak = defineSource({
  type: 'keycloak',
  title: 'Keycloak',
  summary: 'People, groups with subgroups and attributes of a realm, read by the admin API of Keycloak 12 and newer.',
  config,
  providers: [setUp],
  connect: (settings, context) => {
    const { baseUrl, realm, groups, groupNames, groupSeparator, subgroups } = settings
    const names = groups ? `${groupNames} ${groupSeparator} ${subgroups}` : 'none'
    return directorySource(new KeycloakReading(new KeycloakServer(settings, context)), {
      // A server that moves to another host is the same directory.
      readFingerprint: `keycloak ${realm} groups: ${names}`,
      defaultMapping: {
        email: firstOf(['email']),
        userName: firstOf(['username']),
        displayName: fullName(['displayName'], ['firstName'], ['lastName']),
      },
      // Keycloak leaves out what has no value.
      absentMeansEmpty: true,
      addresses: ['email'],
      remedies: {
        nobody: 'Check the name of the realm, and that people are in it.',
        noAddress: 'Fill in the addresses in Keycloak, or map the address from another attribute.',
        noMembers: 'Check in Keycloak whether people were put into groups.',
      },
      base: baseUrl,
      readsGroups: groups,
      now: context.now,
    })
  },
})
