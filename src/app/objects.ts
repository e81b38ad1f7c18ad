import type { Principal } from '../contract/routes.ts'
import { fail, type Problem } from '../domain/errors.ts'
import { isoTime } from '../platform/clock.ts'
import type { ConfigKind, ConfigObject, SavedWith } from '../ports/configuration.ts'
import type { PageRequest } from '../ports/paging.ts'
import { checkConnection, checkEnd, sectionOf } from './configuration-check.ts'
import type { Document } from './documents.ts'
import { filledBy, readBy } from './filled-directories.ts'
import type { Finding } from './finding.ts'
import type { UseCase } from './use-case.ts'
import { unplaced } from './yaml-text.ts'

/** What sources, targets and connections have in common: versions, owners, saving. */

export function objectView({ key, owner, version, savedAt, savedBy, document }: ConfigObject) {
  const displayName = typeof document.displayName === 'string' ? document.displayName : undefined
  return { key, owner, version, savedAt: isoTime(savedAt), savedBy, displayName }
}

export async function historyOf({ store }: UseCase, kind: ConfigKind, key: string, { cursor, limit }: PageRequest) {
  const { items, next } = await store.configuration.versions(kind, key, { cursor, limit })
  if (items.length === 0 && cursor === undefined)
    throw fail.notFound(`There never was a ${kind} "${key}".`, { hint: `List them: muster ${kind}s` })
  return {
    next,
    items: items.map(({ version, savedAt, savedBy, document }) => ({
      version,
      savedAt: isoTime(savedAt),
      savedBy,
      document: withoutSealed(document),
    })),
  }
}

/** Throws `not-writable` for what the configuration file keeps (D17). */
export function refuseManagedByFile(kind: ConfigKind, key: string): never {
  throw fail.notWritable(`The ${kind} "${key}" is managed by the configuration file.`, {
    hint: 'Change it there and start Muster again, or take it out of the file.',
  })
}

/** Throws `config-invalid` with all problems at once. */
export function refuseFindings(kind: ConfigKind, key: string, findings: readonly Finding[], act = 'saved'): void {
  if (findings.length === 0) return
  const problems: readonly Problem[] = findings.map(unplaced)
  throw fail.configInvalid(`The ${kind} "${key}" was not ${act}. ${problems[0]?.message ?? ''}`.trim(), { problems })
}

export async function saveObject(
  useCase: UseCase,
  principal: Principal,
  kind: ConfigKind,
  key: string,
  document: Document,
  more: SavedWith,
) {
  const before = await useCase.store.configuration.get(kind, key)
  if (before?.owner === 'file') refuseManagedByFile(kind, key)
  const saved = await useCase.store.configuration.save(
    { kind, key, document, owner: 'store', savedBy: principal.name },
    more,
  )
  const changed = before?.version !== saved.version
  if (changed) await useCase.audit(principal, `${kind}.save`, `${kind}:${key}`, { version: saved.version })
  return { key, version: saved.version, changed }
}

export async function removeObject(useCase: UseCase, principal: Principal, kind: ConfigKind, key: string) {
  const object = await useCase.object(kind, key)
  if (object.owner === 'file') refuseManagedByFile(kind, key)
  if (kind !== 'connection') await refuseWhileUsed(useCase, kind, key)
  await useCase.store.configuration.remove(kind, key, principal.name)
  await useCase.audit(principal, `${kind}.delete`, `${kind}:${key}`)
  return { removed: true }
}

async function refuseWhileUsed(useCase: UseCase, kind: 'source' | 'target', key: string): Promise<void> {
  const users = [...(await useCase.objects('connection'))].filter(({ document }) => document[kind] === key)
  if (kind === 'source') {
    // A directory of ours that a target fills.
    users.push(
      ...(await useCase.objects('target')).filter(({ document }) => filledBy(useCase.catalog, document) === key),
    )
  }
  if (kind === 'target') {
    users.push(...(await useCase.objects('source')).filter(({ document }) => readBy(useCase.catalog, document) === key))
  }
  if (users.length === 0) return
  throw fail.configInvalid(
    `The ${kind} "${key}" is still used by ${users.map((each) => `"${each.key}"`).join(', ')}; it was not deleted.`,
    { hint: 'Delete or change these first.' },
  )
}

/** Judges one object among all others, as it is to be saved; ends are judged without their secrets. */
export async function findingsFor(useCase: UseCase, kind: ConfigKind, key: string, document: Document) {
  const path = [sectionOf[kind], key]
  if (kind !== 'connection') return { findings: checkEnd(useCase.catalog, kind, document, path).findings, warnings: [] }
  const { findings, refusals, warnings } = checkConnection(
    document,
    path,
    useCase.surroundings(await useCase.objects()),
  )
  return { findings: [...findings, ...refusals], warnings }
}

/** A sealed secret reads `{ set: true }`: it is there, and that is all that can be said. */
export function withoutSealed(document: Document): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, isSealed(value) ? { set: true } : value]),
  )
}

function isSealed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { sealed?: unknown }).sealed === true
}
