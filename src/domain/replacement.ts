import { RE2JS } from 're2js'

/** How replacements name groups: `$1`, `${1}`, `${name}`; `$$` is a dollar sign. */
const references = /\$\$|\$(\d{1,2})|\$\{(\w+)\}|\\(\d)/g

/**
 * What is wrong with the groups that a replacement names, one text each: they would stand in every value as they are
 * written. Says nothing about a pattern that cannot be run; that is told about the pattern.
 */
export function replacementFaults(pattern: string, replace: string): readonly string[] {
  const expression = compiled(pattern)
  if (expression === undefined) return []
  const named = expression.namedGroups()
  const most = expression.groupCount()
  const isNumber = (text: string) => Number(text) >= 1 && Number(text) <= most
  return [...replace.matchAll(references)].flatMap(([text, number, name, backslashed]) => {
    if (backslashed !== undefined) return [`must name groups with a dollar sign: $${backslashed}, not ${text}`]
    // Of two digits the second may be text.
    const isThere =
      number !== undefined
        ? isNumber(number) || isNumber(number.slice(0, 1))
        : name === undefined || isNumber(name) || Object.hasOwn(named, name)
    return isThere ? [] : [`names the group ${text}, which the pattern does not have`]
  })
}

/** The replacement in the words of re2js, which knows `$1`, `$01` and `$<name>`. */
export function replacementText(replace: string): string {
  return replace.replaceAll(references, (text, _number, name: string | undefined) => {
    if (name === undefined) return text
    return /^\d+$/.test(name) ? `$${name.padStart(2, '0')}` : `$<${name}>`
  })
}

function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined
  }
}
