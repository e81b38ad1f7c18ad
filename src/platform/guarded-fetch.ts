import { isRefusedHost } from './http-address.ts'
import { Connections } from './http-exchange.ts'
import { countCall } from './traffic.ts'
import { version } from './version.ts'

/** What a library asks for that brings no way out of its own. */
export interface GuardedRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface GuardedFetchOptions {
  /** Constant name of the calls, for counters. */
  readonly operation: string
  /** PEM certificates trusted beside the system's. */
  readonly ca?: readonly string[] | undefined
  readonly timeoutMs: number
  readonly maxBytes: number
}

/**
 * `fetch` for such a library: to https addresses, and http ones of this machine, but never to link-local or metadata
 * addresses; redirects are not followed. Throws `ExchangeFailure`, and `TypeError` as `fetch` does for an address that may
 * not be called.
 */
export function guardedFetch(
  options: GuardedFetchOptions,
): (url: string, request: GuardedRequest) => Promise<Response> {
  const { operation, ca, timeoutMs, maxBytes } = options
  const connections = new Connections(ca)
  return async (address, { method, headers, body, signal = new AbortController().signal }) => {
    const url = new URL(address)
    if (!isCallable(url)) return Response.error()
    try {
      const {
        status,
        headers: answered,
        text,
      } = await connections.exchange({
        method,
        url,
        body,
        timeoutMs,
        maxBytes,
        signal,
        headers: { ...headers, 'user-agent': `muster/${version}` },
      })
      countCall(url.host, operation, status)
      // The text is unpacked already; what the headers say about its packing is no longer so.
      answered.delete('content-encoding')
      answered.delete('content-length')
      return new Response(withoutBody.includes(status) ? null : text, { status, headers: answered })
    } catch (thrown) {
      countCall(url.host, operation, undefined)
      throw thrown
    }
  }
}

const withoutBody: readonly number[] = [101, 204, 205, 304]

function isCallable({ protocol, hostname }: URL): boolean {
  if (isRefusedHost(hostname)) return false
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname))
}
