import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { allowSchema } from '../domain/allow.ts'
import { type ConnectionConfig, connectionSchema, keySchema } from '../domain/connection.ts'
import type { NotificationSettings } from '../domain/notifications.ts'
import type { Catalog, SourceKind, TargetKind } from '../ports/catalog.ts'
import type { ConfigKind, SettingKind } from '../ports/configuration.ts'
import type { ConnectorContext } from '../ports/connector-context.ts'
import { type AuthSettings, authSchema, checkAuth } from './auth-settings.ts'
import { type Document, ownSettings } from './documents.ts'
import { checkEndsOf } from './filled-directories.ts'
import { type Finding, findingsOf, type Path, shown } from './finding.ts'
import { checkNotifications } from './notification-settings.ts'
import type { RuleFindings } from './rules/notes.ts'
import { checkRules } from './rules/rules.ts'
import { factsOf, type TargetFacts } from './rules/target-facts.ts'
import { checkReference, placeholder, secretFields } from './secret-reference.ts'
import { type ServerSettings, serverSchema } from './server-settings.ts'
import { didYouMean } from './suggestion.ts'

/** An object of the configuration as it was written. */
export interface Written {
  readonly kind: ConfigKind
  readonly key: string
  readonly document: Document
}

/** A setting of the installation as it was written: a channel under `notifications`, or `auth.oidc`. */
export interface WrittenSetting {
  readonly kind: SettingKind
  readonly key: string
  readonly document: Document
}

/** Findings make it unusable; what `RuleFindings` has about its rules concerns only what is saved anew. */
export interface CheckedConfiguration extends RuleFindings {
  readonly findings: readonly Finding[]
  readonly objects: readonly Written[]
  readonly settings: readonly WrittenSetting[]
  readonly server: ServerSettings | undefined
  readonly auth: AuthSettings | undefined
  readonly notifications: NotificationSettings | undefined
}

/** What the rest of the installation has, so that a document may name it. */
export interface Surroundings {
  readonly catalog: Catalog
  readonly sources: ReadonlyMap<string, Document>
  readonly targets: ReadonlyMap<string, Document>
  readonly connections: ReadonlyMap<string, Document>
  contextFor(key: string): ConnectorContext
  /** Connections as they are saved: rules that stay as they are, are not refused anew. Absent = everything is judged. */
  readonly saved?: ReadonlyMap<string, Document>
  /** Settings of the installation are meant for the store, where secrets may be sealed. Absent = for a configuration file. */
  readonly store?: { readonly publicUrl: string | undefined }
}

const nothingSet = { objects: [], settings: [], server: undefined, auth: undefined, notifications: undefined } as const
const nothingFound = { findings: [], refusals: [], warnings: [] } as const

export const sectionOf = { source: 'sources', target: 'targets', connection: 'connections' } as const
const sections = ['sources', 'targets', 'connections', 'server', 'auth', 'notifications'] as const
const kinds: readonly ConfigKind[] = ['source', 'target', 'connection']

/** Finds everything that is wrong with a whole document; asks no network and resolves no secret. */
export function checkConfiguration(value: unknown, around: Surroundings): CheckedConfiguration {
  if (value === null || value === undefined) {
    return { ...nothingFound, ...nothingSet }
  }
  if (!isDocument(value)) {
    const message = `must be a group of settings with ${sections.join(', ')}, not ${shown(value)}`
    return { ...nothingFound, findings: [{ path: [], message }], ...nothingSet }
  }
  const findings: Finding[] = Object.keys(value)
    .filter((name) => !(sections as readonly string[]).includes(name))
    .map((name) => ({
      path: [name],
      message: 'is not a part of the configuration',
      hint: didYouMean(name, sections, 'parts'),
      atName: true,
    }))

  const objects: Written[] = []
  for (const kind of kinds) {
    const section = sectionOf[kind]
    const { found, written } = readSection(value[section], kind, [section])
    findings.push(...found)
    objects.push(...written)
  }

  const all = {
    source: new Map(around.sources),
    target: new Map(around.targets),
    connection: new Map(around.connections),
  }
  for (const { kind, key, document } of objects) all[kind].set(key, document)
  const { source: sources, target: targets, connection: connections } = all
  const refusals: Finding[] = []
  const warnings: Finding[] = []
  for (const { kind, key, document } of objects) {
    const path = [sectionOf[kind], key]
    if (kind === 'connection') {
      const checked = checkConnection(document, path, { ...around, sources, targets, connections })
      findings.push(...checked.findings)
      const isKept = isDeepStrictEqual(around.saved?.get(key), document)
      const refused = isKept ? warnings : refusals
      refused.push(...checked.refusals)
      warnings.push(...checked.warnings)
    } else {
      findings.push(...checkEnd(around.catalog, kind, document, path).findings)
    }
  }

  const server = serverSchema.safeParse(value.server ?? {})
  if (!server.success) findings.push(...findingsOf(server.error.issues, serverSchema, value.server ?? {}, ['server']))
  const auth = authSchema.safeParse(value.auth ?? {})
  const place = { publicUrl: around.store?.publicUrl ?? server.data?.publicUrl, maySeal: around.store !== undefined }
  if (auth.success) findings.push(...checkAuth(auth.data, place))
  else findings.push(...findingsOf(auth.error.issues, authSchema, value.auth ?? {}, ['auth']))
  const notifications = checkNotifications(value.notifications ?? {}, place)
  findings.push(...notifications.findings)
  return {
    findings,
    refusals,
    warnings,
    objects,
    settings: settingsIn(value),
    server: value.server === undefined ? undefined : server.data,
    auth: value.auth === undefined ? undefined : auth.data,
    notifications: value.notifications === undefined ? undefined : notifications.settings,
  }
}

