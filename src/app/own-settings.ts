import { isDeepStrictEqual } from 'node:util'
import type { Principal } from '../contract/routes.ts'
import { fail, type Problem } from '../domain/errors.ts'
import type { ConfigObject, SettingKind } from '../ports/configuration.ts'
import type { Document } from './documents.ts'
import { auditSecrets, isSealedReference, sealedFields, secretsOf, takeSecrets } from './ends.ts'
import type { Finding } from './finding.ts'
import { secretOwner } from './secret-values.ts'
import { documentChanges } from './settings-change.ts'
import type { UseCase } from './use-case.ts'
import { unplaced } from './yaml-text.ts'

/** Settings of the installation itself: what a channel and the sign-in have in common when the store keeps them. */
export interface OwnSetting {
  readonly kind: SettingKind
  readonly key: string
  /** How a message calls it: `The channel "oncall"`. */
  readonly called: string
  readonly secrets: readonly string[]
  /** Settings that are lists of rules: what was changed is told rule by rule, in these words. */
  readonly lists?: Readonly<Record<string, (rule: unknown) => string>>
  /** Addresses by which whoever knows them may get in: the audit log names their hosts. */
  readonly delicate?: readonly string[]
  /** Settings that say where secrets are sent: one that is kept was given for the former place alone. */
  readonly sentTo: readonly string[]
  /** Everything that is wrong with it, secrets being references. */
  check(document: Document): readonly Finding[]
}

/** Settings as somebody wants them, held against what is kept. */
export interface Wanted {
  readonly setting: OwnSetting
  readonly document: Document
  /** Secrets that were handed over with them. */
  readonly values: ReadonlyMap<string, string>
  readonly before: ConfigObject<SettingKind> | undefined
  /** One sentence for each setting; secrets are never shown. Empty when nothing would change. */
  readonly changes: readonly string[]
  /** Secrets that it says are sealed and that nobody sealed here; only an import may bring such. */
  readonly missing: readonly string[]
}

/** What became of settings that a configuration names: judged together with all of it, saved only when all of it fits. */
export interface ImportedSetting {
  readonly kind: SettingKind
  readonly key: string
  readonly state: 'created' | 'changed' | 'unchanged'
  readonly changes: readonly string[]
  readonly warnings: readonly Problem[]
  /** Throws `conflict` when another version was saved since it was judged. */
  save(): Promise<void>
}

/** Judges settings of one kind for an import. Throws `config-invalid`, `not-writable`, `conflict`. */
export type JudgeImport = (
  principal: Principal,
  key: string,
  document: Document,
  publicUrl: string | undefined,
) => Promise<ImportedSetting>

/** Judges settings that are to be saved or tried. Throws `config-invalid` with all problems at once. */
export async function judgeSetting(
  useCase: UseCase,
  setting: OwnSetting,
  given: Document,
  act: 'saved' | 'tried' | 'imported' = 'saved',
): Promise<Wanted> {
  const { kind, key, called, secrets, sentTo, lists = {} } = setting
  const before = await useCase.store.settings.get(kind, key)
  // A file holds references and never a secret, so there is nothing to take out of it.
  const { document, values } =
    act === 'imported' ? { document: given, values: new Map<string, string>() } : takeSecrets(given, secrets)
  const sealed = (await sealedFields(useCase, secretOwner(kind, key))).map(({ field }) => field)
  const kept = secrets.filter((field) => isSealedReference(document[field]) && !values.has(field))
  const missing = kept.filter((field) => !sealed.includes(field))
  const moved = sentTo.filter((name) => before !== undefined && before.document[name] !== document[name])
  const findings = [
    ...setting.check(document),
    ...kept.flatMap<Finding>((field) =>
      missing.includes(field)
        ? act === 'imported'
          ? []
          : [{ path: [field], message: 'is not set: no secret is sealed for it here', hint: 'Enter the secret.' }]
        : moved.length === 0
          ? []
          : [
              {
                path: [field],
                message: `was given for another ${moved.join(' and ')}, and is not sent to the new one`,
                hint: 'Enter the secret again.',
              },
            ],
    ),
  ]
  if (findings.length > 0) {
    const problems = findings.map(unplaced)
    throw fail.configInvalid(`${called} was not ${act}. ${problems[0]?.message ?? ''}`.trim(), { problems })
  }
  const isFresh = (field: string) => values.has(field)
  const changes = [
    ...documentChanges(before?.document ?? {}, document, secrets, (path) => !Object.hasOwn(lists, path)),
    ...Object.entries(lists).flatMap(([name, words]) =>
      ruleChanges(name, entriesOf(before?.document[name]).map(words), entriesOf(document[name]).map(words)),
    ),
    ...secrets.filter(isFresh).map((field) => `${field} was changed`),
  ]
  return { setting, document, values, before, changes: [...new Set(changes)], missing }
}

function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function ruleChanges(name: string, before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...before.filter((each) => !after.includes(each)).map((each) => `${name}: no longer: ${each}`),
    ...after.filter((each) => !before.includes(each)).map((each) => `${name}: new: ${each}`),
  ]
}

/**
 * Saves what was judged, and writes down what it changes; a dry run saves nothing and has no version. Throws `conflict`
 * when another version was saved since, in a dry run too.
 */
export async function saveSetting(
  useCase: UseCase,
  principal: Principal,
  wanted: Wanted,
  { basedOn, dryRun }: { readonly basedOn: number | undefined; readonly dryRun: boolean },
): Promise<number | undefined> {
  const { setting, document, values, changes } = wanted
  const { kind, key, secrets, delicate = [] } = setting
  if (dryRun) {
    await useCase.store.settings.refuseOvertaken(kind, key, basedOn)
    return undefined
  }
  const { version } = await useCase.store.settings.save(
    { kind, key, document, owner: 'store', savedBy: principal.name },
    { basedOn, secrets: secretsOf(document, values, secrets) },
  )
  await auditSecrets(useCase, principal, secretOwner(kind, key), values)
  if (changes.length === 0) return version
  await useCase.audit(principal, `${kind}.save`, `${kind}:${key}`, {
    version,
    changes: changes.map((each) => (delicate.some((name) => each.startsWith(`${name}: `)) ? hostsOf(each) : each)),
  })
  return version
}

function hostsOf(sentence: string): string {
  return sentence.replace(/(https?:\/\/)(?:[^/"?#]*@)?([^/"?#]+)[^"\s]*/g, '$1$2/…')
}

/** Whether an import would save it. */
export function stateOf({ before, document }: Wanted): ImportedSetting['state'] {
  if (before === undefined) return 'created'
  return isDeepStrictEqual(before.document, document) ? 'unchanged' : 'changed'
}

/** What an import says about a secret that was sealed in another installation. `command` saves it here. */
export function missingSecrets({ setting, missing }: Wanted, command: string): readonly Problem[] {
  return missing.map((field) => ({
    message: `${setting.called}: ${field} is sealed in another store; here it is not set.`,
    hint: `Enter it: ${command} --merge --secret-stdin ${field}`,
  }))
}

/** Takes it out of use; its versions stay, its sealed secrets do not. Throws `not-found`. */
export async function removeSetting(
  useCase: UseCase,
  principal: Principal,
  kind: SettingKind,
  key: string,
): Promise<void> {
  await useCase.store.settings.remove(kind, key, principal.name)
  await useCase.audit(principal, `${kind}.delete`, `${kind}:${key}`)
}
