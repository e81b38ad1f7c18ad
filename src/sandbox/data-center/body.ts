import { type Call, Refusal } from '../server/call.ts'

/** The body as an object; undefined = it is no JSON object. Any other type of content is refused with 415. */
export function jsonBody(call: Call): Record<string, unknown> | undefined {
  if (!(call.headers['content-type'] ?? '').includes('application/json')) {
    throw new Refusal({ status: 415, text: 'Unsupported Media Type' })
  }
  try {
    const body: unknown = JSON.parse(call.rawBody)
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
