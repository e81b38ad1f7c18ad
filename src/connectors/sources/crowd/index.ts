import { CrowdReader } from '../../kit/crowd/reader.ts'
import { Server } from '../../kit/data-center/server.ts'
import { firstOf, fullName } from '../../kit/default-rule.ts'
import { defineSource } from '../../kit/define.ts'
import { directorySource } from '../../kit/directory/source.ts'
import { config } from './config.ts'
import { CrowdReading } from './reading.ts'
import { setUp } from './set-up.ts'

export const crowd = defineSource({
  type: 'crowd',
  title: 'Crowd',
  summary: 'People, nested groups and attributes of Atlassian Crowd, as one of its applications sees them.',
  config,
  providers: [setUp],
  connect: (settings, context) => {
    const { application, baseUrl, groups, customAttributes, password, requestsAtOnce } = settings
    const server = new Server({ baseUrl, requestsAtOnce, username: application, password }, context, {
      product: 'Crowd',
      credential: 'application name and password',
      rights:
        'In Crowd, open the application: add this machine under Remote addresses, and choose the directories it sees.',
    })
    return directorySource(new CrowdReading(new CrowdReader(server), settings), {
      // Another application sees other people; a Crowd that moves to another host is the same.
      readFingerprint: `crowd ${application} groups: ${groups} attributes: ${customAttributes}`,
      defaultMapping: {
        email: firstOf(['email']),
        userName: firstOf(['name']),
        displayName: fullName(['display-name'], ['first-name'], ['last-name']),
      },
      absentMeansEmpty: true,
      addresses: ['email'],
      remedies: {
        nobody: 'Check which directories the application sees.',
        noAddress: 'Check the accounts in Crowd, or map the address from another attribute.',
        noMembers: 'Check which groups the application sees.',
      },
      base: baseUrl,
      readsGroups: groups,
      now: context.now,
    })
  },
})
