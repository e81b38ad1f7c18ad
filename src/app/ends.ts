import type { CheckReport, EndSummary } from '../contract/ends.ts'
import type { Handlers, Principal } from '../contract/routes.ts'
import { asProvisioningError, type ErrorCode, ProvisioningError } from '../domain/errors.ts'
import { isoTime } from '../platform/clock.ts'
import type { ConfigObject, SavedWith, SettingKind } from '../ports/configuration.ts'
import type { CheckStep, CheckTable } from '../ports/readable.ts'
import { audienceOf } from './audience.ts'
import { endKinds } from './configuration-check.ts'
import type { Document } from './documents.ts'
import { type EndChecks, endStateOf } from './end-state.ts'
import {
  findingsFor,
  historyOf,
  objectView,
  refuseFindings,
  refuseManagedByFile,
  removeObject,
  saveObject,
  withoutSealed,
} from './objects.ts'
import { isReference, secretFields } from './secret-reference.ts'
import { isSet, secretOwner } from './secret-values.ts'
import type { directoryUseCases } from './target-directory.ts'
import { pageOf, type UseCase } from './use-case.ts'

/** The doctor gives up after this long, and after this many steps. */
const checkTimeoutMs = 120_000
const maxSteps = 200

/** Sources and targets: the same acts on either side. */
export function endUseCases(
  useCase: UseCase,
  kind: 'source' | 'target',
  checks: EndChecks,
): Omit<Handlers['targets'], keyof ReturnType<typeof directoryUseCases>> {
  const kinds = endKinds(useCase.catalog, kind)
  const kindOf = (document: Document) => kinds.find(({ type }) => type === document.type)

  const summaryOf = async (object: ConfigObject): Promise<EndSummary> => ({
    ...objectView(object),
    type: String(object.document.type),
    title: kindOf(object.document)?.title ?? String(object.document.type),
    state: await endStateOf(useCase, object, checks),
  })

  return {
    async list(_caller, { query }) {
      const { items, next } = pageOf(await useCase.objects(kind), query)
      return { items: await Promise.all(items.map(summaryOf)), next }
    },

    async get(_caller, { params }) {
      const object = await useCase.object(kind, params.key)
      const { document } = object
      const fields = kindOf(document) === undefined ? [] : secretFields(kindOf(document)!.config)
      const secrets = await Promise.all(fields.map((field) => secretState(useCase, kind, object, field)))
      return { ...(await summaryOf(object)), document: withoutSealed(document), secrets }
    },

    async put({ principal }, { params: { key }, body }) {
      const present = await useCase.store.configuration.get(kind, key)
      if (present?.owner === 'file') refuseManagedByFile(kind, key)
      const fields = secretFields(kinds.find(({ type }) => type === body.document.type)?.config ?? noFields)
      const { document, values } = takeSecrets(body.document, fields)
      refuseFindings(kind, key, (await findingsFor(useCase, kind, key, document)).findings)
      const secrets = secretsOf(document, values, fields)
      const saved = await saveObject(useCase, principal, kind, key, document, { basedOn: body.basedOn, secrets })
      await auditSecrets(useCase, principal, secretOwner(kind, key), values)
      checks.forget(kind, key)
      return { ...saved, changed: saved.changed || values.size > 0 }
    },

    async delete({ principal }, { params: { key } }) {
      const removed = await removeObject(useCase, principal, kind, key)
      checks.forget(kind, key)
      return removed
    },

    history: (_caller, { params, query }) => historyOf(useCase, kind, params.key, query),

    async check({ principal, signal }, { params: { key } }) {
      const object = await useCase.object(kind, key)
      const steps = await diagnose(useCase, object, AbortSignal.any([signal, AbortSignal.timeout(checkTimeoutMs)]))
      const report: CheckReport = {
        ok: !steps.some(({ status }) => status === 'failed'),
        steps: steps.map(({ table, ...step }) => (table === undefined ? step : { ...step, table: copyOf(table) })),
        checkedAt: isoTime(useCase.clock.now()),
      }
      checks.remember(kind, key, report)
      await useCase.audit(principal, `${kind}.check`, `${kind}:${key}`, { ok: report.ok })
      return report
    },
  }
}

function copyOf({ columns, rows }: CheckTable) {
  return { columns: [...columns], rows: rows.map((row) => [...row]) }
}

