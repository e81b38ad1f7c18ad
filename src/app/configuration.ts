import { isDeepStrictEqual } from 'node:util'
import type { Handlers, Principal } from '../contract/routes.ts'
import { fail, type Problem } from '../domain/errors.ts'
import type { ConfigKind, SettingKind } from '../ports/configuration.ts'
import { type CheckedConfiguration, checkConfiguration, type Written } from './configuration-check.ts'
import { yamlOf } from './configuration-export.ts'
import type { Document } from './documents.ts'
import type { ImportedSetting, JudgeImport } from './own-settings.ts'
import type { UseCase } from './use-case.ts'
import { problemList } from './views.ts'
import { placed, readYaml, unplaced } from './yaml-text.ts'

/** What is handed over: the text of a file, or the same as a value. */
export type GivenConfiguration =
  | { readonly yaml: string; readonly file?: string | undefined }
  | { readonly document: Readonly<Record<string, unknown>> }

export interface Judged extends CheckedConfiguration {
  /** With their places, refusals included; empty = valid. */
  readonly problems: readonly Problem[]
  /** With their places: legal, and surely not meant. */
  readonly advice: readonly Problem[]
}

export interface Import {
  readonly owner: 'file' | 'store'
  readonly dryRun?: boolean
  /** Takes objects out of use that a configuration file named before and does not name any more. */
  readonly removesUnnamed?: boolean
}

/** Settings of the installation in a configuration for the store; a configuration file keeps its own. */
export interface SettingImports {
  readonly judge: Readonly<Record<SettingKind, JudgeImport>>
  /** Where identity providers reach this server. */
  publicUrl(): string | undefined
}

interface Touched {
  readonly kind: ConfigKind | SettingKind
  readonly key: string
}

interface Changed extends Touched {
  /** Of settings of the installation: what would be another. */
  readonly changes?: readonly string[]
}

export interface ImportResult {
  readonly created: readonly Touched[]
  readonly changed: readonly Changed[]
  readonly unchanged: readonly Touched[]
  readonly removed: readonly Touched[]
  /** About settings of the installation: legal, and perhaps not meant. */
  readonly warnings: readonly Problem[]
}

/** Reads a configuration and finds all that is wrong with it. */
export function judge(given: GivenConfiguration, around: Parameters<typeof checkConfiguration>[1]): Judged {
  if ('document' in given) {
    const checked = checkConfiguration(given.document, around)
    const problems = [...checked.findings, ...checked.refusals].map(unplaced)
    return { ...checked, problems, advice: checked.warnings.map(unplaced) }
  }
  const yaml = readYaml(given.yaml, given.file ?? 'configuration')
  const checked = checkConfiguration(yaml.problems.length > 0 ? undefined : yaml.value, around)
  const problems = [...yaml.problems, ...placed([...checked.findings, ...checked.refusals], yaml)]
  return { ...checked, problems, advice: placed(checked.warnings, yaml) }
}

/** Throws `config-invalid` with every problem. */
export function refuseProblems(problems: readonly Problem[], what: string): void {
  if (problems.length === 0) return
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  throw fail.configInvalid(`${what} has ${count}; nothing was changed.`, { problems })
}

/** Saves the objects of a configuration, all or nothing. Throws `config-invalid`, `not-writable`. */
export async function importConfiguration(
  useCase: UseCase,
  principal: Principal,
  given: GivenConfiguration,
  { owner, dryRun = false, removesUnnamed = false }: Import,
  imports?: SettingImports,
): Promise<ImportResult & { readonly judged: Judged }> {
  const present = await useCase.objects()
  const saved = new Map(present.flatMap(({ kind, key, document }) => (kind === 'connection' ? [[key, document]] : [])))
  const store = imports === undefined ? undefined : { publicUrl: imports.publicUrl() }
  const judged = judge(given, { ...useCase.surroundings(present), saved, ...(store === undefined ? {} : { store }) })
  refuseProblems(judged.problems, ('file' in given ? given.file : undefined) ?? 'The configuration')
  const inUse = new Map(present.map((object) => [`${object.kind}:${object.key}`, object]))
  const currentOf = ({ kind, key }: Touched) => inUse.get(`${kind}:${key}`)
  const isSame = (object: Written) => isDeepStrictEqual(currentOf(object)?.document, object.document)

  const created = judged.objects.filter((object) => currentOf(object) === undefined)
  const changed = judged.objects.filter((object) => currentOf(object) !== undefined && !isSame(object))
  const unchanged = judged.objects.filter(isSame)
  const removed = removesUnnamed
    ? present
        .filter((object) => object.owner === 'file' && !judged.objects.some((each) => isSameName(each, object)))
        // Connections first: what they name must not go before them.
        .toSorted((left, right) => Number(right.kind === 'connection') - Number(left.kind === 'connection'))
    : []
  if (owner === 'store') refuseFileOwned(changed.filter((object) => currentOf(object)?.owner === 'file'))
  const settings = imports === undefined ? [] : await judgeSettings(principal, judged, imports)
  const inState = (state: ImportedSetting['state']) => settings.filter((each) => each.state === state)
  const result = {
    created: [...created, ...inState('created')].map(touched),
    changed: [
      ...changed.map(touched),
      ...inState('changed').map((each) => ({ ...touched(each), changes: each.changes })),
    ],
    unchanged: [...unchanged, ...inState('unchanged')].map(touched),
    removed: removed.map(touched),
    warnings: settings.flatMap(({ warnings }) => warnings),
  }

  if (!dryRun) {
    const toSave = owner === 'file' ? judged.objects : [...created, ...changed]
    for (const { kind, key, document } of toSave) {
      // What somebody saves in between is not overwritten; the file does not ask.
      const more = owner === 'file' ? {} : { basedOn: currentOf({ kind, key })?.version ?? 0 }
      await useCase.store.configuration.save({ kind, key, document, owner, savedBy: principal.name }, more)
    }
    for (const { kind, key } of removed) await useCase.store.configuration.remove(kind, key, principal.name)
    for (const { state, save } of settings) if (state !== 'unchanged') await save()
    if (result.created.length + result.changed.length + removed.length > 0) {
      await useCase.audit(
        principal,
        owner === 'file' ? 'configuration.apply' : 'configuration.import',
        'configuration',
        {
          created: result.created.map(nameOf),
          changed: result.changed.map(nameOf),
          removed: removed.map(nameOf),
        },
      )
    }
  }
  return { ...result, judged }
}