function settingsIn({ auth, notifications }: Document): readonly WrittenSetting[] {
  const channels = isDocument(notifications) ? Object.entries(notifications) : []
  const oidc = isDocument(auth) ? auth.oidc : undefined
  return [
    ...channels.flatMap(([key, document]) =>
      isDocument(document) ? [{ kind: 'channel' as const, key, document }] : [],
    ),
    ...(isDocument(oidc) ? [{ kind: 'sign-in' as const, key: 'oidc', document: oidc }] : []),
  ]
}

function readSection(value: unknown, kind: ConfigKind, path: Path): { found: Finding[]; written: Written[] } {
  if (value === undefined || value === null) return { found: [], written: [] }
  if (!isDocument(value)) {
    return { found: [{ path, message: `must be a group of ${path[0]} by name, not ${shown(value)}` }], written: [] }
  }
  const found: Finding[] = []
  const written: Written[] = []
  for (const [key, document] of Object.entries(value)) {
    const name = keySchema.safeParse(key)
    if (!name.success) {
      const hint = `Use 1 to 40 small letters, digits and hyphens; this name can never change.`
      found.push({ path: [...path, key], message: `cannot be the name of a ${kind}`, hint, atName: true })
    } else if (!isDocument(document)) {
      found.push({ path: [...path, key], message: `must be a group of settings, not ${shown(document)}` })
    } else {
      written.push({ kind, key, document })
    }
  }
  return { found, written }
}

type EndKind = SourceKind | TargetKind

export function endKinds(catalog: Catalog, kind: 'source' | 'target'): readonly EndKind[] {
  return kind === 'source' ? catalog.sources : catalog.targets
}

const displayName = z.string().min(1).max(200).optional()

export interface CheckedEnd {
  readonly findings: readonly Finding[]
  readonly kind: EndKind | undefined
}

/** A source or target: its type is known, its settings fit, its secrets are references. */
export function checkEnd(catalog: Catalog, side: 'source' | 'target', document: Document, path: Path): CheckedEnd {
  const known = endKinds(catalog, side)
  const { type, displayName: name } = document
  const settings = ownSettings(side, document)
  const findings: Finding[] = []
  if (side === 'target' && document.allow !== undefined) {
    const { error } = allowSchema.safeParse(document.allow)
    if (error !== undefined) findings.push(...findingsOf(error.issues, allowSchema, document.allow, [...path, 'allow']))
  }
  const named = displayName.safeParse(name)
  if (!named.success) findings.push(...findingsOf(named.error.issues, displayName, name, [...path, 'displayName']))
  const types = known.map((each) => each.type)
  const kind = known.find((each) => each.type === type)
  if (kind === undefined) {
    const finding =
      typeof type === 'string'
        ? { message: `${shown(type)} is not known`, hint: didYouMean(type, types, 'types') }
        : { message: 'is missing', hint: `Write one of ${types.join(', ')}.` }
    return { findings: [...findings, { path: [...path, 'type'], ...finding }], kind: undefined }
  }
  const secrets = secretFields(kind.config)
  for (const field of secrets) {
    if (settings[field] === undefined) continue
    const finding = checkReference(settings[field], [...path, field])
    if (finding !== undefined) findings.push(finding)
  }
  const parsed = kind.config.strict().safeParse(withSecrets(settings, secrets, () => placeholder))
  if (!parsed.success) {
    const reserved = withReserved(side, kind.config)
    findings.push(...findingsOf(parsed.error.issues, reserved, settings, path).map(forSecret(secrets)))
  }
  return { findings, kind }
}

