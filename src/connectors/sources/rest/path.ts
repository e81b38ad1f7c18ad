import { z } from 'zod'

/** One step of a path. */
type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' }
  | { readonly kind: 'where'; readonly name: string; readonly equals: string }

/** A path into JSON, e.g. `$.user.emails[?(@.type=='work')].value`. Nothing of it is ever carried out as code. */
export interface JsonPath {
  readonly text: string
  readonly steps: readonly Step[]
}

const stepShapes: readonly [RegExp, (found: RegExpExecArray) => Step][] = [
  [/^\.([\p{L}_$@][\p{L}\p{N}_$@-]*)/u, ([, name = '']) => ({ kind: 'name', name })],
  [/^\[(?:'([^'\]]+)'|"([^"\]]+)")\]/, ([, single, double]) => ({ kind: 'name', name: single ?? double ?? '' })],
  [/^\[(\d{1,6})\]/, ([, index]) => ({ kind: 'index', index: Number(index) })],
  [/^(?:\[\*\]|\.\*)/, () => ({ kind: 'each' })],
  [
    /^\[\?\(?@\.([\p{L}_][\p{L}\p{N}_-]*)\s*==\s*(?:'([^']*)'|"([^"]*)"|(true|false|-?\d+))\)?\]/u,
    ([, name = '', single, double, bare]) => ({ kind: 'where', name, equals: single ?? double ?? bare ?? '' }),
  ],
]

/** A subset of RFC 9535: names, indexes, `[*]` and one equality. Undefined where the text is something else. */
export function parsePath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined
  const steps: Step[] = []
  let rest = text.slice(1)
  while (rest !== '') {
    const step = stepAt(rest)
    if (step === undefined) return undefined
    steps.push(step.step)
    rest = rest.slice(step.length)
  }
  return { text, steps }
}

function stepAt(rest: string) {
  for (const [shape, make] of stepShapes) {
    const found = shape.exec(rest)
    if (found !== null) return { step: make(found), length: found[0].length }
  }
  return undefined
}

/** Everything a path leads to; an empty list where it leads nowhere. */
export function valuesAt(value: unknown, { steps }: JsonPath): readonly unknown[] {
  let found: readonly unknown[] = [value]
  for (const step of steps) found = found.flatMap((each) => inside(each, step))
  return found
}

/** What a path leads to, if it is just one thing. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  return valuesAt(value, path)[0]
}

function inside(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  switch (step.kind) {
    case 'name':
      return Object.hasOwn(value, step.name) ? [Reflect.get(value, step.name)] : []
    case 'index':
      return Array.isArray(value) && step.index < value.length ? [value[step.index]] : []
    case 'each':
      return Object.values(value)
    case 'where':
      return Object.values(value).filter((each) => textOf(valueAt(each, nameOnly(step.name))) === step.equals)
  }
}

function nameOnly(name: string): JsonPath {
  return { text: name, steps: [{ kind: 'name', name }] }
}

/** A text, number or truth value as text; undefined for everything else and for an empty text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The texts a path leads to, also those of a list at its end. */
export function textsAt(value: unknown, path: JsonPath): readonly string[] {
  return valuesAt(value, path)
    .flatMap((each) => (Array.isArray(each) ? each : [each]))
    .flatMap((each) => textOf(each) ?? [])
}

/** A path as it stands in settings. */
export const jsonPath = z
  .string()
  .max(500)
  .refine((text) => parsePath(text) !== undefined, {
    error: "write a path such as $.data, $.name.first, $.emails[0], $.emails[?(@.type=='work')].value or $",
  })

/** A path that the settings have checked. */
export function path(text: string): JsonPath {
  return parsePath(text) ?? { text, steps: [] }
}
