import { allowSchema } from '../domain/allow.ts'
import { fail, type Problem } from '../domain/errors.ts'
import { withAllowed } from '../engine/allowed.ts'
import type { Clock } from '../platform/clock.ts'
import { Secret } from '../platform/secret.ts'
import type { Catalog, SourceKind, TargetKind } from '../ports/catalog.ts'
import type { ConfigKind, ConfigObject, SettingKind } from '../ports/configuration.ts'
import type { ConnectorContext } from '../ports/connector-context.ts'
import type { PushSettings } from '../ports/push-directory.ts'
import type { Source } from '../ports/source.ts'
import type { Store } from '../ports/store.ts'
import type { Target } from '../ports/target.ts'
import { checkEnd, type Surroundings, withSecrets } from './configuration-check.ts'
import { type Document, ownSettings } from './documents.ts'
import { type Finding, findingsOf, type Path } from './finding.ts'
import { secretFields } from './secret-reference.ts'
import { type SecretPlaces, secretOwner, secretValue } from './secret-values.ts'
import { unplaced } from './yaml-text.ts'

export type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void

/** What the program hands to the use cases. */
export interface InstallationOptions {
  readonly store: Store
  readonly catalog: Catalog
  readonly clock: Clock
  readonly log: LogLine
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Relative paths of objects in the store are meant from the working folder. */
  readonly baseDir: string
  /** Those of objects that the configuration file keeps from the folder of that file. */
  readonly fileBaseDir: string
}

type EndKindName = 'source' | 'target'

/** Settings of a source or target, saved or not. */
export type Draft = Pick<ConfigObject, 'kind' | 'key' | 'document' | 'owner'>

/** A source or target whose settings are complete; `open` may be called several times. */
export interface ReadyEnd<Opened> {
  open(): Opened
}

/** Settings, secrets and connectors of this installation, brought together. */
export interface Installation extends InstallationOptions {
  placesFor(object: Pick<ConfigObject, 'owner'>): SecretPlaces
  objects(kind?: ConfigKind): Promise<readonly ConfigObject[]>
  /** Throws `not-found`. */
  object(kind: ConfigKind, key: string): Promise<ConfigObject>
  surroundings(objects: readonly ConfigObject[]): Surroundings
  /** Everything that is missing or wrong; empty = it can be opened. */
  problems(object: ConfigObject): Promise<readonly Problem[]>
  /** `given` are secrets that came with settings that are not saved. Throws `config-invalid` with all problems. */
  source(object: Draft, given?: ReadonlyMap<string, string>): Promise<ReadyEnd<Source>>
  /** What a source that receives pushes is set to; undefined for any other source. Throws `config-invalid`. */
  pushSettings(object: ConfigObject): Promise<PushSettings | undefined>
  target(object: ConfigObject): Promise<ReadyEnd<Target>>
  /** A secret that the configuration file refers to outside of sources and targets, or why there is none. */
  outsideSecret(path: Path, reference: unknown): Promise<Secret | string>
  /** The same for settings of the installation itself that are kept in the store. */
  settingSecret(kind: SettingKind, key: string, field: string, reference: unknown): Promise<Secret | string>
}

