import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { FastifyInstance } from 'fastify'
import type { FetchLike } from '../contract/client.ts'
import type { Principal } from '../contract/routes.ts'
import { insideCaller } from './sign-in.ts'

/** Address of the API inside this process; no name server knows it. */
export const insideUrl = 'http://muster.invalid'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * `fetch` for a client in this process: the same routes, validation and roles as over the network, without a socket and
 * without a token. Whoever holds it acts as the principal.
 */
export function inProcessFetch(server: FastifyInstance, principal: Principal): FetchLike {
  return (url, init) =>
    insideCaller.run(principal, async () => {
      init.signal?.throwIfAborted()
      const { pathname, search } = new URL(url)
      const answer = await server.inject({
        method: (init.method ?? 'GET') as Method,
        url: `${pathname}${search}`,
        headers: Object.fromEntries(new Headers(init.headers)),
        payloadAsStream: true,
        ...(typeof init.body === 'string' ? { payload: init.body } : {}),
        ...(init.signal == null ? {} : { signal: init.signal }),
      })
      const headers = new Headers()
      for (const [name, value] of Object.entries(answer.headers)) {
        for (const each of Array.isArray(value) ? value : [value])
          if (each !== undefined) headers.append(name, String(each))
      }
      return new Response(Readable.toWeb(answer.stream() as Readable) as ReadableStream<Uint8Array>, {
        status: answer.statusCode,
        headers,
      })
    })
}
