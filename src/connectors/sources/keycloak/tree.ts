import { fail } from '../../../domain/errors.ts'
import type { SourceGroup } from '../../../domain/identity.ts'
import { all, overlapSweep } from '../../kit/paging.ts'
import type { Group, KeycloakServer } from './server.ts'

/** Deeper than anybody nests groups: a server that goes on runs in a circle. */
const deepest = 100

/** A group of the tree, with the keys of those directly below it. */
export interface Branch {
  readonly group: SourceGroup
  readonly below: readonly string[]
}

const idOf = ({ id }: Group) => id

/** Every group of the realm, parents before those below them; throws `incomplete-read` where a part is not proven. */
export async function* branches(server: KeycloakServer, signal: AbortSignal): AsyncGenerator<Branch> {
  const top = await all('The list of groups', idOf, () =>
    overlapSweep(
      idOf,
      (first) => server.topGroups(first, signal),
      () => server.countTopGroups(signal),
    ),
  )
  for (const group of top) yield* branch(server, group, [], signal)
}

async function* branch(
  server: KeycloakServer,
  group: Group,
  parents: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Branch> {
  if (parents.length > deepest) {
    throw fail.incompleteRead(`The group ${group.name} is nested more than ${deepest} levels deep.`)
  }
  const below = await directlyBelow(server, group, signal)
  const path = [...parents, group.name]
  const { groupNames, groupSeparator } = server.config
  const name = groupNames === 'path' ? path.join(groupSeparator) : group.name
  const description = group.description ?? undefined
  yield {
    group: { key: group.id, name, ...(description === undefined || description === '' ? {} : { description }) },
    below: below.map(idOf),
  }
  for (const each of below) yield* branch(server, each, path, signal)
}

/**
 * Keycloak 23 and newer count what is below a group and leave `subGroups` empty, which says nothing; older ones give the
 * whole tree at once.
 */
async function directlyBelow(server: KeycloakServer, group: Group, signal: AbortSignal): Promise<readonly Group[]> {
  const { id, name, subGroupCount, subGroups } = group
  if (subGroupCount === undefined || subGroupCount === null) {
    if (subGroups !== undefined && subGroups !== null) return subGroups
    throw fail.incompleteRead(`Keycloak does not say what is below the group ${name}.`, {
      hint: 'Neither subGroups nor subGroupCount came with it; a gateway in between may take fields away.',
    })
  }
  if (subGroupCount === 0) return []
  return all(`The list of subgroups of ${name}`, idOf, () =>
    overlapSweep(
      idOf,
      (first) => server.children(id, first, signal),
      async () => subGroupCount,
    ),
  )
}