export function createInstallation(options: InstallationOptions): Installation {
  const { store, catalog, clock, log, baseDir, fileBaseDir, variables } = options
  const folderFor = (owner: ConfigObject['owner']) => (owner === 'file' ? fileBaseDir : baseDir)
  const placesFor = ({ owner }: Pick<ConfigObject, 'owner'>): SecretPlaces => ({
    secrets: store.secrets,
    variables,
    baseDir: folderFor(owner),
  })

  const contextFor = (key: string, owner: ConfigObject['owner'] = 'store'): ConnectorContext => ({
    key,
    now: () => clock.now(),
    log,
    baseDir: folderFor(owner),
    localDirectory: store.local,
    pushDirectory: store.push.directory,
    instanceId: store.instanceId,
    openTarget: async (target) => {
      const { open } = await ready<Target>(await saved('target', target))
      return open()
    },
  })

  const saved = async (kind: ConfigKind, key: string) => {
    const found = await store.configuration.get(kind, key)
    if (found !== undefined) return found
    throw fail.notFound(`There is no ${kind} "${key}".`, { hint: `List them: muster ${kind}s` })
  }

  const resolve = async (
    object: Draft,
    given?: ReadonlyMap<string, string>,
  ): Promise<{ findings: readonly Finding[]; kind?: SourceKind | TargetKind; config?: Document }> => {
    const kindName = object.kind as EndKindName
    const path = [`${object.kind}s`, object.key]
    const { findings, kind } = checkEnd(catalog, kindName, object.document, path)
    if (kind === undefined || findings.length > 0) return { findings }
    const settings = ownSettings(kindName, object.document)
    const fields = secretFields(kind.config).filter((field) => settings[field] !== undefined)
    const values = new Map<string, Secret | Finding>()
    for (const field of fields) {
      const own = given?.get(field)
      values.set(
        field,
        own !== undefined
          ? new Secret(own)
          : await secretValue(settings[field], secretOwner(kindName, object.key), [...path, field], placesFor(object)),
      )
    }
    const missing = [...values.values()].filter((value): value is Finding => !(value instanceof Secret))
    if (missing.length > 0) return { findings: missing }
    const parsed = kind.config.safeParse(withSecrets(settings, fields, (field) => values.get(field)))
    if (!parsed.success) return { findings: findingsOf(parsed.error.issues, kind.config, settings, path) }
    return { findings: [], kind, config: parsed.data }
  }

  const complete = async (object: Draft, given?: ReadonlyMap<string, string>) => {
    const { findings, kind, config } = await resolve(object, given)
    if (kind === undefined || config === undefined) {
      const problems = findings.map(unplaced)
      throw fail.configInvalid(
        `The ${object.kind} "${object.key}" is incomplete. ${problems[0]?.message ?? ''}`.trim(),
        {
          hint: problems[0]?.hint ?? `Look at it: muster ${object.kind}s ${object.key}`,
          problems,
        },
      )
    }
    return { kind, config }
  }
  const ready = async <Opened>(object: Draft, given?: ReadonlyMap<string, string>): Promise<ReadyEnd<Opened>> => {
    const { kind, config } = await complete(object, given)
    return { open: () => kind.connect({ ...config }, contextFor(object.key, object.owner)) as Opened }
  }

  return {
    ...options,
    placesFor,
    async objects(kind) {
      const all = await store.configuration.list()
      return all
        .filter((object) => kind === undefined || object.kind === kind)
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    },
    object: saved,
    surroundings: (objects) => ({
      catalog,
      sources: documentsOf(objects, 'source'),
      targets: documentsOf(objects, 'target'),
      connections: documentsOf(objects, 'connection'),
      contextFor,
    }),
    problems: async (object) => (await resolve(object)).findings.map(unplaced),
    source: (object, given) => ready<Source>(object, given),
    target: async (object) => {
      const { open } = await ready<Target>(object)
      const allow = allowSchema.parse(object.document.allow ?? {})
      return { open: () => withAllowed(open(), allow) }
    },
    async outsideSecret(path, reference) {
      const found = await secretValue(reference, path.slice(0, -1).join(':'), path, placesFor({ owner: 'file' }))
      return found instanceof Secret ? found : unplaced(found).message
    },
    async settingSecret(kind, key, field, reference) {
      const path = [kind, key, field]
      const found = await secretValue(reference, secretOwner(kind, key), path, placesFor({ owner: 'store' }))
      return found instanceof Secret ? found : unplaced(found).message
    },
    async pushSettings(object) {
      const { kind, config } = await complete(object)
      return 'push' in kind ? kind.push?.({ ...config }) : undefined
    },
  }
}

function documentsOf(objects: readonly ConfigObject[], wanted: ConfigKind): ReadonlyMap<string, Document> {
  return new Map(objects.flatMap(({ kind, key, document }) => (kind === wanted ? [[key, document] as const] : [])))
}
