import { firstOf, fullName } from '../../kit/default-rule.ts'
import { defineSource } from '../../kit/define.ts'
import { directorySource } from '../../kit/directory/source.ts'
import { config } from './config.ts'
import { GoogleReading } from './reading.ts'
import { GoogleServer } from './server.ts'
import { setUp } from './set-up.ts'

export const google = defineSource({
  type: 'google',
  title: 'Google Workspace',
  summary: 'People, groups within groups and custom attributes of a Google Workspace or Cloud Identity organization.',
  config,
  providers: [setUp],
  connect: (settings, context) => {
    const { customer, adminEmail = customer, userQuery = 'everybody', groups, groupNames } = settings
    // my_customer is whatever organization the administrator belongs to.
    const whose = customer === 'my_customer' ? adminEmail.replace(/^.*@/, '') : customer
    return directorySource(new GoogleReading(new GoogleServer(settings, context)), {
      readFingerprint: `google ${whose} people: ${userQuery} groups: ${groups ? groupNames : 'none'}`,
      defaultMapping: {
        email: firstOf(['primaryEmail']),
        userName: firstOf(['primaryEmail']),
        displayName: fullName(['fullName'], ['givenName'], ['familyName']),
      },
      // Google leaves out what has no value.
      absentMeansEmpty: true,
      addresses: ['primaryEmail'],
      remedies: {
        nobody: 'Check the query for people.',
        noAddress: 'Everybody has an address there: report this.',
        noMembers: 'Delegate the scope admin.directory.group.member.readonly to the service account.',
      },
      base: settings.baseUrl,
      readsGroups: groups,
      now: context.now,
    })
  },
})
