import { refuse } from './dialect.ts'
import { isRecord } from './requests.ts'

/** One operation of a PATCH request (RFC 7644 section 3.5.2). */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string | undefined
  readonly value: unknown
}

export function operationsOf(body: Record<string, unknown>): readonly Operation[] {
  // The document spells `operations`, its example and the RFC `Operations`: both are taken.
  const given = body.Operations ?? body.operations
  if (!Array.isArray(given) || given.length === 0) refuse(400, 'There are no operations.', 'invalidSyntax')
  return given.map((each: unknown): Operation => {
    const op = isRecord(each) && typeof each.op === 'string' ? each.op.toLowerCase() : ''
    if (!isRecord(each) || (op !== 'add' && op !== 'replace' && op !== 'remove')) {
      return refuse(400, 'The operation is not add, replace or remove.', 'invalidSyntax')
    }
    if (each.path !== undefined && typeof each.path !== 'string') refuse(400, 'The path is no text.', 'invalidPath')
    return { op, path: each.path as string | undefined, value: each.value }
  })
}

/** Attributes of a user after the operations, which are carried out all or none. */
export function patched(
  attributes: Readonly<Record<string, unknown>>,
  operations: readonly Operation[],
): Record<string, unknown> {
  let result: Record<string, unknown> = structuredClone({ ...attributes })
  for (const operation of operations) {
    if (operation.path !== undefined) result = atPath(result, operation, operation.path)
    else if (operation.op === 'remove') refuse(400, 'A removal needs a path.', 'noTarget')
    else if (isRecord(operation.value)) {
      for (const [path, value] of Object.entries(operation.value))
        result = atPath(result, { ...operation, value }, path)
    } else refuse(400, 'Without a path the value is an object.', 'invalidValue')
  }
  return result
}

function atPath(attributes: Record<string, unknown>, { op, value }: Operation, path: string): Record<string, unknown> {
  const found = /^(?:(urn:[A-Za-z0-9:._-]+):)?([A-Za-z][\w$-]*)(?:\.([A-Za-z][\w$-]*))?$/.exec(path)
  if (found === null) refuse(400, `The path ${path} is not supported.`, 'invalidPath')
  const [, urn, name = '', part] = found
  const holder = urn === undefined ? attributes : { ...(isRecord(attributes[urn]) ? attributes[urn] : {}) }
  const isRemoval = op === 'remove' || value === null
  if (part !== undefined) {
    const whole: Record<string, unknown> = { ...(isRecord(holder[name]) ? holder[name] : {}) }
    if (isRemoval) delete whole[part]
    else whole[part] = value
    holder[name] = whole
  } else if (isRemoval) delete holder[name]
  else if (op === 'add' && Array.isArray(holder[name])) holder[name] = [...holder[name], ...[value].flat()]
  else holder[name] = value
  return urn === undefined ? holder : { ...attributes, [urn]: holder }
}
