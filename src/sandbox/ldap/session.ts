import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { tags } from '../asn1/ber.ts'
import { BerError, elementLength } from '../asn1/ber-reader.ts'
import type { LdapFault } from './faults.ts'
import type { BindAccount } from './flavours/flavour.ts'
import { answerTags, type Message, noticeOfDisconnection, readMessage, resultCodes, resultMessage } from './protocol.ts'
import type { PagedListing } from './search.ts'

const largestMessage = 1_000_000
const flushAtBytes = 64 * 1024

/** What a session needs from its server. */
export interface SessionHost {
  /** Carries out one request; resolves when its last answer was handed to the socket. */
  serve(session: Session, message: Message, operation: OperationState): Promise<void>
  closed(session: Session): void
}

export interface OperationState {
  isAbandoned: boolean
}

/** One connection: its socket, who it is, what it has under way. */
export class Session {
  account: BindAccount | undefined
  /** Paged searches by cookie, oldest first. */
  readonly listings = new Map<string, PagedListing>()
  readonly #host: SessionHost
  readonly #operations = new Map<number, OperationState>()
  #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #waiting: Buffer[] = []
  #waitingBytes = 0

  constructor(socket: Socket, host: SessionHost) {
    this.#socket = socket
    this.#host = host
    this.#listen(socket)
  }

  get isEncrypted(): boolean {
    return this.#socket instanceof TLSSocket
  }

  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  /** Begins to read what the client sends. */
  start(): void {
    this.#socket.resume()
  }

  /** Queues bytes; what is queued leaves with `flush`, or when it has become much. */
  async write(bytes: Buffer): Promise<void> {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= flushAtBytes) await this.flush()
  }

  /** Hands everything queued to the socket and waits while the client is slower than we are. */
  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    const socket = this.#socket
    if (bytes.length === 0 || socket.destroyed) return
    if (socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off('drain', go)
        socket.off('close', go)
        resolve()
      }
      socket.on('drain', go)
      socket.on('close', go)
    })
  }

  /** Closes the connection once what is queued has left. */
  async close(): Promise<void> {
    await this.flush()
    const socket = this.#socket
    if (!socket.destroyed) socket.end(() => socket.destroy())
  }

  /** Closes at once, after these last bytes. */
  async reset(lastBytes: Buffer = Buffer.alloc(0)): Promise<void> {
    await this.flush()
    const socket = this.#socket
    if (socket.destroyed) return
    if (lastBytes.length === 0) socket.destroy()
    // What leaves must leave before the reset.
    else socket.write(lastBytes, () => socket.destroy())
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Says yes to StartTLS and goes on encrypted, RFC 4511, 4.14. */
  async startTls(answer: Buffer, secureContext: SecureContext): Promise<void> {
    const plain = this.#socket
    plain.pause()
    plain.removeAllListeners('data')
    await new Promise<void>((resolve) => plain.write(answer, () => resolve()))
    if (plain.destroyed) return
    const encrypted = new TLSSocket(plain, { isServer: true, secureContext })
    this.#socket = encrypted
    this.#listen(encrypted)
    encrypted.resume()
  }

  abandon(id: number): void {
    const operation = this.#operations.get(id)
    if (operation !== undefined) operation.isAbandoned = true
  }

  #listen(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const operation of this.#operations.values()) operation.isAbandoned = true
      if (socket === this.#socket) this.#host.closed(this)
    })
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.pause()
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    try {
      for (;;) {
        // Whoever speaks another protocol is told so before the rest of what looks like a length has come.
        if (this.#received.length > 0 && this.#received[0] !== tags.sequence)
          throw new BerError('This is no LDAP message')
        const length = elementLength(this.#received, largestMessage)
        if (length === undefined || length > this.#received.length) return
        const message = readMessage(this.#received.subarray(0, length))
        this.#received = this.#received.subarray(length)
        this.#dispatch(message)
      }
    } catch (error) {
      if (!(error instanceof BerError)) throw error
      this.#received = Buffer.alloc(0)
      void this.write(noticeOfDisconnection(resultCodes.protocolError, error.message)).then(() => this.close())
    }
  }

  #dispatch(message: Message): void {
    const operation: OperationState = { isAbandoned: false }
    this.#operations.set(message.id, operation)
    this.#host
      .serve(this, message, operation)
      .then(() => this.flush())
      .catch((error: unknown) => {
        // A mistake of the twin itself: said to the client instead of silence.
        const text = `The sandbox failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
        const answer = { code: resultCodes.operationsError, message: text }
        return this.write(resultMessage(message.id, answerTags.searchDone, answer)).then(() => this.flush())
      })
      .finally(() => this.#operations.delete(message.id))
  }
}

/** What a fault makes of an id. */
export function answerId(id: number, faults: readonly LdapFault[]): number {
  return faults.some((fault) => fault.kind === 'wrong-message-id' && fault.extra !== true) ? id + 1000 : id
}
