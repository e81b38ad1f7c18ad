import { Client, type Control } from 'ldapts'
import type { Filter } from '../filter.ts'
import type { Entry, Outcome } from './entry.ts'
import { PageControl, WireFilter } from './requests.ts'
import { type Certificate, openSocket, secure, type TlsOptions } from './socket.ts'
import { LdapStream } from './stream.ts'

/** One server and how to reach it. */
export interface Endpoint extends TlsOptions {
  readonly port: number
  readonly security: 'ldaps' | 'starttls' | 'none'
  readonly connectTimeoutMs: number
  readonly operationTimeoutMs: number
}

/** The server refused an operation, with one of the result codes of RFC 4511 A.1. */
export class Refused extends Error {
  readonly operation: 'start-tls' | 'bind' | 'search'
  readonly outcome: Outcome

  constructor(operation: Refused['operation'], outcome: Outcome) {
    super(`result code ${outcome.code}: ${outcome.diagnostic}`)
    this.operation = operation
    this.outcome = outcome
  }
}

/** The connection ended, or the answer did not come in time. */
export class Lost extends Error {}

export interface SearchRequest {
  readonly base: string
  readonly scope: 'subtree' | 'one-level' | 'entry'
  readonly filter: Filter
  /** Asked for in the schema's spelling. */
  readonly attributes: readonly string[]
  /** Absent = without pages. */
  readonly page?: { readonly size: number; readonly cookie: Buffer }
  readonly controls?: readonly Control[]
  /** At most so many entries; `isCut` says that there are more. Never for a listing. */
  readonly most?: number
}

export interface SearchAnswer {
  readonly entries: readonly Entry[]
  /** Parts of the tree that are on other servers. */
  readonly references: readonly string[]
  /** Where the next page begins; empty = this was the last one; undefined = the server told nothing about pages. */
  readonly cookie: Buffer | undefined
  readonly isCut: boolean
}

const startTlsOid = '1.3.6.1.4.1.1466.20037'
const sizeLimitExceeded = 4
const scopes = { subtree: 'sub', 'one-level': 'one', entry: 'base' } as const

/**
 * One connection to a directory. One operation runs at a time. It never reconnects: a connection that was made anew
 * would be an anonymous one, and could show a part of the directory without saying so.
 */
export class LdapConnection {
  readonly endpoint: Endpoint
  readonly certificate: Certificate | undefined
  readonly #stream: LdapStream
  readonly #client: Client

  private constructor(endpoint: Endpoint, stream: LdapStream, certificate: Certificate | undefined) {
    this.endpoint = endpoint
    this.certificate = certificate
    this.#stream = stream
    this.#client = clientOn(stream, endpoint)
  }

  /** Rejects with the system's error, `ConnectTimeout`, `TlsFailure`, `Refused` or `Lost`. */
  static async open(endpoint: Endpoint, signal: AbortSignal): Promise<LdapConnection> {
    const { host, port, security, connectTimeoutMs } = endpoint
    const socket = await openSocket(host, port, connectTimeoutMs, signal)
    if (security === 'none') return new LdapConnection(endpoint, new LdapStream(socket), undefined)
    const plain = security === 'starttls' ? await startTls(new LdapStream(socket), endpoint, signal) : socket
    const secured = await secure(plain, endpoint, connectTimeoutMs, signal)
    return new LdapConnection(endpoint, new LdapStream(secured.socket), secured.certificate)
  }

  /** False once either side has ended it. */
  get isOpen(): boolean {
    return !this.#stream.destroyed
  }

  /** Simple bind. Rejects with `Refused` or `Lost`. */
  async bind(name: string, password: string, signal: AbortSignal): Promise<void> {
    await run(this.#stream, 'bind', signal, () => this.#client.bind(name, password))
  }

  /** Rejects with `Refused` or `Lost`; entries of a refused search are not given. */
  async search(request: SearchRequest, signal: AbortSignal): Promise<SearchAnswer> {
    const { base, scope, filter, attributes, page, most } = request
    const paging = page === undefined ? [] : [new PageControl(page.size, page.cookie)]
    const { entries, references, outcome } = await run(this.#stream, 'search', signal, () =>
      this.#client.search(
        base,
        {
          scope: scopes[scope],
          filter: new WireFilter(filter),
          attributes: [...attributes],
          timeLimit: Math.ceil(this.endpoint.operationTimeoutMs / 1000),
          ...(most === undefined ? {} : { sizeLimit: most }),
        },
        [...paging, ...(request.controls ?? [])],
      ),
    )
    return { entries, references, cookie: outcome.cookie, isCut: outcome.code === sizeLimitExceeded }
  }

  /** Says goodbye without waiting for long. Never throws. */
  async close(): Promise<void> {
    if (this.isOpen) await this.#client.unbind().catch(() => undefined)
    this.#stream.destroy()
  }
}

function clientOn(stream: LdapStream, { operationTimeoutMs }: Endpoint): Client {
  let isTaken = false
  return new Client({
    url: 'ldap://localhost',
    timeout: operationTimeoutMs,
    createConnection: (() => {
      if (isTaken) throw new Lost('The connection to the server ended.')
      isTaken = true
      return stream
    }) as never,
  })
}

async function startTls(stream: LdapStream, endpoint: Endpoint, signal: AbortSignal) {
  await run(stream, 'start-tls', signal, () => clientOn(stream, endpoint).exop(startTlsOid))
  return stream.release()
}

/** One operation: its answer as the stream collected it. Destroys the connection when the signal comes. */
async function run(
  stream: LdapStream,
  operation: Refused['operation'],
  signal: AbortSignal,
  work: () => Promise<unknown>,
) {
  signal.throwIfAborted()
  const collected = stream.begin()
  const stop = () => stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  let failure: unknown
  try {
    await work()
  } catch (thrown) {
    failure = thrown
  } finally {
    signal.removeEventListener('abort', stop)
  }
  signal.throwIfAborted()
  const { outcome } = collected
  const isAsked = outcome?.code === sizeLimitExceeded && failure === undefined
  if (outcome !== undefined && outcome.code !== 0 && !isAsked) throw new Refused(operation, outcome)
  if (failure !== undefined || outcome === undefined) throw new Lost(whyLost(stream, failure), { cause: failure })
  return { ...collected, outcome }
}

/** In the words of the server if it said any. */
function whyLost(stream: LdapStream, failure: unknown): string {
  const farewell = stream.farewell?.diagnostic ?? ''
  if (farewell !== '') return `the server closed the connection: ${farewell}`
  const text = failure instanceof Error ? failure.message : 'no answer came'
  if (/Operation timed out/.test(text)) return 'no answer came in time'
  const broken = stream.errored?.message
  return broken ?? (/Connection closed/.test(text) ? 'the server closed the connection' : text)
}
