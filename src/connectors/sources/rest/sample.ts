import { redactFields, redactText } from '../../../platform/redact.ts'
import { leftOut } from './translate.ts'

/** What of an answer is shown: its shape, and enough values to recognise what is where. */
const shownEntries = 3
const shownNames = 60
const deepest = 8
const longestText = 200
const longestSample = 20_000

/** An answer for people to look at: lists and texts shortened, secrets masked. `secrets` are values never to be shown. */
export function sampleOf(text: string, secrets: readonly string[]): string {
  const json = parsedOrNone(text)
  // Shortened first, so that nothing large is searched for secrets.
  const shown =
    json === undefined
      ? beginning(text, longestSample, secrets)
      : JSON.stringify(redactFields(shortened(json, secrets)), null, 2)
  const clean = redactText(shown, secrets)
  return clean.length > longestSample ? `${clean.slice(0, longestSample)}\n…` : clean
}

function parsedOrNone(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A text cut so that it never ends with half a secret, which nobody would recognise any more. */
function beginning(text: string, longest: number, secrets: readonly string[]): string {
  if (text.length <= longest) return text
  let end = longest
  for (const secret of secrets) {
    const from = Math.max(0, end - secret.length + 1)
    const at = text.slice(from, end + secret.length - 1).indexOf(secret)
    if (at >= 0 && secret !== '') end = from + at
  }
  return `${text.slice(0, end)}…`
}

function shortened(value: unknown, secrets: readonly string[], depth = 0): unknown {
  // Masked before it is quoted: in JSON a secret may be written otherwise.
  if (typeof value === 'string') return redactText(beginning(value, longestText, secrets), secrets)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return '…'
  if (Array.isArray(value)) {
    const first = value.slice(0, shownEntries).map((each) => shortened(each, secrets, depth + 1))
    return value.length > shownEntries ? [...first, `… and ${value.length - shownEntries} more`] : first
  }
  const fields = Object.entries(value)
  const shown = fields
    .slice(0, shownNames)
    .map(([name, field]) => [name, leftOut.test(name) ? '[secret]' : shortened(field, secrets, depth + 1)])
  if (fields.length > shownNames) shown.push(['…', `and ${fields.length - shownNames} more`])
  return Object.fromEntries(shown)
}

/** Where values are in an entry or an answer, as paths: `$.name.first`, `$.emails[0].value`. Names only, no values. */
export function pathsIn(value: unknown, most = 30): readonly string[] {
  const found: string[] = []
  const walk = (at: string, inner: unknown, depth: number) => {
    if (found.length >= most) return
    if (typeof inner !== 'object' || inner === null || depth > 3) {
      found.push(at)
      return
    }
    if (Array.isArray(inner)) {
      if (inner.length === 0 || depth === 0) found.push(at)
      else walk(`${at}[0]`, inner[0], depth + 1)
      return
    }
    for (const [name, field] of Object.entries(inner)) walk(`${at}${step(name)}`, field, depth + 1)
  }
  walk('$', value, 0)
  return found
}

/** Where lists are in an answer: `$.data`, `$.result.people`. */
export function listsIn(value: unknown, at = '$', depth = 0): readonly string[] {
  if (Array.isArray(value)) return [at]
  if (typeof value !== 'object' || value === null || depth > 3) return []
  return Object.entries(value).flatMap(([name, field]) => listsIn(field, `${at}${step(name)}`, depth + 1))
}

function step(name: string): string {
  return /^[\p{L}_$@][\p{L}\p{N}_$@-]*$/u.test(name) ? `.${name}` : `['${name.replaceAll(/['\]]/g, '')}']`
}
