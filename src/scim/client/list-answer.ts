import { textOf } from '../flat.ts'
import { isArray, isObject, type Json, ownIgnoringCase } from '../json.ts'
import { type ToldResource, toldResource } from './resource.ts'

/** One page of a list (RFC 7644 section 3.4.2, RFC 9865). */
export interface ListAnswer {
  readonly resources: readonly ToldResource[]
  readonly totalResults?: number
  readonly startIndex?: number
  readonly nextCursor?: string
}

/** What a list answer says, or in a few words what is wrong with it. */
export function listAnswer(json: unknown): ListAnswer | string {
  if (json === undefined) return 'it is not JSON'
  if (!isObject(json as Json)) return 'it is not a list response'
  const document = json as { readonly [name: string]: Json }
  const told = ownIgnoringCase(document, 'Resources')
  const totalResults = whole(ownIgnoringCase(document, 'totalResults'))
  const startIndex = whole(ownIgnoringCase(document, 'startIndex'))
  const nextCursor = textOf(ownIgnoringCase(document, 'nextCursor'))
  if (told !== undefined && told !== null && !isArray(told)) return 'its Resources are not a list'
  if (!isArray(told) && totalResults === undefined) return 'it has neither Resources nor totalResults'
  const resources: ToldResource[] = []
  for (const each of isArray(told) ? told : []) {
    const resource = toldResource(each)
    if (resource === undefined) return 'one of its resources has no id'
    resources.push(resource)
  }
  return {
    resources,
    ...(totalResults === undefined ? {} : { totalResults }),
    ...(startIndex === undefined ? {} : { startIndex }),
    ...(nextCursor === undefined || nextCursor === '' ? {} : { nextCursor }),
  }
}

/** A number, also one that came as text. */
function whole(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
