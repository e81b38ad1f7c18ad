import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { guardedLookup } from './http-address.ts'

const unzip = promisify(gunzip)

export interface Exchange {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Covers connecting, headers and body. */
  readonly timeoutMs: number
  /** Largest answer, after decompression. */
  readonly maxBytes: number
  readonly signal: AbortSignal
}

export interface Exchanged {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** No usable answer. `sent` = the request, or a part of it, may have reached the other side. */
export class ExchangeFailure extends Error {
  readonly kind: 'timeout' | 'connection' | 'too-large' | 'refused-address' | 'aborted'
  readonly sent: boolean

  constructor(kind: ExchangeFailure['kind'], message: string, sent: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.sent = sent
  }
}

/**
 * Connections of one client. Node's `fetch` can neither be given a resolver (a name could be pointed at a metadata
 * address after it was judged) nor a certificate authority of its own, so requests go through `node:http`.
 */
export class Connections {
  readonly #plain = new PlainAgent({ keepAlive: true, maxSockets: 16 })
  readonly #tls: TlsAgent

  /** `ca`: PEM certificates trusted beside the system's; verification itself cannot be switched off. */
  constructor(ca?: readonly string[]) {
    this.#tls = new TlsAgent({ keepAlive: true, maxSockets: 16, ...(ca === undefined ? {} : { ca: [...ca] }) })
  }

  close(): void {
    this.#plain.destroy()
    this.#tls.destroy()
  }

  /** One request, one answer, redirects included as they are. Throws `ExchangeFailure`. */
  exchange({ method, url, headers, body, timeoutMs, maxBytes, signal }: Exchange): Promise<Exchanged> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new ExchangeFailure('aborted', 'cancelled before sending', false))
      let sent = false
      const secure = url.protocol === 'https:'
      const outgoing = (secure ? tlsRequest : plainRequest)(url, {
        method,
        agent: secure ? this.#tls : this.#plain,
        lookup: guardedLookup,
        headers: {
          ...headers,
          'accept-encoding': 'gzip',
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
      })
      const end = (settle: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        settle()
      }
      const giveUp = (failure: ExchangeFailure) => {
        end(() => reject(failure))
        outgoing.destroy()
      }
      const abort = () => giveUp(new ExchangeFailure('aborted', 'cancelled', sent))
      const timer = setTimeout(
        () =>
          giveUp(new ExchangeFailure('timeout', `no complete answer within ${Math.round(timeoutMs / 1000)} s`, sent)),
        timeoutMs,
      )
      signal.addEventListener('abort', abort, { once: true })

      outgoing.on('socket', (socket) => {
        if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', () => (sent = true))
        else sent = true
      })
      outgoing.on('error', (error: NodeJS.ErrnoException) => giveUp(connectionFailure(error, sent)))
      outgoing.on('response', (incoming) => {
        collect(incoming, maxBytes).then((answer) => end(() => resolve(answer)), giveUp)
      })
      outgoing.end(body)
    })
  }
}

function connectionFailure(error: NodeJS.ErrnoException, sent: boolean): ExchangeFailure {
  if (error.code === 'EREFUSEDADDRESS') return new ExchangeFailure('refused-address', error.message, false)
  return new ExchangeFailure('connection', error.code ?? error.message, sent, error)
}

async function collect(incoming: IncomingMessage, maxBytes: number): Promise<Exchanged> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of incoming) {
      size += (part as Buffer).length
      if (size > maxBytes) throw new ExchangeFailure('too-large', `answer larger than ${maxBytes} bytes`, true)
      parts.push(part as Buffer)
    }
    const raw = Buffer.concat(parts)
    const zipped = incoming.headers['content-encoding'] === 'gzip' && raw.length > 0
    const text = (zipped ? await unzip(raw, { maxOutputLength: maxBytes }) : raw).toString('utf8')
    const headers = new Headers()
    for (const [name, values] of Object.entries(incoming.headersDistinct)) {
      for (const value of values ?? []) headers.append(name, value)
    }
    return { status: incoming.statusCode ?? 0, headers, text }
  } catch (thrown) {
    if (thrown instanceof ExchangeFailure) throw thrown
    const code = (thrown as NodeJS.ErrnoException).code
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ExchangeFailure('too-large', `answer larger than ${maxBytes} bytes`, true)
    }
    throw new ExchangeFailure('connection', `answer cut off (${code ?? 'unreadable'})`, true, thrown)
  }
}
