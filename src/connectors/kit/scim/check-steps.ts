import type { CheckStep } from '../../../ports/readable.ts'
import type { Abilities } from '../../../scim/client/abilities.ts'
import type { Place } from '../../../scim/client/place.ts'
import { userSchema } from '../../../scim/schema/core.ts'
import { counted } from '../counted.ts'
import { expirySteps, failedStep, okStep, plainSteps } from '../findings.ts'
import type { PlacedAttribute } from './dialect.ts'
import type { Kind, ScimServer } from './server.ts'
import type { ServerSettings } from './settings.ts'

/** What can be said without asking anybody. */
export function* settingsSteps({ baseUrl, tokenExpires }: ServerSettings, nowMs: number): Generator<CheckStep> {
  yield* plainSteps(baseUrl)
  yield* expirySteps(tokenExpires, nowMs)
}

/** Signs in and reads one entry of each list; false = nothing more can be said. */
export async function* readSteps(
  server: ScimServer,
  signal: AbortSignal,
  kinds: readonly Kind[] = ['Users', 'Groups'],
): AsyncGenerator<CheckStep, boolean> {
  for (const kind of kinds) {
    const name = `read-${kind.toLowerCase()}`
    try {
      const { totalResults, resources } = await server.list(kind, { startIndex: 1, count: 1 }, signal)
      const one = kind === 'Users' ? 'person' : 'group'
      const many = kind === 'Users' ? 'people' : 'groups'
      if (totalResults === undefined) {
        yield {
          name,
          status: 'warning',
          message: `${kind} can be read, but the server does not say how many there are (totalResults).`,
          remedy: 'The end of the list is then looked for twice; ask the maker of the server for totalResults.',
        }
      } else yield okStep(name, `${counted(Math.max(totalResults, resources.length), one, many)} can be read.`)
    } catch (thrown) {
      yield failedStep(name, thrown)
      return false
    }
  }
  return true
}

/** What the server says of itself, and what follows from it. */
export async function* discoverySteps(server: ScimServer, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const name = 'capabilities'
  let abilities: Abilities
  try {
    abilities = await server.abilities(signal)
  } catch (thrown) {
    yield failedStep(name, thrown, 'warning')
    return
  }
  if (Object.keys(abilities).length === 0) {
    yield {
      name,
      status: 'warning',
      message: 'The server does not describe itself (/ServiceProviderConfig); what it can do is found out by trying.',
    }
    return
  }
  const word = (flag: boolean | undefined, yes: string, no: string, unknown: string) =>
    flag === undefined ? unknown : flag ? yes : no
  const parts = [
    word(abilities.patch, 'changes by PATCH', 'no PATCH: whole resources are written', 'PATCH is tried'),
    word(abilities.filter, 'filters', 'no filters: people are found by reading all', 'filters are tried'),
    word(abilities.etag, 'versions are compared before writing', 'no versions', 'versions unknown'),
    abilities.cursor === true ? 'lists by cursor or index' : 'lists by index',
  ]
  yield okStep(name, `The server says: ${parts.join('; ')}.`)
}

/** Attributes that the server's schemas do not name: writing them may be refused, or go nowhere. */
export async function* attributeSteps(
  server: ScimServer,
  attributes: readonly PlacedAttribute[],
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const name = 'attributes'
  try {
    const known = await server.schemas(signal)
    if (known === undefined) {
      yield {
        name,
        status: 'skipped',
        message:
          'The server tells no schemas (/Schemas): which attributes it takes shows only when something is written.',
      }
      return
    }
    const lacking = attributes.filter(({ place }) => !known.has(schemaName(place)))
    if (lacking.length === 0) yield okStep(name, 'The schemas of the server have all attributes that can be written.')
    else {
      yield {
        name,
        status: 'warning',
        message: `The schemas of the server lack ${lacking.map((each) => each.name).join(', ')}.`,
        remedy: 'Leave them out of the mapping, or correct their path in the settings.',
      }
    }
  } catch (thrown) {
    yield failedStep(name, thrown, 'warning')
  }
}

function schemaName({ urn = userSchema, attribute, part }: Place): string {
  return `${urn}:${attribute}${part === undefined ? '' : `.${part}`}`.toLowerCase()
}