async function judgeSettings(principal: Principal, judged: Judged, imports: SettingImports) {
  const publicUrl = imports.publicUrl() ?? judged.server?.publicUrl
  const settings: ImportedSetting[] = []
  for (const { kind, key, document } of judged.settings)
    settings.push(await imports.judge[kind](principal, key, document, publicUrl))
  return settings
}

function touched({ kind, key }: Touched): Touched {
  return { kind, key }
}

function refuseFileOwned(objects: readonly Written[]): void {
  if (objects.length === 0) return
  throw fail.notWritable(`${objects.map(nameOf).join(', ')} belong to the configuration file; nothing was changed.`, {
    hint: 'Change them in the file Muster was started with.',
    problems: objects.map((object) => ({ where: nameOf(object), message: 'is managed by the configuration file' })),
  })
}

function nameOf({ kind, key }: Touched): string {
  return `${kind}:${key}`
}

function isSameName(left: Touched, right: Touched): boolean {
  return left.kind === right.kind && left.key === right.key
}

export function configurationUseCases(useCase: UseCase, imports: SettingImports): Handlers['configuration'] {
  return {
    async export({ principal }) {
      const objects = await useCase.objects()
      const section = (wanted: ConfigKind) => documentsOf(objects, wanted)
      const document = { sources: section('source'), targets: section('target'), connections: section('connection') }
      // Who may not see how people sign in and are told does not see it here either.
      if (!principal.roles.includes('admin')) {
        const withheld = ['auth', 'notifications'] as const
        return { document, yaml: yamlOf(document), withheld: [...withheld] }
      }
      const settings = await useCase.store.settings.list()
      const auth = documentsOf(settings, 'sign-in')
      const notifications = documentsOf(settings, 'channel')
      const whole = {
        ...document,
        ...(Object.keys(auth).length === 0 ? {} : { auth }),
        ...(Object.keys(notifications).length === 0 ? {} : { notifications }),
      }
      return { document: whole, yaml: yamlOf(whole), withheld: [] }
    },
    async import({ principal }, { body: { dryRun = false, ...given } }) {
      const options = { owner: 'store', dryRun } as const
      const imported = await importConfiguration(useCase, principal, given, options, imports)
      const { created, changed, unchanged, warnings, judged } = imported
      return {
        dryRun,
        created: [...created],
        changed: changed.map(({ changes, ...each }) =>
          changes === undefined ? each : { ...each, changes: [...changes] },
        ),
        unchanged: [...unchanged],
        warnings: problemList([...judged.advice, ...warnings]),
      }
    },
    async validate(_caller, { body }) {
      const store = { publicUrl: imports.publicUrl() }
      const { problems, advice } = judge(body, { ...useCase.surroundings(await useCase.objects()), store })
      return { valid: problems.length === 0, problems: problemList(problems), warnings: problemList(advice) }
    },
  }
}

function documentsOf<Kind extends ConfigKind | SettingKind>(
  objects: readonly { readonly kind: Kind; readonly key: string; readonly document: Document }[],
  wanted: Kind,
): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    objects.flatMap(({ kind, key, document }) => (kind === wanted ? [[key, { ...document }]] : [])),
  )
}