/** What every end has beside its own settings counts, too, when a mistyped name is looked up. */
function withReserved(side: 'source' | 'target', config: z.ZodObject): z.ZodObject {
  const allow = side === 'target' ? { allow: z.unknown() } : {}
  return z.object({ ...config.shape, type: z.string(), displayName: z.string(), ...allow })
}

/** A missing secret asks for a reference, not for a class of ours. */
function forSecret(secrets: readonly string[]): (finding: Finding) => Finding {
  return (finding) => {
    const field = String(finding.path.at(-1))
    if (!secrets.includes(field) || finding.message !== 'is missing') return finding
    return { ...finding, ...checkReference({}, finding.path), message: 'is missing' }
  }
}

/** Settings with each secret that is set replaced by what `secretOf` gives for it. */
export function withSecrets(
  settings: Document,
  fields: readonly string[],
  secretOf: (field: string) => unknown,
): Document {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      fields.includes(name) && value !== undefined ? secretOf(name) : value,
    ]),
  )
}

export interface CheckedConnection extends RuleFindings {
  readonly findings: readonly Finding[]
  readonly config: ConnectionConfig | undefined
}

/** A connection: its settings fit, both ends exist, and the target can match and write what it names. */
export function checkConnection(document: Document, path: Path, around: Surroundings): CheckedConnection {
  const parsed = connectionSchema.safeParse(document)
  const findings = parsed.success ? [] : [...findingsOf(parsed.error.issues, connectionSchema, document, path)]
  const { source, target } = document
  if (typeof source === 'string' && !around.sources.has(source)) {
    const hint = didYouMean(source, [...around.sources.keys()], 'sources')
    findings.push({
      path: [...path, 'source'],
      message: `names the source ${shown(source)}, which does not exist`,
      hint,
    })
  }
  if (typeof target === 'string' && !around.targets.has(target)) {
    const hint = didYouMean(target, [...around.targets.keys()], 'targets')
    findings.push({
      path: [...path, 'target'],
      message: `names the target ${shown(target)}, which does not exist`,
      hint,
    })
  }
  if (!parsed.success) return { ...nothingFound, findings, config: undefined }
  const facts = targetFacts(parsed.data.target, around)
  if (facts !== undefined) findings.push(...checkAgainstTarget(parsed.data, facts, path))
  findings.push(...checkEndsOf(parsed.data, path, around))
  return { findings, ...checkRules(parsed.data, facts, path), config: parsed.data }
}

/** What a target of this kind says about itself before it is asked over the network. */
function targetFacts(key: string, around: Surroundings): TargetFacts | undefined {
  const document = around.targets.get(key)
  const kind = around.catalog.targets.find(({ type }) => type === document?.type)
  if (document === undefined || kind === undefined) return undefined
  const settings = ownSettings('target', document)
  const parsed = kind.config.safeParse(withSecrets(settings, secretFields(kind.config), () => placeholder))
  if (!parsed.success) return undefined
  try {
    const target = kind.connect(parsed.data, around.contextFor(key))
    const facts = factsOf(key, kind.title, target, document.allow)
    target.close().catch(() => undefined)
    return facts
  } catch {
    // Its own settings are wrong, which is reported where they stand.
    return undefined
  }
}

function checkAgainstTarget({ users }: ConnectionConfig, target: TargetFacts, path: Path): readonly Finding[] {
  const rules = (users.match ?? []).flatMap((rule, index) =>
    target.match.includes(rule)
      ? []
      : [
          {
            path: [...path, 'users', 'match', index],
            message: `${shown(rule)} is not offered by ${target.title}`,
            hint: `It matches by ${target.match.join(', ')}.`,
          },
        ],
  )
  const attributes = Object.keys(users.mapping).flatMap((name) =>
    target.attributes.includes(name)
      ? []
      : [
          {
            path: [...path, 'users', 'mapping', name],
            message: `is not an attribute that ${target.title} can write`,
            hint: didYouMean(name, target.attributes, 'attributes'),
            atName: true,
          },
        ],
  )
  return [...rules, ...attributes]
}

/** True for `name: value` settings, not for lists and plain values. */
function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
