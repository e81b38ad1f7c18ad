import { fail, ProvisioningError } from '../domain/errors.ts'
import { calls } from './calls.ts'
import { errorIn } from './error-answer.ts'
import type { AnswerOf, CallShape, Endpoint, RequestOf } from './route.ts'
import type { Routes } from './routes.ts'

/** The part of `fetch` that is used: a global one, or one that never leaves the process. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>

export interface ClientOptions {
  readonly fetch: FetchLike
  /** `https://muster.example`, without a path. */
  readonly baseUrl: string
  readonly token?: string | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

type Call<Declared extends Endpoint> =
  Record<never, never> extends RequestOf<Declared>
    ? (request?: RequestOf<Declared>, options?: CallOptions) => AnswerOf<Declared>
    : (request: RequestOf<Declared>, options?: CallOptions) => AnswerOf<Declared>

/** `client.runs.list({ query: { connection: 'staff' } })`: every endpoint under its noun and name. */
export type Client = {
  readonly [Noun in keyof Routes]: {
    readonly [Name in keyof Routes[Noun]]: Routes[Noun][Name] extends Endpoint ? Call<Routes[Noun][Name]> : never
  }
}

interface LooseRequest {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/**
 * A client of the admin API. Throws `ProvisioningError` with the code, hint and problems the server answered;
 * `unreachable` when nobody answers or what answers is not Muster; `cancelled` when the caller's signal ended it.
 */
export function createClient(options: ClientOptions): Client {
  const byNoun = Object.entries(calls).map(([noun, endpoints]) => {
    const byName = Object.entries(endpoints).map(([name, endpoint]) => [
      name,
      endpoint.events === true
        ? (request?: LooseRequest, call?: CallOptions) => events(options, endpoint, request, call)
        : (request?: LooseRequest, call?: CallOptions) => answer(options, endpoint, request, call),
    ])
    return [noun, Object.fromEntries(byName)]
  })
  return Object.fromEntries(byNoun) as Client
}

async function answer(
  options: ClientOptions,
  endpoint: CallShape,
  request: LooseRequest = {},
  call: CallOptions = {},
): Promise<unknown> {
  const response = await send(options, endpoint, request, call)
  return readJson(response, options.baseUrl)
}

async function* events(
  options: ClientOptions,
  endpoint: CallShape,
  request: LooseRequest = {},
  call: CallOptions = {},
): AsyncGenerator<unknown> {
  const response = await send(options, endpoint, request, call)
  if (response.body === null) return
  const decoder = new TextDecoder()
  let buffered = ''
  try {
    for await (const part of response.body) {
      buffered += decoder.decode(part, { stream: true })
      const blocks = buffered.split('\n\n')
      buffered = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = readEvent(block)
        if (event !== undefined) yield event
      }
    }
  } catch (thrown) {
    throw asClientError(thrown, options.baseUrl, call.signal)
  }
}

/** The data of one server-sent event; comments (lines that begin with a colon) keep the line open and say nothing. */
function readEvent(block: string): unknown {
  const lines = block.split('\n')
  const data = lines.flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : [])).join('\n')
  if (data === '') return undefined
  const value: unknown = JSON.parse(data)
  if (lines.includes('event: error')) throw errorIn(value) ?? fail.unreachable('The stream of events broke off.')
  return value
}

async function send(
  { fetch, baseUrl, token }: ClientOptions,
  endpoint: CallShape,
  request: LooseRequest,
  call: CallOptions,
): Promise<Response> {
  const hasBody = endpoint.hasBody === true
  let response: Response
  try {
    response = await fetch(urlOf(baseUrl, endpoint, request), {
      method: endpoint.method,
      headers: {
        accept: endpoint.events === true ? 'text/event-stream' : 'application/json',
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      redirect: 'error',
    })
  } catch (thrown) {
    throw asClientError(thrown, baseUrl, call.signal)
  }
  if (response.ok) return response
  const body = await readJson(response, baseUrl)
  throw errorIn(body) ?? notMuster(baseUrl, response.status)
}

function urlOf(baseUrl: string, endpoint: CallShape, { params = {}, query = {} }: LooseRequest): string {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each))
  }
  const text = search.toString()
  return `${baseUrl.replace(/\/+$/, '')}${path}${text === '' ? '' : `?${text}`}`
}

async function readJson(response: Response, baseUrl: string): Promise<unknown> {
  try {
    return await response.json()
  } catch (thrown) {
    throw notMuster(baseUrl, response.status, thrown)
  }
}

function asClientError(thrown: unknown, baseUrl: string, signal: AbortSignal | undefined): ProvisioningError {
  if (thrown instanceof ProvisioningError) return thrown
  if (signal?.aborted === true) return fail.cancelled('Stopped before the answer came.', { cause: thrown })
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  return fail.unreachable(`No answer from ${baseUrl}: ${cause instanceof Error ? cause.message : String(cause)}.`, {
    cause: thrown,
    hint: 'Is `muster serve` running there, and is the address right?',
  })
}

function notMuster(baseUrl: string, status: number, cause?: unknown): ProvisioningError {
  return fail.unreachable(`What answered at ${baseUrl} (status ${status}) is not the admin API of Muster.`, {
    cause,
    hint: 'Is the address right? A proxy between here and Muster may have answered instead.',
  })
}
