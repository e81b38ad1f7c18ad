import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export interface TinyAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON unless it is a string. */
  readonly body?: unknown
  /** Instead of an answer: close the connection, or say nothing at all. */
  readonly instead?: 'hang-up' | 'silence'
}

export type TinyHandler = (request: SeenRequest, raw: ServerResponse) => TinyAnswer | Promise<TinyAnswer> | undefined

/** JSON, unless the request says that it is something else. */
function bodyOf(raw: string, type = 'application/json'): unknown {
  return type.includes('json') ? JSON.parse(raw) : raw
}

/** A real server on a free port that answers as the handler says and remembers what it was asked. */
export interface TinyServer {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  handle(handler: TinyHandler): void
  close(): Promise<void>
}

export async function startTinyServer(first: TinyHandler): Promise<TinyServer> {
  const seen: SeenRequest[] = []
  let handler = first
  const server: Server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing).catch(() => outgoing.destroy())
  })

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://tiny.test')
    const raw = await text(incoming)
    const request: SeenRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: raw === '' ? undefined : bodyOf(raw, incoming.headers['content-type']),
    }
    seen.push(request)
    const answer = await handler(request, outgoing)
    if (answer === undefined || answer.instead === 'silence') return
    if (answer.instead === 'hang-up') {
      outgoing.destroy()
      return
    }
    const body =
      answer.body === undefined || typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
    outgoing.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
    outgoing.end(body)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    handle: (next) => {
      handler = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
