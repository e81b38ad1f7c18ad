import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { BerCursor, Malformed, tags } from './ber.ts'
import { decodeEntry, decodeOutcome, decodeReferences, type Entry, type Outcome } from './entry.ts'

/** One message may be a group of a million members; more than this is not believed. */
const largestMessage = 256 * 1024 * 1024
/** What one operation may answer, for servers that know no pages. */
const mostBytes = 2 * 1024 * 1024 * 1024
const mostEntries = 1_000_000

/** What a search answered. */
export interface Collected {
  readonly entries: Entry[]
  readonly references: string[]
  outcome: Outcome | undefined
}

/**
 * Stands between the socket and ldapts, which sends requests and matches answers. It cuts the bytes into messages, takes
 * the entries of a search out and decodes them itself - ldapts decides by the bytes whether a value is text, walks in a
 * circle when a length is wrong, and ends a listing silently at a page without entries - and reads how each operation
 * ended, with its paging cookie. Everything else goes on to ldapts in whole messages.
 */
export class LdapStream extends Duplex {
  /** ldapts takes a connection that is already open as it is. */
  readonly connecting = false
  readonly readyState = 'open'
  readonly #socket: Socket
  #kept: Buffer[] = []
  #keptLength = 0
  #needed = 2
  #operationBytes = 0
  #isReleased = false
  #request = 0
  #collected: Collected = { entries: [], references: [], outcome: undefined }
  /** What the server said when it closed the connection by itself (notice of disconnection, RFC 4511 4.4.1). */
  #farewell: Outcome | undefined

  constructor(socket: Socket) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    // Whoever waits for an answer hears of it; between two operations nobody does.
    this.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.once('error', (error) => this.destroy(error))
    socket.once('close', () => this.destroy())
  }

  /** Begins to collect the answer of the next operation; there is one at a time. */
  begin(): Collected {
    this.#operationBytes = 0
    this.#collected = { entries: [], references: [], outcome: undefined }
    return this.#collected
  }

  get farewell(): Outcome | undefined {
    return this.#farewell
  }

  /**
   * Gives the socket away, for TLS to go on with. Throws when something was sent already that nobody asked for: it would
   * be taken for an answer that came through TLS.
   */
  release(): Socket {
    if (this.#keptLength > 0) throw new Malformed('something was sent unencrypted after TLS had been agreed')
    this.#isReleased = true
    for (const event of ['data', 'error', 'close']) this.#socket.removeAllListeners(event)
    this.#socket.pause()
    this.destroy()
    return this.#socket
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    // ldapts writes whole requests; the number at the beginning is what the answers must carry.
    const cursor = new BerCursor(chunk)
    this.#request = cursor.integer(tags.integer, cursor.expect(tags.sequence, chunk.length))
    this.#socket.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isReleased) this.#socket.destroy()
    done(error)
  }

  #receive(chunk: Buffer): void {
    if (this.destroyed) return
    try {
      this.#operationBytes += chunk.length
      if (this.#operationBytes > mostBytes) throw new Malformed('an answer has more than 2 GB')
      this.#kept.push(chunk)
      this.#keptLength += chunk.length
      if (this.#keptLength < this.#needed) return
      const bytes = this.#kept.length === 1 ? chunk : Buffer.concat(this.#kept, this.#keptLength)
      const rest = bytes.subarray(this.#takeMessages(bytes))
      this.#kept = rest.length === 0 ? [] : [rest]
      this.#keptLength = rest.length
    } catch (thrown) {
      this.destroy(thrown instanceof Error ? thrown : new Malformed(String(thrown)))
    }
  }

  /** Handles all whole messages; gives the position behind the last one and notes how many bytes the next one needs. */
  #takeMessages(bytes: Buffer): number {
    let at = 0
    for (;;) {
      const length = messageLength(bytes, at)
      this.#needed = length ?? bytes.length - at + 1
      if (this.#needed > largestMessage) throw new Malformed('a message has more than 256 MB')
      if (length === undefined || at + length > bytes.length) return at
      this.#takeMessage(bytes, at, at + length)
      at += length
    }
  }

  #takeMessage(bytes: Buffer, start: number, end: number): void {
    const cursor = new BerCursor(bytes, start)
    cursor.expect(tags.sequence, end)
    const id = cursor.integer(tags.integer, end)
    // Zero is the server speaking by itself.
    if (id !== this.#request && id !== 0) throw new Malformed('an answer to a request that was not made')
    const tag = cursor.open(end)
    const operationEnd = cursor.at + cursor.length
    switch (tag) {
      case tags.searchEntry:
        if (this.#collected.entries.length >= mostEntries)
          throw new Malformed('an answer has more than 1000000 entries')
        this.#collected.entries.push(decodeEntry(cursor, operationEnd))
        return
      case tags.searchReference:
        this.#collected.references.push(...decodeReferences(cursor, operationEnd))
        return
      case tags.searchDone:
      case tags.bindResponse:
      case tags.extendedResponse: {
        const outcome = decodeOutcome(cursor, operationEnd, end)
        if (id === 0) this.#farewell = outcome
        else this.#collected.outcome = outcome
        break
      }
    }
    // A copy: the rest of the bytes need not live as long as this one message.
    this.push(Buffer.from(bytes.subarray(start, end)))
  }
}

/** Bytes of the message that begins here, with its header; undefined while the header is not there. */
function messageLength(bytes: Buffer, at: number): number | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined) return undefined
  if (tag !== tags.sequence) throw new Malformed('it does not speak LDAP')
  if (first === undefined) return undefined
  if (first < 0x80) return 2 + first
  const count = first & 0x7f
  if (count === 0 || count > 4) throw new Malformed('a length is not as LDAP allows it')
  if (at + 2 + count > bytes.length) return undefined
  return 2 + count + bytes.readUIntBE(at + 2, count)
}