/** Runs the doctor of a connector; whatever it throws becomes its last step. */
async function diagnose(useCase: UseCase, object: ConfigObject, signal: AbortSignal): Promise<readonly CheckStep[]> {
  const steps: CheckStep[] = []
  try {
    const isTarget = object.kind === 'target'
    const ready = await (isTarget ? useCase.target(object) : useCase.source(object))
    const audience = isTarget ? await audienceOf(useCase, object.key, signal) : undefined
    const end = ready.open()
    try {
      for await (const step of end.check(signal, audience)) {
        steps.push(step)
        if (steps.length >= maxSteps) break
      }
    } finally {
      await end.close()
    }
  } catch (thrown) {
    steps.push(...failedSteps(signal.aborted ? signal.reason : thrown))
  }
  return steps
}

function failedSteps(thrown: unknown): readonly CheckStep[] {
  const timedOut = thrown instanceof DOMException && thrown.name === 'TimeoutError'
  if (timedOut) {
    const message = `The check did not end within ${checkTimeoutMs / 1000} s.`
    return [{ name: 'time', status: 'failed', message, code: 'unreachable' }]
  }
  const error = thrown instanceof ProvisioningError ? thrown : asProvisioningError(thrown)
  const name = error.code === 'config-invalid' ? 'settings' : 'check'
  const step = (message: string, hint: string | undefined, code: ErrorCode): CheckStep => ({
    name,
    status: 'failed',
    message,
    code,
    ...(hint === undefined ? {} : { remedy: hint }),
  })
  if (error.problems.length === 0) return [step(error.message, error.hint, error.code)]
  return error.problems.map((problem) => step(problem.message, problem.hint, error.code))
}

const noFields = { shape: {} } as Parameters<typeof secretFields>[0]

/** Parts a document from the secrets that were handed over with it. */
export function takeSecrets(given: Document, fields: readonly string[]) {
  const values = new Map<string, string>()
  const document = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (!fields.includes(name) || typeof value !== 'object' || value === null) return [name, value]
      const reference = value as { value?: unknown; set?: unknown }
      if (Object.keys(value).length !== 1) return [name, value]
      if (typeof reference.value === 'string' && reference.value !== '') {
        values.set(name, reference.value)
        return [name, { sealed: true }]
      }
      return [name, reference.set === true ? { sealed: true } : value]
    }),
  )
  return { document, values }
}

/** What is to be sealed with a document, and which of the secrets sealed before it still names. */
export function secretsOf(
  document: Document,
  values: ReadonlyMap<string, string>,
  fields: readonly string[],
): NonNullable<SavedWith['secrets']> {
  return {
    put: new Map([...values].map(([field, value]) => [field, { value, expires: expiryOf(document, field) }])),
    keep: fields.filter((field) => isSealedReference(document[field])),
  }
}

export async function auditSecrets(
  useCase: UseCase,
  principal: Principal,
  owner: string,
  values: ReadonlyMap<string, string>,
): Promise<void> {
  for (const field of values.keys()) await useCase.audit(principal, 'secret.set', `${owner}.${field}`)
}

export function isSealedReference(value: unknown): boolean {
  return isReference(value) && 'sealed' in value
}

export async function sealedFields({ store }: UseCase, owner: string) {
  return (await store.secrets.list()).filter((each) => each.owner === owner)
}

/** `apiTokenExpires: 2027-03-01` beside `apiToken`: ends at 00:00 UTC of the named day (D13). */
export function expiryOf(document: Document, field: string): number | undefined {
  const date = document[`${field}Expires`]
  const at = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

/** Where a secret is and whether it can be had right now; never what it is. */
export async function secretState<Kind extends 'source' | 'target' | SettingKind>(
  useCase: UseCase,
  kind: Kind,
  object: Pick<ConfigObject<Kind>, 'document' | 'key' | 'owner'>,
  field: string,
) {
  const { document, key } = object
  const reference = document[field]
  const expires = expiryOf(document, field)
  const shared = { field, expires: expires === undefined ? undefined : isoTime(expires) }
  if (!isReference(reference)) return { ...shared, from: 'none' as const, set: false }
  const set = await isSet(reference, secretOwner(kind, key), field, useCase.placesFor(object))
  if ('env' in reference) return { ...shared, from: 'env' as const, name: reference.env, set }
  if ('file' in reference) return { ...shared, from: 'file' as const, name: reference.file, set }
  return { ...shared, from: 'sealed' as const, set }
}
