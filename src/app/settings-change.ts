import { isDeepStrictEqual } from 'node:util'
import { connectionSchema } from '../domain/connection.ts'
import type { SettingsVersions } from '../domain/snapshot.ts'
import type { SettingsChange } from '../engine/setup.ts'
import type { ConfigKind, ConfigObject, ConfigurationStore } from '../ports/configuration.ts'
import type { Document } from './documents.ts'

/** Settings that say when and under which name something runs, not what it plans. */
const withoutEffect: Readonly<Record<ConfigKind, readonly RegExp[]>> = {
  connection: [
    /^displayName$/,
    /^mode$/,
    /^(schedule|review|sharedReadAge)(\.|$)/,
    /^users\.customAttributes\.[^.]+\.name$/,
  ],
  source: [/^displayName$/, /Expires$/],
  target: [/^displayName$/, /Expires$/],
}

/** Where two people were asked for, nobody takes the second one away alone: this then waits as a change of the rules does. */
const ofTwoPeople = /^(mode|review|review\.fourEyes)$/

/** Longest text of a value in a sentence. */
const valueLength = 80

interface Objects {
  readonly connection: ConfigObject
  readonly source: ConfigObject
  readonly target: ConfigObject
  /** Names of settings whose values are never shown, by end. */
  readonly secrets: Readonly<Record<'source' | 'target', readonly string[]>>
}

/** What was changed since versions of the past, setting by setting; every saved version is kept (D17). */
export async function settingsChange(
  configuration: Pick<ConfigurationStore, 'history'>,
  now: Objects,
  past: SettingsVersions,
): Promise<SettingsChange> {
  const documentAt = async (kind: ConfigKind, key: string, version: number) =>
    (await configuration.history(kind, key)).find((each) => each.version === version)?.document
  const connection = await documentAt('connection', now.connection.key, past.connection)
  if (connection === undefined) return { changes: ['The former settings of the connection are not kept any more.'] }
  const parsed = connectionSchema.safeParse(connection)
  const secondPerson = parsed.data?.review.fourEyes === true ? touching(connection, now.connection.document) : []
  const changes = [...secondPerson, ...differences('connection', connection, now.connection.document, [])]
  for (const end of ['source', 'target'] as const) {
    const { key, version } = past[end]
    // Another end is a change of the connection, told above.
    if (key !== now[end].key || version === now[end].version) continue
    const former = await documentAt(end, key, version)
    const what = `${end} "${key}"`
    if (former === undefined) changes.push(`The former settings of the ${what} are not kept any more.`)
    else
      changes.push(...differences(end, former, now[end].document, now.secrets[end]).map((each) => `${what}: ${each}`))
  }
  const sameEnds = past.source.key === now.source.key && past.target.key === now.target.key
  const isOther = !isDeepStrictEqual(connection, now.connection.document)
  return {
    changes,
    ...(secondPerson.length === 0 ? {} : { secondPerson: true }),
    ...(sameEnds && isOther && parsed.success
      ? { former: { ...parsed.data, key: now.connection.key, version: past.connection } }
      : {}),
  }
}

function touching(before: Document, after: Document): readonly string[] {
  return compare(before, after, '')
    .filter(({ path }) => ofTwoPeople.test(path))
    .map(({ path, was, is }) => `${path}: ${shown(was)} -> ${shown(is)}`)
}

function differences(
  kind: ConfigKind,
  before: Document,
  after: Document,
  secrets: readonly string[],
): readonly string[] {
  return documentChanges(before, after, secrets, (path) => !withoutEffect[kind].some((each) => each.test(path)))
}

/** What was changed from one document to another, one sentence for each setting; values of secrets are never shown. */
export function documentChanges(
  before: Document,
  after: Document,
  secrets: readonly string[],
  matters: (path: string) => boolean = () => true,
): readonly string[] {
  const told = compare(before, after, '')
    .filter(({ path }) => matters(path))
    .map(({ path, was, is }) => {
      const [name = ''] = path.split('.')
      return secrets.includes(name) ? `${name} was changed` : `${path}: ${shown(was)} -> ${shown(is)}`
    })
  return [...new Set(told)]
}

interface Difference {
  readonly path: string
  readonly was: unknown
  readonly is: unknown
}

/** Groups of settings are compared one by one; lists and values as a whole. */
function compare(was: unknown, is: unknown, path: string): Difference[] {
  if (isDeepStrictEqual(was, is)) return []
  if (!isGroup(was) || !isGroup(is)) return [{ path, was, is }]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort()
  return names.flatMap((name) => compare(was[name], is[name], path === '' ? name : `${path}.${name}`))
}

function isGroup(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (value === undefined) return '(not set)'
  const text = JSON.stringify(value)
  return text.length <= valueLength ? text : `${text.slice(0, valueLength - 1)}…`
}
