import { createHash } from 'node:crypto'
import { fail } from '../../../domain/errors.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Source } from '../../../ports/source.ts'
import { firstOf, fullName } from '../../kit/default-rule.ts'
import { directorySource } from '../../kit/directory/source.ts'
import { type RestConfig, recipeOf } from './config.ts'
import { RestReading } from './reading.ts'
import { RestServer } from './server.ts'
import { trialOf } from './trial.ts'

/** The source that the settings describe. Throws `config-invalid`. */
export function restSource(settings: RestConfig, context: ConnectorContext): Source {
  const recipe = recipeOf(settings)
  if (typeof recipe === 'string') throw fail.configInvalid(`The source ${context.key} ${recipe}.`)
  const server = new RestServer(recipe, settings, context)
  const reading = new RestReading(server, settings.requestsAtOnce)
  // Headers count: which organization is read may stand there.
  const { auth: _, ...read } = recipe
  const digest = createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 16)
  const { groups, memberships, users } = recipe
  const source = directorySource(reading, {
    // What is read, by the settings that describe it; a server that moves to another host is the same directory.
    readFingerprint: `rest ${new URL(settings.baseUrl).pathname} ${digest}`,
    defaultMapping: {
      email: firstOf(['email']),
      userName: firstOf(['userName', 'email']),
      displayName: fullName(['displayName'], ['givenName'], ['familyName']),
    },
    addresses: ['email'],
    remedies: {
      nobody: 'Check users.path, users.query and users.items, and whether the credential may see people.',
      noAddress: 'Correct users.map.email, or map the address from another attribute.',
      noMembers: 'Check memberships: its path and idPath must lead to the ids of people.',
    },
    base: settings.baseUrl,
    readsGroups: groups !== undefined || memberships !== undefined,
    expires: settings.secretExpires,
    now: context.now,
  })
  const looksAgain = users.one !== undefined && (groups === undefined || groups.one !== undefined)
  const { overlooked, ...rest } = { ...source, tryOut: (signal: AbortSignal) => trialOf(server, signal) }
  return looksAgain && overlooked !== undefined ? { ...rest, overlooked } : rest
}
