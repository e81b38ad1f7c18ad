/** The address of a relation in a Link header (RFC 8288); undefined where there is none. */
export function nextLink(header: string | null, rel = 'next'): string | undefined {
  if (header === null) return undefined
  for (const [, address, parameters = ''] of header.matchAll(/<([^>]*)>((?:\s*;\s*[^,;<]+(?:="[^"]*")?)*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters)
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/)
    if (names.includes(rel.toLowerCase())) return address
  }
  return undefined
}
