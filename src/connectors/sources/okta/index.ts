import { firstOf, fullName } from '../../kit/default-rule.ts'
import { defineSource } from '../../kit/define.ts'
import { directorySource } from '../../kit/directory/source.ts'
import { config } from './config.ts'
import { OktaReading } from './reading.ts'
import { OktaServer } from './server.ts'
import { setUp } from './set-up.ts'

export const okta = defineSource({
  type: 'okta',
  title: 'Okta',
  summary: 'People with their status, groups and memberships of an Okta organization, read by its API.',
  config,
  providers: [setUp],
  connect: (settings, context) => {
    const reading = new OktaReading(new OktaServer(settings, context))
    const { domain, groups, groupTypes, staged, incremental } = settings
    return directorySource(reading, {
      // Another address is most likely another organization, such as the preview, in which nobody has the same id.
      readFingerprint: `okta ${new URL(domain).hostname} groups: ${groups ? groupTypes.toSorted().join(' ') : 'none'} staged: ${staged}`,
      defaultMapping: {
        email: firstOf(['email', 'login']),
        userName: firstOf(['login']),
        displayName: fullName(['displayName'], ['firstName'], ['lastName']),
      },
      absentMeansEmpty: true,
      addresses: ['email', 'login'],
      remedies: {
        nobody: words.nobody,
        noAddress: 'Check the profiles in Okta, or map the address from another attribute.',
        noMembers: words.nobody,
      },
      base: settings.domain,
      readsGroups: groups,
      expires: settings.apiTokenExpires,
      now: context.now,
      ...(incremental ? { changesSince: (cursor, signal) => reading.changesSince(cursor, signal) } : {}),
    })
  },
})

const words = {
  nobody:
    'A service app without an admin role sees nobody: assign Read-only Administrator on its Admin roles tab. The owner of an API token needs the same role.',
}
