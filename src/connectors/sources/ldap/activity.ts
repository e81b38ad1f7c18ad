import { RE2JS } from 're2js'
import type { Instant } from '../../../domain/identity.ts'
import { generalizedTime, windowsTime } from './directory-time.ts'
import type { InactiveRule } from './presets.ts'
import type { Layout } from './settings.ts'
import type { Entry } from './wire/entry.ts'

/** Whether a person is active at a moment. Nobody is inactive because a value is missing. */
export function activityOf(
  { inactive, locked, expires }: Pick<Layout, 'inactive' | 'locked' | 'expires'>,
  now: Instant,
): (entry: Entry) => boolean {
  const rules = [...inactive, ...(locked === undefined ? [] : [locked])].map(compile)
  return (entry) => {
    if (rules.some((isInactive) => isInactive(entry))) return false
    const text = expires === undefined ? undefined : entry.text(expires.attribute.toLowerCase())
    if (expires === undefined || text === undefined) return true
    const end = expires.kind === 'windows' ? windowsTime(text) : generalizedTime(text)
    return end === undefined || end === 'never' || end > now
  }
}

function compile(rule: InactiveRule): (entry: Entry) => boolean {
  const name = rule.attribute.toLowerCase()
  if ('bits' in rule) {
    return (entry) =>
      entry.texts(name).some((text) => /^-?\d{1,11}$/.test(text) && (Number(text) & rule.bits) === rule.bits)
  }
  if ('pattern' in rule) {
    const pattern = RE2JS.compile(rule.pattern, RE2JS.CASE_INSENSITIVE)
    return (entry) => entry.texts(name).some((text) => pattern.matcher(text).find())
  }
  const listed = new Set(('values' in rule ? rule.values : rule.anyBut).map((value) => value.toLowerCase()))
  const wanted = 'values' in rule
  return (entry) => entry.texts(name).some((text) => listed.has(text.toLowerCase()) === wanted)
}
