import type { AttributeValue } from '../../../domain/identity.ts'

/** Never shown and never mapped. */
const secretName = /(password|passwd|pwd|secret|token|otp)$/i

/** Texts, numbers, truth values and lists of them as attributes; what is empty, an object or secret is left out. */
export function plainAttributes(values: Readonly<Record<string, unknown>>): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {}
  for (const [name, value] of Object.entries(values)) {
    if (secretName.test(name)) continue
    const texts = (Array.isArray(value) ? value : [value]).flatMap((each) => plainText(each) ?? [])
    const [only] = texts
    if (only !== undefined) attributes[name] = texts.length === 1 ? only : texts
  }
  return attributes
}

function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
