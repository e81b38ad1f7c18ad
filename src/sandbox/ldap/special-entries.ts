import type { Clock } from '../../platform/clock.ts'
import type { Directory } from './directory.ts'
import type { EntrySeed, Value } from './entry.ts'
import type { Flavour } from './flavours/flavour.ts'
import type { ResultAttribute } from './protocol.ts'
import type { Selection } from './select.ts'

interface Served {
  readonly flavour: Flavour
  readonly directory: Directory
  readonly clock: Clock
  readonly hostName: string
}

/** What everybody may read without a bind: what the server is, and what it knows. RFC 4512, 5.1 and 4.2. */
export function specialEntry(
  which: 'rootDse' | 'subschema',
  { attributes, typesOnly }: Selection,
  { flavour, directory, clock, hostName }: Served,
): { readonly dn: string; readonly attributes: readonly ResultAttribute[] } {
  const subschema: EntrySeed['attributes'] = {
    objectClass: ['top', 'subentry', 'subschema'],
    cn: 'Subschema',
    attributeTypes: directory.keeping.schema.descriptions,
  }
  const held =
    which === 'rootDse'
      ? flavour.rootDse({ usn: directory.usn, at: clock.now(), host: hostName })
      : { attributes: subschema, operational: true }
  const asked = attributes.map((name) => name.toLowerCase())
  const wantsUser = asked.length === 0 || asked.includes('*')
  const given = Object.entries(held.attributes).flatMap(([name, value]): ResultAttribute[] => {
    const isUser = !held.operational || name === 'objectClass'
    const isAsked = asked.includes(name.toLowerCase()) || (isUser ? wantsUser : asked.includes('+'))
    if (!isAsked || value === undefined) return []
    const values = (Array.isArray(value) ? value : [value]) as readonly Value[]
    return [{ name, values: typesOnly ? [] : values }]
  })
  return { dn: which === 'rootDse' ? '' : flavour.subschemaDn, attributes: given }
}
