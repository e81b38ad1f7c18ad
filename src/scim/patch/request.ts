import { scimFault } from '../error.ts'
import { isArray, isObject, type Json, kindOf, ownIgnoringCase } from '../json.ts'

export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export type PatchVerb = 'add' | 'remove' | 'replace'

/** One operation as it came, its words put right. */
export interface PatchOperation {
  readonly op: PatchVerb
  /** Absent or blank = the resource itself. */
  readonly path?: string
  /** Absent is not the same as null: see the removal of members. */
  readonly value?: Json
  /** Position in the request, from 1, for messages. */
  readonly nth: number
}

const mostPatchOperations = 10_000

/**
 * The operations of a PATCH body (RFC 7644 section 3.5.2). Names and verbs in any letter case, one operation instead of a
 * list, and unknown members beside the known ones are accepted. Throws 400 invalidSyntax.
 */
export function parsePatchRequest(body: Json): readonly PatchOperation[] {
  if (!isObject(body)) throw scimFault.invalidSyntax(`A PATCH needs an object, but ${kindOf(body)} came.`)
  const given = ownIgnoringCase(body, 'Operations')
  if (given === undefined || given === null) throw scimFault.invalidSyntax('A PATCH needs a list "Operations".')
  const operations = isArray(given) ? given : [given]
  if (operations.length === 0) throw scimFault.invalidSyntax('The list "Operations" is empty.')
  if (operations.length > mostPatchOperations) {
    throw scimFault.tooLarge(`The PATCH has ${operations.length} operations; at most ${mostPatchOperations} are taken.`)
  }
  return operations.map((each, index) => operationOf(each, index + 1))
}

function operationOf(given: Json, nth: number): PatchOperation {
  if (!isObject(given)) throw scimFault.invalidSyntax(`Operation ${nth} should be an object, but is ${kindOf(given)}.`)
  const op = verbOf(ownIgnoringCase(given, 'op'), nth)
  const path = ownIgnoringCase(given, 'path')
  if (path !== undefined && path !== null && typeof path !== 'string') {
    throw scimFault.invalidPath(`The path of operation ${nth} should be a text, but is ${kindOf(path)}.`)
  }
  const value = ownIgnoringCase(given, 'value')
  return {
    op,
    nth,
    ...(typeof path === 'string' && path.trim() !== '' ? { path: path.trim() } : {}),
    ...(value === undefined ? {} : { value }),
  }
}

function verbOf(given: Json | undefined, nth: number): PatchVerb {
  const verb = typeof given === 'string' ? given.trim().toLowerCase() : ''
  if (verb === 'add' || verb === 'remove' || verb === 'replace') return verb
  const came = typeof given === 'string' ? `"${given.slice(0, 40)}"` : kindOf(given)
  throw scimFault.invalidSyntax(`Operation ${nth} should be add, remove or replace, but is ${came}.`)
}
