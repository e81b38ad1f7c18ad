import { isDeepStrictEqual } from 'node:util'
import type { Handlers, Principal } from '../contract/routes.ts'
import { fail, type Problem } from '../domain/errors.ts'
import type { ConfigKind } from '../ports/configuration.ts'
import { type CheckedConfiguration, checkConfiguration, type Written } from './configuration-check.ts'
import { yamlOf } from './configuration-export.ts'
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

interface Touched {
  readonly kind: ConfigKind
  readonly key: string
}

export interface ImportResult {
  readonly created: readonly Touched[]
  readonly changed: readonly Touched[]
  readonly unchanged: readonly Touched[]
  readonly removed: readonly Touched[]
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
): Promise<ImportResult & { readonly judged: Judged }> {
  const present = await useCase.objects()
  const saved = new Map(present.flatMap(({ kind, key, document }) => (kind === 'connection' ? [[key, document]] : [])))
  const judged = judge(given, { ...useCase.surroundings(present), saved })
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

  if (!dryRun) {
    const toSave = owner === 'file' ? judged.objects : [...created, ...changed]
    for (const { kind, key, document } of toSave) {
      await useCase.store.configuration.save({ kind, key, document, owner, savedBy: principal.name })
    }
    for (const { kind, key } of removed) await useCase.store.configuration.remove(kind, key, principal.name)
    if (created.length + changed.length + removed.length > 0) {
      await useCase.audit(
        principal,
        owner === 'file' ? 'configuration.apply' : 'configuration.import',
        'configuration',
        {
          created: created.map(nameOf),
          changed: changed.map(nameOf),
          removed: removed.map(nameOf),
        },
      )
    }
  }
  const touched = (list: readonly Touched[]) => list.map(({ kind, key }) => ({ kind, key }))
  return {
    created: touched(created),
    changed: touched(changed),
    unchanged: touched(unchanged),
    removed: touched(removed),
    judged,
  }
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

export function configurationUseCases(useCase: UseCase): Handlers['configuration'] {
  return {
    export: async () => {
      const objects = await useCase.objects()
      const section = (wanted: ConfigKind) =>
        Object.fromEntries(
          objects.flatMap(({ kind, key, document }) => (kind === wanted ? [[key, { ...document }]] : [])),
        )
      const document = { sources: section('source'), targets: section('target'), connections: section('connection') }
      return { document, yaml: yamlOf(document) }
    },
    async import({ principal }, { body: { dryRun, ...given } }) {
      const { created, changed, unchanged, judged } = await importConfiguration(useCase, principal, given, {
        owner: 'store',
        ...(dryRun === undefined ? {} : { dryRun }),
      })
      return {
        dryRun: dryRun ?? false,
        created: [...created],
        changed: [...changed],
        unchanged: [...unchanged],
        warnings: problemList(judged.advice),
      }
    },
    async validate(_caller, { body }) {
      const { problems, advice } = judge(body, useCase.surroundings(await useCase.objects()))
      return { valid: problems.length === 0, problems: problemList(problems), warnings: problemList(advice) }
    },
  }
}
