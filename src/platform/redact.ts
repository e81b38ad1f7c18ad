import { Secret } from './secret.ts'

/** The one place that takes secrets out of what is logged or shown. */
const masked = '[secret]'

const secretName = /authorization|cookie|password|passwd|secret|token$|apikey|api-key|api_key|privatekey/i

const secretShapes: readonly [RegExp, string][] = [
  [/\b(basic|bearer)\s+[\w+/=.~-]{8,}/gi, `$1 ${masked}`],
  // Atlassian API tokens and organization keys begin with ATATT or ATCTT.
  [/\bAT[A-Z]{1,4}T3[\w=+/-]{16,}/g, masked],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, masked],
  [/(\/\/)[^/\s:@]+:[^/\s@]+@/g, `$1${masked}@`],
  [/([?&](?:access_token|token|api_key|apikey|password|secret)=)[^&\s"]+/gi, `$1${masked}`],
]

/** Text without anything that looks like a credential, and without the given values. */
export function redactText(text: string, known: readonly string[] = []): string {
  let clean = text
  for (const value of known) if (value.length >= 4) clean = clean.replaceAll(value, masked)
  for (const [shape, instead] of secretShapes) clean = clean.replace(shape, instead)
  return clean
}

/** A copy for the log: secrets masked by name, class and shape; errors as plain fields; deep structures cut. */
export function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? String(value) : value
  if (value instanceof Secret) return masked
  if (depth > 6) return '[deep]'
  if (value instanceof Error) return errorFields(value, depth)
  if (value instanceof Date || value instanceof URL) return redactText(String(value))
  if (Array.isArray(value)) return value.map((each) => redactFields(each, depth + 1))
  if (value instanceof Map || value instanceof Headers) return redactFields(Object.fromEntries(value), depth)
  if (value instanceof Set) return redactFields([...value], depth)
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      secretName.test(name) && field !== undefined && field !== null && typeof field !== 'boolean'
        ? masked
        : redactFields(field, depth + 1),
    ]),
  )
}

function errorFields(error: Error & { code?: unknown; hint?: unknown }, depth: number): unknown {
  return {
    name: error.name,
    ...(error.code === undefined ? {} : { code: redactFields(error.code, depth + 1) }),
    message: redactText(error.message),
    ...(error.hint === undefined ? {} : { hint: redactFields(error.hint, depth + 1) }),
    ...(error.cause === undefined ? {} : { cause: redactFields(error.cause, depth + 1) }),
    // A named error of ours explains itself; anything else needs its place.
    ...(error.code === undefined || error.code === 'bug' ? { stack: redactText(error.stack ?? '') } : {}),
  }
}
