import type { Attributes } from '../../domain/identity.ts'
import { attributesRead, type Mapped, mappingRule, stepsSchema } from '../../domain/mapping.ts'
import { isDocument } from './document.ts'

/** A mapping rule as it is edited: `from` and a chain of steps. */
export interface DraftRule {
  readonly from?: string | undefined
  readonly steps: readonly unknown[]
  readonly onlyIfEmpty?: boolean
}

export const stepKinds = [
  'trim',
  'lower',
  'upper',
  'before',
  'after',
  'prefix',
  'suffix',
  'regex',
  'join',
  'fallback',
  'lookup',
  'constant',
] as const
export type StepKind = (typeof stepKinds)[number]

/** Steps that need no other attribute, for names of groups. */
export const nameStepKinds = stepKinds.filter((kind) => !['join', 'fallback', 'constant'].includes(kind))

export function kindOf(step: unknown): StepKind | undefined {
  return isDocument(step) ? stepKinds.find((kind) => kind in step) : undefined
}

/** A step of a kind as it is added, before anything is typed into it. */
export function newStep(kind: StepKind): unknown {
  switch (kind) {
    case 'trim':
    case 'lower':
    case 'upper':
      return { [kind]: true }
    case 'regex':
      return { regex: { pattern: '', replace: '' } }
    case 'join':
      return { join: { with: [], separator: ' ' } }
    case 'lookup':
      return { lookup: { table: {} } }
    default:
      return { [kind]: '' }
  }
}

/** A rule as a document writes it: `mail`, or `{ from, steps, onlyIfEmpty }`. */
export function ruleIn(written: unknown): DraftRule | undefined {
  if (typeof written === 'string') return { from: written, steps: [] }
  if (!isDocument(written)) return undefined
  const { from, steps, onlyIfEmpty } = written
  return {
    ...(typeof from === 'string' ? { from } : {}),
    steps: Array.isArray(steps) ? steps : [],
    ...(onlyIfEmpty === true ? { onlyIfEmpty } : {}),
  }
}

/** The shortest way to write it. `more` = what stands in the document beside the rule, e.g. a name. */
export function writtenRule(
  { from, steps, onlyIfEmpty }: DraftRule,
  more: Readonly<Record<string, unknown>> = {},
): unknown {
  const isPlain = steps.length === 0 && onlyIfEmpty !== true && Object.keys(more).length === 0
  if (isPlain && from !== undefined && from !== '') return from
  return {
    ...more,
    ...(from === undefined || from === '' ? {} : { from }),
    ...(steps.length === 0 ? {} : { steps }),
    ...(onlyIfEmpty === true ? { onlyIfEmpty } : {}),
  }
}

/**
 * The value of somebody before the chain and after each step, by the very code of a plan: text, null = empty, undefined =
 * unknown. Ends before the first step that is not complete yet.
 */
export function traceOf(
  { from, steps }: DraftRule,
  attributes: Attributes,
  absentMeansEmpty: boolean,
): readonly Mapped[] {
  const values: Mapped[] = []
  for (let count = 0; count <= steps.length; count++) {
    const parsed = stepsSchema.safeParse(steps.slice(0, count))
    if (!parsed.success) return values
    const rule = { from: from === '' ? undefined : from, steps: parsed.data, onlyIfEmpty: false }
    values.push(mappingRule(rule, absentMeansEmpty ? attributesRead(rule) : undefined)(attributes))
  }
  return values
}
