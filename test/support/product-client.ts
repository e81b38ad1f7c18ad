import type { ProductFacts } from '../../src/sandbox/data-center/start.ts'

export interface ProductReply {
  readonly status: number
  readonly headers: Headers
  /** Parsed where it is JSON, else the text; undefined without a body. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any
}

export interface ProductRequest {
  readonly query?: Readonly<Record<string, string | number | boolean>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type ProductClient = (method: string, path: string, request?: ProductRequest) => Promise<ProductReply>

/** A plain client of a product: paths below its base URL. */
export function productClient({ baseUrl }: ProductFacts, authorization?: string): ProductClient {
  return async (method, path, { query = {}, body, headers } = {}) => {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    )
    const response = await fetch(`${baseUrl}${path}${search.size === 0 ? '' : `?${search}`}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    })
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
    }
  }
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
