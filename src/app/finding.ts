import { z } from 'zod'
import { schemaAt, settingNames } from './schema-walk.ts'
import { didYouMean, nearest } from './suggestion.ts'

export type Path = readonly (string | number)[]

/** One thing that is wrong in a document of settings. */
export interface Finding {
  readonly path: Path
  /** Follows the name of the setting: `must be one of …`. */
  readonly message: string
  readonly hint?: string
  /** The name of the setting is wrong, not its value. */
  readonly atName?: boolean
}

/** `connections.staff.users.onLeft[0].action` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

type Issue = z.core.$ZodIssue

/** Says what a schema found in words an administrator can act on. `value` is the document the schema was given. */
export function findingsOf(
  issues: readonly Issue[],
  schema: z.ZodType,
  value: unknown,
  at: Path = [],
): readonly Finding[] {
  return issues.flatMap((issue) => explain(issue, schema, value, at))
}

function explain(issue: Issue, schema: z.ZodType, value: unknown, at: Path): readonly Finding[] {
  const steps = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  const path = [...at, ...steps]
  const given = valueAt(value, steps)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = settingNames(schemaAt(schema, steps))
      return issue.keys.map((name) => ({
        path: [...path, name],
        message: 'is not a setting',
        hint: didYouMean(name, known, 'settings here'),
        atName: true,
      }))
    }
    case 'invalid_type':
      return [{ path, ...wrongType(issue.expected, given) }]
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      if (given === undefined) return [{ path, message: 'is missing', hint: `Write one of ${allowed.join(', ')}.` }]
      const near = typeof given === 'string' ? nearest(given, allowed) : undefined
      return [
        {
          path,
          message: `must be ${allowed.length === 1 ? allowed[0] : `one of ${allowed.join(', ')}`}, not ${shown(given)}`,
          ...(near === undefined ? {} : { hint: `Did you mean "${near}"?` }),
        },
      ]
    }
    case 'invalid_union':
      return explainUnion(issue, schemaAt(schema, steps), given, path)
    case 'invalid_format':
      return [{ path, message: `${shown(given)} is not accepted`, hint: sentence(issue.message) }]
    case 'too_small':
    case 'too_big':
      return [{ path, message: outOfBounds(issue) }]
    case 'invalid_key':
      return issue.issues.map((inner) => ({
        path,
        message: 'is not a name that is accepted here',
        hint: sentence(inner.message),
        atName: true,
      }))
    case 'custom':
      return [{ path, ...custom(issue.message) }]
    default:
      return [{ path, message: issue.message.toLowerCase() }]
  }
}

/** Of all forms a value may have, the one the writer most likely meant. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  schema: z.ZodType | undefined,
  given: unknown,
  path: Path,
): readonly Finding[] {
  if (given === undefined) return [{ path, message: 'is missing' }]
  const ofThisShape = issue.errors.filter((branch) => !branch.some(isWrongShape))
  if (ofThisShape.length === 0) {
    const expected = [
      ...new Set(issue.errors.flat().flatMap((each) => ('expected' in each ? [inWords(each.expected)] : []))),
    ]
    return [{ path, message: `must be ${expected.join(' or ')}, not ${shown(given)}` }]
  }
  const unknownNames = (branch: readonly Issue[]) =>
    branch.flatMap((each) => (each.code === 'unrecognized_keys' && each.path.length === 0 ? each.keys : []))
  const fewest = Math.min(...ofThisShape.map((branch) => unknownNames(branch).length))
  const likely = ofThisShape.filter((branch) => unknownNames(branch).length === fewest)
  if (fewest > 0) {
    const names = unknownNames(likely[0]!)
    const known = settingNames(schema)
    return names.map((name) => ({
      path: [...path, name],
      message: known.includes(name) ? 'does not go together with what stands beside it' : 'is not a setting',
      ...(known.includes(name) ? {} : { hint: didYouMean(name, known, 'settings here') }),
      atName: true,
    }))
  }
  const branch = likely.toSorted((left, right) => left.length - right.length)[0]!
  return branch.flatMap((each) => explain(each, schema ?? z.unknown(), given, path))
}

function isWrongShape(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of settings',
}

function inWords(expected: string): string {
  return words[expected] ?? expected
}

function wrongType(expected: string, given: unknown): Omit<Finding, 'path'> {
  if (given === undefined) return { message: 'is missing', hint: `Write ${inWords(expected)}.` }
  const message = `must be ${inWords(expected)}, not ${shown(given)}`
  if (expected === 'string' && given !== null && typeof given !== 'object') {
    return { message, hint: `Put it in quotes: "${String(given)}".` }
  }
  if (expected === 'array' && typeof given === 'string') return { message, hint: `Write a list: [${given}].` }
  if (expected === 'boolean') return { message, hint: 'Write true or false, without quotes.' }
  return { message }
}

function outOfBounds(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const isLow = issue.code === 'too_small'
  const bound = Number(isLow ? issue.minimum : issue.maximum)
  const least = isLow ? 'at least' : 'at most'
  if (issue.origin === 'string')
    return isLow && bound === 1 ? 'must not be empty' : `must have ${least} ${bound} characters`
  if (issue.origin === 'array')
    return isLow && bound === 1 ? 'must not be empty' : `must have ${least} ${bound} entries`
  return `must be ${least} ${bound}`
}

function custom(message: string): Omit<Finding, 'path'> {
  const expression = /^is not a regular expression RE2 can run: (?:error parsing regexp: )?(.*)$/s.exec(message)
  if (expression === null) return { message: message.charAt(0).toLowerCase() + message.slice(1) }
  return {
    message: `is not a regular expression that can be run: ${expression[1]}`,
    hint: 'RE2 syntax is used: no look-ahead, no look-behind, no back references.',
  }
}

/** A value as it is quoted in a message: short, on one line. */
export function shown(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of settings'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Record<PropertyKey, unknown>)[step]
  }
  return here
}
