import type { z } from 'zod'
import { Secret } from '../platform/secret.ts'
import { type Finding, type Path, pathText } from './finding.ts'
import { didYouMean } from './suggestion.ts'

/** Where a secret is: a variable, a file, or sealed in the store. Documents hold nothing else. */
export type SecretReference = { readonly env: string } | { readonly file: string } | { readonly sealed: true }

/** Stands in for a secret while the other settings are judged. */
export const placeholder = new Secret('placeholder')

/** Names of the settings of a connector that hold a secret. */
export function secretFields(config: z.ZodObject): readonly string[] {
  return Object.entries(config.shape).flatMap(([name, schema]) => {
    const field = schema as z.ZodType
    return field.safeParse(placeholder).success && !field.safeParse('placeholder').success ? [name] : []
  })
}

export function isReference(value: unknown): value is SecretReference {
  return checkReference(value, []) === undefined
}

/** What is wrong with a reference. Never quotes the value: it may be the secret itself. */
export function checkReference(value: unknown, path: Path): Finding | undefined {
  const hint = `Write { env: ${suggestedVariable(path)} } or { file: /path/to/secret }.`
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { path, message: 'holds a secret in plain text', hint }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { path, message: 'must say where the secret is', hint }
  }
  const [name, ...more] = Object.keys(value)
  if (name === undefined || more.length > 0) {
    return { path, message: 'must say in exactly one way where the secret is', hint }
  }
  const given = (value as Record<string, unknown>)[name]
  switch (name) {
    case 'env':
      if (typeof given === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(given)) return undefined
      return { path: [...path, name], message: 'must be the name of an environment variable', hint }
    case 'file':
      if (typeof given === 'string' && given !== '') return undefined
      return { path: [...path, name], message: 'must be the path of a file', hint }
    case 'sealed':
      if (given === true) return undefined
      return { path: [...path, name], message: 'must be true', hint }
    default:
      return {
        path: [...path, name],
        message: 'is not a place for a secret',
        hint: `${didYouMean(name, ['env', 'file', 'sealed'], 'places')} ${hint}`,
        atName: true,
      }
  }
}

/** `JIRA_API_TOKEN` for `targets.jira.apiToken`. */
function suggestedVariable(path: Path): string {
  const [owner, field] = path.slice(-2)
  if (field === undefined) return 'NAME'
  return pathText([`${owner}_${field}`])
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replace(/^(\d)/, '_$1')
    .toUpperCase()
}
