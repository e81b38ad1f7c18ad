import { RE2JS } from 're2js'
import { z } from 'zod'
import { type Attributes, type AttributeValue, firstValue } from './identity.ts'
import { regexSchema } from './pattern.ts'
import { replacementFaults, replacementText } from './replacement.ts'

const flag = z.literal(true)

/** One step of a chain. Each step is an object with exactly one key, so that a YAML list reads like a sentence. */
const stepSchema = z.union([
  z.strictObject({ trim: flag }),
  z.strictObject({ lower: flag }),
  z.strictObject({ upper: flag }),
  /** The part before the first occurrence of a text; the whole value if it does not occur. */
  z.strictObject({ before: z.string().min(1) }),
  z.strictObject({ after: z.string().min(1) }),
  z.strictObject({ prefix: z.string() }),
  z.strictObject({ suffix: z.string() }),
  /** RE2; `$1` and `${name}` in `replace`; a value the pattern does not match is left as it is (D10). */
  z.strictObject({
    regex: z
      .strictObject({ pattern: regexSchema, replace: z.string() })
      .superRefine(({ pattern, replace }, context) => {
        for (const message of replacementFaults(pattern, replace)) {
          context.addIssue({ code: 'custom', path: ['replace'], message })
        }
      }),
  }),
  /** Other attributes appended, empty ones left out. */
  z.strictObject({
    join: z.strictObject({ with: z.array(z.string()).nonempty(), separator: z.string().default(' ') }),
  }),
  /** Another attribute when there is no value so far. */
  z.strictObject({ fallback: z.string().min(1) }),
  z.strictObject({
    lookup: z.strictObject({ table: z.record(z.string(), z.string()), otherwise: z.string().optional() }),
  }),
  z.strictObject({ constant: z.string() }),
])
export type Step = z.output<typeof stepSchema>

export const stepsSchema = z.array(stepSchema).max(50)

/** `email: mail`, or `email: { from: mail, steps: [...], onlyIfEmpty: true }`. */
export const mappingRuleSchema = z.union([
  z
    .string()
    .min(1)
    .transform((from) => ({ from, steps: [] as Step[], onlyIfEmpty: false })),
  z.strictObject({
    from: z.string().min(1).optional(),
    steps: stepsSchema.default([]),
    /** Never overwrites a value the target already has. */
    onlyIfEmpty: z.boolean().default(false),
  }),
])
export type MappingRule = z.output<typeof mappingRuleSchema>

/** `badge: employeeNumber`, or `badge: { name: Badge number, from: employeeNumber, steps: [...] }` (D12). */
export const customAttributeSchema = z.union([
  z
    .string()
    .min(1)
    .transform((from): CustomAttribute => ({ from, steps: [], onlyIfEmpty: false })),
  z
    .strictObject({
      /** What people call it; may change at any time, the values stay with the id. Absent = the id. */
      name: z.string().trim().min(1).max(100).optional(),
      from: z.string().min(1).optional(),
      steps: stepsSchema.default([]),
    })
    .transform((rule): CustomAttribute => ({ ...rule, onlyIfEmpty: false })),
])
export type CustomAttribute = MappingRule & { readonly name?: string | undefined }

/** The immutable id under which a target keeps the values of a custom attribute. */
export const customIdSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'use a letter and then up to 63 letters, digits, hyphens and underscores')
  .refine((id) => !(id in {}), 'is a word that programs use themselves; take another one')

/** Every source attribute a rule reads, also those it only joins or falls back to. */
export function attributesRead({ from, steps }: MappingRule): ReadonlySet<string> {
  const names = new Set(from === undefined ? [] : [from])
  for (const step of steps) {
    if ('fallback' in step) names.add(step.fallback)
    if ('join' in step) for (const name of step.join.with) names.add(name)
  }
  return names
}

/** The mapped value: a text, `null` = empty at the source, undefined = unknown (D21). */
export type Mapped = string | null | undefined

/**
 * Compiles a rule: expressions are compiled once, not once a person. `emptyIfAbsent` = attributes whose absence from a
 * record means that they are empty (D21).
 */
export function mappingRule(
  rule: MappingRule,
  emptyIfAbsent: ReadonlySet<string> = noNames,
): (attributes: Attributes) => Mapped {
  const read: Read = (attributes, name) => {
    const value = attributes[name]
    return asMapped(value === undefined && emptyIfAbsent.has(name) ? null : value)
  }
  const steps = rule.steps.map((step) => compileStep(step, read))
  const { from } = rule
  return (attributes) => {
    let value: Mapped = from === undefined ? undefined : read(attributes, from)
    for (const step of steps) value = step(value, attributes)
    return value === '' ? null : value
  }
}

/** Compiles a chain for names of groups. */
export function nameChain(steps: readonly Step[]): (name: string) => string {
  const compiled = steps.map((step) => compileStep(step, () => undefined))
  return (name) => {
    let value: Mapped = name
    for (const step of compiled) value = step(value, {})
    return value ?? ''
  }
}

type CompiledStep = (value: Mapped, attributes: Attributes) => Mapped
type Read = (attributes: Attributes, name: string) => Mapped

const noNames: ReadonlySet<string> = new Set()

function onText(change: (text: string) => string): CompiledStep {
  return (value) => (typeof value === 'string' ? change(value) : value)
}

function compileStep(step: Step, read: Read): CompiledStep {
  if ('trim' in step) return onText((text) => text.trim())
  if ('lower' in step) return onText((text) => text.toLowerCase())
  if ('upper' in step) return onText((text) => text.toUpperCase())
  if ('before' in step) return onText((text) => part(text, step.before, 'before'))
  if ('after' in step) return onText((text) => part(text, step.after, 'after'))
  if ('prefix' in step) return onText((text) => step.prefix + text)
  if ('suffix' in step) return onText((text) => text + step.suffix)
  if ('regex' in step) {
    const pattern = RE2JS.compile(step.regex.pattern)
    const replacement = replacementText(step.regex.replace)
    return onText((text) => {
      const found = pattern.matcher(text)
      return found.find() ? found.replaceAll(replacement) : text
    })
  }
  if ('join' in step) {
    return (value, attributes) => {
      const parts = [value, ...step.join.with.map((name) => read(attributes, name))]
      const filled = parts.filter((each): each is string => typeof each === 'string' && each !== '')
      if (filled.length > 0) return filled.join(step.join.separator)
      return parts.includes(undefined) ? undefined : null
    }
  }
  if ('fallback' in step) {
    return (value, attributes) =>
      typeof value === 'string' && value !== '' ? value : (read(attributes, step.fallback) ?? value)
  }
  if ('lookup' in step) {
    const { table, otherwise } = step.lookup
    return onText((text) => (Object.hasOwn(table, text) ? table[text]! : (otherwise ?? text)))
  }
  return () => step.constant
}

function part(text: string, mark: string, side: 'before' | 'after'): string {
  const at = text.indexOf(mark)
  if (at < 0) return text
  return side === 'before' ? text.slice(0, at) : text.slice(at + mark.length)
}

function asMapped(value: AttributeValue | undefined): Mapped {
  if (value === undefined) return undefined
  return firstValue(value) ?? null
}
