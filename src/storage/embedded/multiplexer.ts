import type { Socket } from 'node:net'
import {
  answerStartup,
  errorAnswer,
  messageKind,
  nextMessage,
  parsedName,
  refused,
  rollbackMessage,
  tellsParsed,
  unnamed,
} from './wire.ts'

/** What executes protocol messages, one call at a time. */
export interface Engine {
  /** Runs complete messages and hands out what PostgreSQL answers. Throws only when the engine is beyond use. */
  execute(messages: Uint8Array, onAnswer: (bytes: Uint8Array) => void): Promise<void>
  inTransaction(): boolean
}

/** One stretch of messages of one connection that must not be torn apart. */
interface Unit {
  readonly connection: Connection
  readonly messages: readonly Buffer[]
  /** The connection has more to say before anybody else may speak. */
  readonly open: boolean
}

interface Connection {
  readonly socket: Socket
  chunks: Buffer[]
  /** Bytes in `chunks`. */
  size: number
  /** Bytes that must be there before another look is worth it. */
  wanted: number
  started: boolean
  closed: boolean
  /** Messages since the last Sync. */
  sequence: Buffer[]
}

export interface MultiplexerOptions {
  readonly parameters: ReadonlyMap<string, string>
  /** A transaction whose owner says nothing for so long, while others wait, is ended. */
  readonly idleInTransactionMs: number
  /** The engine is beyond use. */
  readonly onEngineLost: (error: unknown) => void
}

/**
 * Lets many connections share the one session of PGlite. What belongs together stays together: an extended query from
 * Parse to Sync (two connections would otherwise overwrite each other's unnamed statement), and a transaction from its
 * begin to its end; everybody else waits meanwhile. A named statement belongs to all of them: equal names mean equal texts,
 * and whoever brings one that is there already finds it made.
 */
export class Multiplexer {
  readonly #engine: Engine
  readonly #options: MultiplexerOptions
  readonly #connections = new Set<Connection>()
  /** Names of the statements the session keeps. */
  readonly #statements = new Set<string>()
  #queue: Unit[] = []
  #owner: Connection | undefined
  #busy = false
  #idleTimer: NodeJS.Timeout | undefined
  #executed = 0

  constructor(engine: Engine, options: MultiplexerOptions) {
    this.#engine = engine
    this.#options = options
  }

  get connections(): number {
    return this.#connections.size
  }

  /** Units executed so far; tells housekeeping whether anything happened. */
  get executed(): number {
    return this.#executed
  }

  accept(socket: Socket): void {
    const connection: Connection = {
      socket,
      chunks: [],
      size: 0,
      wanted: 0,
      started: false,
      closed: false,
      sequence: [],
    }
    this.#connections.add(connection)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#receive(connection, chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#leave(connection))
  }

  /** Runs something on the engine while no connection speaks; false when somebody does. */
  async whenQuiet(work: () => Promise<void>): Promise<boolean> {
    if (this.#busy || this.#owner !== undefined || this.#queue.length > 0) return false
    this.#busy = true
    try {
      await work()
    } finally {
      this.#busy = false
      this.#pump()
    }
    return true
  }

  close(): void {
    clearTimeout(this.#idleTimer)
    for (const connection of this.#connections) connection.socket.destroy()
  }

  #receive(connection: Connection, chunk: Buffer): void {
    connection.chunks.push(chunk)
    connection.size += chunk.length
    if (connection.size < connection.wanted) return
    let buffer = connection.chunks.length === 1 ? chunk : Buffer.concat(connection.chunks)
    for (;;) {
      const found = nextMessage(buffer, connection.started)
      if ('wanted' in found) {
        connection.wanted = found.wanted
        break
      }
      if (found.length < 0) return void connection.socket.destroy()
      this.#message(connection, buffer.subarray(0, found.length))
      buffer = buffer.subarray(found.length)
    }
    connection.chunks = buffer.length === 0 ? [] : [buffer]
    connection.size = buffer.length
  }

  #message(connection: Connection, message: Buffer): void {
    if (!connection.started) return this.#startup(connection, message)
    const kind = messageKind(message)
    if (kind === 'end') return void connection.socket.end()
    const refusal = refused(message)
    if (refusal !== undefined) return void connection.socket.end(errorAnswer('0A000', refusal))
    connection.sequence.push(message)
    if (kind === 'part') return
    const messages = connection.sequence
    connection.sequence = []
    this.#queue.push({ connection, messages, open: kind === 'flush' })
    this.#pump()
  }

  #startup(connection: Connection, message: Buffer): void {
    const answer = answerStartup(message, this.#options.parameters)
    if (answer === undefined) return void connection.socket.destroy()
    connection.started = answer.started
    connection.socket.write(answer.bytes)
  }

  #leave(connection: Connection): void {
    connection.closed = true
    this.#connections.delete(connection)
    this.#queue = this.#queue.filter((unit) => unit.connection !== connection)
    if (this.#owner === connection) this.#pump()
  }

  /** Executes what may be executed, with a turn of the event loop between two units so that sockets are served. */
  #pump(): void {
    if (this.#busy) return
    const unit = this.#next()
    if (unit === undefined) return this.#watchOwner()
    clearTimeout(this.#idleTimer)
    this.#busy = true
    this.#run(unit).then(
      () =>
        setImmediate(() => {
          this.#busy = false
          this.#pump()
        }),
      (error: unknown) => this.#options.onEngineLost(error),
    )
  }

  #next(): Unit | undefined {
    const owner = this.#owner
    if (owner === undefined) return this.#queue.shift()
    if (owner.closed) return { connection: owner, messages: [rollbackMessage()], open: false }
    const index = this.#queue.findIndex((unit) => unit.connection === owner)
    return index < 0 ? undefined : this.#queue.splice(index, 1)[0]
  }

  async #run(unit: Unit): Promise<void> {
    const { socket } = unit.connection
    this.#executed += 1
    // Drivers say first what they parse.
    let making = parsedName(unit.messages[0]) || undefined
    await this.#engine.execute(this.#withoutRepeats(unit.messages), (bytes) => {
      if (making !== undefined && tellsParsed(bytes)) this.#statements.add(making)
      making = undefined
      if (socket.writable) socket.write(Buffer.from(bytes))
    })
    this.#owner = unit.open || this.#engine.inTransaction() ? unit.connection : undefined
  }

  #withoutRepeats(messages: readonly Buffer[]): Uint8Array {
    return Buffer.concat(
      messages.map((message) => (this.#statements.has(parsedName(message) ?? '') ? unnamed(message) : message)),
    )
  }

  /** Somebody holds the session and is silent: if others wait, that has an end. */
  #watchOwner(): void {
    clearTimeout(this.#idleTimer)
    const owner = this.#owner
    if (owner === undefined || this.#queue.length === 0) return
    this.#idleTimer = setTimeout(() => {
      owner.socket.end(errorAnswer('25P03', 'the transaction was left open too long while others waited'))
      owner.socket.destroySoon()
    }, this.#options.idleInTransactionMs)
  }
}
