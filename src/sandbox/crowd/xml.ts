/** `<tag a="…">inner</tag>`; `inner` is XML already. */
export function element(tag: string, attributes: Readonly<Record<string, string>> = {}, inner = ''): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`)
  return inner === '' ? `<${tag}${written.join('')}/>` : `<${tag}${written.join('')}>${inner}</${tag}>`
}

/** Plain data as XML: what a caller gets who does not ask for JSON. */
export function asXml(tag: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => asXml(tag, each)).join('')
  if (typeof value !== 'object' || value === null) return element(tag, {}, escaped(String(value)))
  return element(
    tag,
    {},
    Object.entries(value)
      .map(([name, inner]) => asXml(name, inner))
      .join(''),
  )
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
