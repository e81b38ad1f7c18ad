import { connectionSchema } from '../domain/connection.ts'
import { fail } from '../domain/errors.ts'
import type { Scheduled } from '../engine/due.ts'
import type { Connections } from '../engine/setup.ts'
import type { ConfigObject } from '../ports/store.ts'
import { checkConnection } from './configuration-check.ts'
import type { Installation } from './installation.ts'
import { unplaced } from './yaml-text.ts'

/** Connections with both ends, for the runner: settings parsed, defaults filled in, secrets resolved. */
export function createConnections(installation: Installation): Connections {
  const { store } = installation
  return {
    async open(key) {
      const objects = await installation.objects()
      const object = objects.find((each) => each.kind === 'connection' && each.key === key)
      if (object === undefined) {
        throw fail.notFound(`There is no connection "${key}".`, { hint: 'List them: muster connections' })
      }
      const path = ['connections', key]
      const { findings, config } = checkConnection(object.document, path, installation.surroundings(objects))
      if (config === undefined || findings.length > 0) {
        const problems = findings.map(unplaced)
        throw fail.configInvalid(`The connection "${key}" cannot run. ${problems[0]?.message ?? ''}`.trim(), {
          hint: problems[0]?.hint ?? `Look at it: muster connections ${key}`,
          problems,
        })
      }
      const sourceObject = await installation.object('source', config.source)
      const targetObject = await installation.object('target', config.target)
      const [source, target] = [await installation.source(sourceObject), await installation.target(targetObject)]
      return {
        connection: { ...config, key, version: connectionVersion(object, sourceObject, targetObject) },
        siblings: await siblingsOf(key, config, objects, (name) => store.directories.boundKey(name)),
        openSource: () => source.open(),
        openTarget: () => target.open(),
      }
    },
  }
}

/**
 * One number that grows with every saved version of the three objects. The connection's own version comes first, because
 * a connection that is pointed at another source or target meets other version numbers there, also smaller ones.
 */
function connectionVersion(connection: ConfigObject, source: ConfigObject, target: ConfigObject): number {
  return connection.version * 10_000 + source.version + target.version
}

/** Other connections from the same source into the same directory, also through another target of it (D1). */
async function siblingsOf(
  key: string,
  config: { readonly source: string; readonly target: string },
  objects: readonly ConfigObject[],
  boundKey: (target: string) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const directory = await boundKey(config.target)
  const siblings: string[] = []
  for (const { kind, key: other, document } of objects) {
    if (kind !== 'connection' || other === key || document.source !== config.source) continue
    const target = String(document.target)
    if (target === config.target || (directory !== undefined && (await boundKey(target)) === directory)) {
      siblings.push(other)
    }
  }
  return siblings
}

/** Connections that run by themselves; one with invalid settings or paused does not. */
export async function scheduledConnections(installation: Installation): Promise<readonly Scheduled[]> {
  const objects = await installation.objects('connection')
  const paused = new Set((await installation.store.pauses.list()).map(({ connection }) => connection))
  return objects.flatMap(({ key, document, savedAt }) => {
    const parsed = connectionSchema.safeParse(document)
    const schedule = parsed.success ? parsed.data.schedule : undefined
    return schedule === undefined || paused.has(key) ? [] : [{ key, schedule, savedAt }]
  })
}
