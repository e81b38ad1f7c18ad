import { type ConnectionConfig, connectionSchema } from '../domain/connection.ts'
import { fail } from '../domain/errors.ts'
import { reconciliation, type Schedule } from '../domain/schedule.ts'
import type { Scheduled } from '../engine/due.ts'
import type { LookForChanges } from '../engine/lookout.ts'
import type { OtherConnection } from '../engine/planner/input.ts'
import type { Follower } from '../engine/push-delivery.ts'
import type { Connections } from '../engine/setup.ts'
import type { Catalog, SourceKind, TargetKind } from '../ports/catalog.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import { checkConnection } from './configuration-check.ts'
import type { Installation } from './installation.ts'
import { secretFields } from './secret-reference.ts'
import { settingsChange } from './settings-change.ts'
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
        settings: {
          connection: object.version,
          source: { key: sourceObject.key, version: sourceObject.version },
          target: { key: targetObject.key, version: targetObject.version },
        },
        connectors: {
          source: connectorOf(installation.catalog.sources, sourceObject),
          target: connectorOf(installation.catalog.targets, targetObject),
        },
        changedSince: (past) =>
          settingsChange(
            store.configuration,
            {
              connection: object,
              source: sourceObject,
              target: targetObject,
              secrets: {
                source: secretsOf(installation.catalog.sources, sourceObject),
                target: secretsOf(installation.catalog.targets, targetObject),
              },
            },
            past,
          ),
        others: (directoryKey) =>
          othersOf(key, config.target, objects, async (target) => {
            return (await store.directories.boundKey(target)) === directoryKey
          }),
        openSource: () => source.open(),
        openTarget: () => target.open(),
      }
    },
  }
}

type Kind = Pick<SourceKind | TargetKind, 'type' | 'version' | 'config'>

function kindOf(kinds: readonly Kind[], { document }: ConfigObject): Kind | undefined {
  return kinds.find(({ type }) => type === document.type)
}

function connectorOf(kinds: readonly Kind[], object: ConfigObject) {
  return { type: String(object.document.type), version: kindOf(kinds, object)?.version ?? 1 }
}

function secretsOf(kinds: readonly Kind[], object: ConfigObject): readonly string[] {
  const kind = kindOf(kinds, object)
  return kind === undefined ? [] : secretFields(kind.config)
}

/**
 * One number that grows with every saved version of the three objects. The connection's own version comes first, because
 * a connection that is pointed at another source or target meets other version numbers there, also smaller ones.
 */
function connectionVersion(connection: ConfigObject, source: ConfigObject, target: ConfigObject): number {
  return connection.version * 10_000 + source.version + target.version
}

/**
 * All other connections into the same directory, also through another target of it (D1). One whose settings are wrong is
 * there all the same: what it granted stands until it is deleted (D4).
 */
async function othersOf(
  key: string,
  ownTarget: string,
  objects: readonly ConfigObject[],
  isDoorTo: (target: string) => Promise<boolean>,
): Promise<readonly OtherConnection[]> {
  const others: OtherConnection[] = []
  for (const { kind, key: other, document } of objects) {
    if (kind !== 'connection' || other === key) continue
    const target = String(document.target)
    if (target !== ownTarget && !(await isDoorTo(target))) continue
    others.push({ key: other, priority: typeof document.priority === 'number' ? document.priority : 0 })
  }
  return others
}

/** Connections that run by themselves; one with invalid settings or paused does not. */
export async function scheduledConnections(installation: Installation): Promise<readonly Scheduled[]> {
  const { catalog, store } = installation
  const objects = await installation.objects()
  const paused = new Set((await store.pauses.list()).map(({ connection }) => connection))
  return objects.flatMap((object) => {
    const schedule = paused.has(object.key) ? undefined : scheduleOf(catalog, objects, object)
    return schedule === undefined ? [] : [{ key: object.key, schedule, savedAt: object.savedAt }]
  })
}

/** When a connection compares everybody by itself; undefined = only when somebody asks, or its settings are wrong. */
export function scheduleOf(
  catalog: Catalog,
  objects: readonly ConfigObject[],
  { kind, document }: ConfigObject,
): Schedule | undefined {
  const parsed = kind === 'connection' ? connectionSchema.safeParse(document) : undefined
  if (parsed?.success !== true) return undefined
  return parsed.data.schedule ?? (isLive(parsed.data, pushedSources(catalog, objects)) ? reconciliation : undefined)
}

/** Connections whose source receives pushes; those follow at once that are automatic and not paused. */
export async function followers(installation: Installation): Promise<readonly Follower[]> {
  const objects = await installation.objects()
  const pushed = pushedSources(installation.catalog, objects)
  if (pushed.size === 0) return []
  const paused = new Set((await installation.store.pauses.list()).map(({ connection }) => connection))
  return objects.flatMap(({ kind, key, document }) => {
    const parsed = kind === 'connection' ? connectionSchema.safeParse(document) : undefined
    if (parsed?.success !== true || !pushed.has(parsed.data.source)) return []
    const { source, target } = parsed.data
    return [{ key, source, target, isLive: isLive(parsed.data, pushed) && !paused.has(key) }]
  })
}

function pushedSources(catalog: Catalog, objects: readonly ConfigObject[]): ReadonlySet<string> {
  const kinds = new Set(catalog.sources.flatMap(({ type, push }) => (push === undefined ? [] : [type])))
  const isPushed = ({ kind, document }: ConfigObject) => kind === 'source' && kinds.has(String(document.type))
  return new Set(objects.filter(isPushed).map(({ key }) => key))
}

function isLive({ mode, source }: ConnectionConfig, pushed: ReadonlySet<string>): boolean {
  return mode === 'automatic' && pushed.has(source)
}

/** More changed people than this are planned with everybody. */
const mostPeople = 1_000

/**
 * What changed at the source of a connection since a cursor; undefined where the source cannot tell. Whom a changed group had
 * before nobody can say, so only people who changed by themselves are named, and only where no person has to look first.
 */
export function changesAtSource(installation: Installation): LookForChanges {
  return async (key, cursor, signal) => {
    const object = await installation.object('connection', key)
    const source = (
      await installation.source(await installation.object('source', String(object.document.source)))
    ).open()
    try {
      if (source.changesSince === undefined) return undefined
      const people = new Set<string>()
      let others = 0
      for await (const page of source.changesSince(cursor, signal)) {
        for (const user of page.users) people.add(user)
        others += page.groups.length + (page.isRestart === true ? 1 : 0)
        if (page.next === undefined) continue
        const seen = { changed: people.size + others, cursor: page.next }
        const areAll = others === 0 && people.size > 0 && people.size <= mostPeople
        return areAll && object.document.mode === 'automatic' ? { ...seen, people: [...people] } : seen
      }
      return undefined
    } finally {
      await source.close()
    }
  }
}
