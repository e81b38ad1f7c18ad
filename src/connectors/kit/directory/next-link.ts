/** Parameters of a link (RFC 8288); a quoted text may hold commas and semicolons. */
const links = /<([^>]*)>((?:\s*;\s*[^\s=;,"<>]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"<>]*))?)*)/g
const parameter = /;\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"<>]*)))?/g

/** The address of a relation in a Link header (RFC 8288); undefined where there is none. */
export function nextLink(header: string | null, rel = 'next'): string | undefined {
  if (header === null) return undefined
  for (const [, address, parameters = ''] of header.matchAll(links)) {
    for (const [, name = '', quoted, bare = ''] of parameters.matchAll(parameter)) {
      if (name.toLowerCase() !== 'rel') continue
      if ((quoted ?? bare).toLowerCase().split(/\s+/).includes(rel.toLowerCase())) return address
    }
  }
  return undefined
}
