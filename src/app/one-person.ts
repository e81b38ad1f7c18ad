import { fail } from '../domain/errors.ts'
import { foldKey, type SourceUser } from '../domain/identity.ts'
import { mappingRule } from '../domain/mapping.ts'
import type { Source } from '../ports/source.ts'
import { createConnections } from './setups.ts'
import type { UseCase } from './use-case.ts'

/** As long as a read of a whole source may take. */
const longestMs = 15 * 60_000
const namesShown = 5

/**
 * The key of the one person at the source of a connection who is called like that: by key, login or address. Also somebody
 * who is gone from the source and whose account is linked. Throws `not-found`, `conflict` when several are meant.
 */
export async function keyOfPerson(useCase: UseCase, connection: string, name: string): Promise<string> {
  const open = await createConnections(useCase).open(connection)
  const source = open.openSource()
  try {
    const keys = await keysCalled(source, name, AbortSignal.timeout(longestMs))
    const found = keys.includes(name) ? [name] : keys
    if (found.length === 1) return found[0]!
    if (found.length > 1) {
      const shown = found.slice(0, namesShown).join(', ')
      throw fail.conflict(`${found.length} people at ${open.connection.source} are called "${name}": ${shown}.`, {
        hint: 'Say which one by its key.',
      })
    }
  } finally {
    await source.close()
  }
  if (await isLinked(useCase, open.connection, name)) return name
  throw fail.notFound(`Nobody at ${open.connection.source} is called "${name}".`, {
    hint: `Look for them: muster find ${open.connection.source} <login>. Who is gone from the source is named by their key.`,
  })
}

async function keysCalled(source: Source, name: string, signal: AbortSignal): Promise<readonly string[]> {
  if (source.parts !== undefined) {
    const found = [...(await source.parts.people([name], signal)), ...(await source.parts.alike([name], signal))]
    return [...new Set(found.map(({ key }) => key))]
  }
  if (source.find !== undefined) {
    const found = await source.find(name, signal)
    if (found.length > 0) return found.flatMap(({ key }) => key ?? [])
  }
  const isCalled = callsBy(source, foldKey(name))
  const keys: string[] = []
  for await (const { items } of source.users(signal)) {
    for (const user of items) if (isCalled(user)) keys.push(user.key)
  }
  return keys
}

function callsBy({ defaultMapping }: Source, wanted: string): (user: SourceUser) => boolean {
  const rules = ['userName', 'email'].flatMap((name) => {
    const rule = defaultMapping[name]
    return rule === undefined ? [] : [mappingRule(rule)]
  })
  return ({ key, attributes }) =>
    [key, ...rules.map((map) => map(attributes))].some((each) => typeof each === 'string' && foldKey(each) === wanted)
}

async function isLinked(
  { store, clock }: UseCase,
  { key, source, target }: { readonly key: string; readonly source: string; readonly target: string },
  sourceKey: string,
): Promise<boolean> {
  const directoryKey = await store.directories.boundKey(target)
  if (directoryKey === undefined) return false
  const { links } = await store.directories.memory(key, source, directoryKey, clock.now())
  return links.some((link) => link.source === source && link.sourceKey === sourceKey)
}
