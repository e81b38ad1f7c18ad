import type { Directory } from './directory.ts'
import type { Entry, Value } from './entry.ts'
import type { Flavour } from './flavours/flavour.ts'
import type { ResultAttribute } from './protocol.ts'

/** What of an entry a reader gets to see. */
export interface View {
  /** In lower case. */
  readonly hidden: ReadonlySet<string>
  /** In lower case; half of the values, or half of each value, are left out. */
  readonly halfValues?: { readonly attribute: string; readonly says: 'complete' | 'nothing' }
  readonly halfValue?: string
}

export interface Selection {
  /** The attributes of a search request. */
  readonly attributes: readonly string[]
  readonly typesOnly: boolean
}

const rangeOption = /^(.*);range=(\d+)-(\d+|\*)$/i

/** The attributes of an entry for an answer: RFC 4511, 4.5.1.8; with ranges where the product has them. */
export function select(
  entry: Entry,
  { attributes, typesOnly }: Selection,
  directory: Directory,
  flavour: Flavour,
  view: View,
): ResultAttribute[] {
  const { schema, backLink } = directory.keeping
  const answer = new Map<string, ResultAttribute>()
  const give = (name: string, range?: Range) => {
    if (view.hidden.has(name.toLowerCase()) || name.toLowerCase() === 'userpassword') return
    const values = directory.valuesOf(entry, name)
    for (const given of ranged(name, cut(name, values, view), range, flavour, view)) {
      answer.set(given.name.toLowerCase(), typesOnly ? { name: given.name, values: [] } : given)
    }
  }
  const giveAll = (operational: boolean) => {
    const names = backLink === undefined ? entry.names : [...entry.names, backLink.name]
    for (const name of names) if ((schema.find(name)?.isOperational ?? false) === operational) give(name)
  }
  if (attributes.length === 0) giveAll(false)
  for (const asked of attributes) {
    if (asked === '*') giveAll(false)
    else if (asked === '+') {
      if (flavour.knowsPlus) giveAll(true)
    } else {
      const [, name = asked, from, to] = (flavour.valueRange === undefined ? null : rangeOption.exec(asked)) ?? []
      const type = schema.find(name)
      if (type === undefined || (from === undefined && asked.includes(';'))) continue
      give(type.name, from === undefined ? undefined : { from: Number(from), to: to === '*' ? undefined : Number(to) })
    }
  }
  return [...answer.values()]
}

interface Range {
  readonly from: number
  readonly to: number | undefined
}

/** What [MS-ADTS] 3.1.1.3.1.3.3 makes of a long list: an empty attribute beside the first values, under a name of their own. */
function ranged(
  name: string,
  values: readonly Value[],
  range: Range | undefined,
  flavour: Flavour,
  view: View,
): ResultAttribute[] {
  const most = flavour.valueRange
  if (range === undefined && (most === undefined || values.length <= most)) {
    return values.length === 0 ? [] : [{ name, values }]
  }
  const { from, to } = range ?? { from: 0, to: undefined }
  if (from >= values.length) return []
  const half = view.halfValues?.attribute === name.toLowerCase() ? view.halfValues : undefined
  if (half?.says === 'nothing' && from > 0) return []
  const end = Math.min(from + (most ?? values.length) - 1, to ?? values.length - 1, values.length - 1)
  const isLast = end === values.length - 1
  const chunk = { name: `${name};range=${from}-${isLast ? '*' : end}`, values: values.slice(from, end + 1) }
  return range === undefined ? [{ name, values: [] }, chunk] : [chunk]
}

function cut(name: string, values: readonly Value[], view: View): readonly Value[] {
  const key = name.toLowerCase()
  if (view.halfValues?.attribute === key && view.halfValues.says === 'complete')
    return values.slice(0, Math.ceil(values.length / 2))
  if (view.halfValue === key) return values.map((value) => value.slice(0, Math.floor(value.length / 2)))
  return values
}
