import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Clock } from '../../platform/clock.ts'
import { Faults } from '../server/faults.ts'
import { answerBind } from './bind.ts'
import { Certificates } from './certificates.ts'
import { LdapCounters } from './counters.ts'
import type { Directory } from './directory.ts'
import type { LdapFault } from './faults.ts'
import type { BindAccount, Flavour } from './flavours/flavour.ts'
import { startTlsOid, whoAmIOid } from './flavours/inet.ts'
import { answerTags, type Message, noticeOfDisconnection, type Result, resultCodes, resultMessage } from './protocol.ts'
import { SearchAnswer } from './search-answer.ts'
import type { PageEvent, SearchHost } from './search-host.ts'
import { answerId, type OperationState, Session, type SessionHost } from './session.ts'

/** A directory server on node:net and node:tls: framing, StartTLS, binds, faults, counting. */
export class LdapServer implements SessionHost, SearchHost {
  readonly counters = new LdapCounters()
  readonly faults = new Faults<LdapFault>()
  readonly flavour: Flavour
  readonly directory: Directory
  readonly clock: Clock
  readonly hostName: string
  readonly certificates: Certificates
  /** Refuses a simple bind without TLS. */
  demandsTls = false
  /** How long a listing may take; undefined = as long as its connection lasts. */
  listingLimitMs: number | undefined
  /** Entries that a search without paging gives at most. */
  sizeLimit: number | undefined
  /** Told of each page once it has left; may change the directory. */
  onPage: ((event: PageEvent) => void) | undefined
  readonly #sessions = new Set<Session>()
  readonly #sockets = new Set<Socket>()
  readonly #plain: Server
  readonly #encrypted: Server
  #lastCookie = 0

  constructor(flavour: Flavour, directory: Directory, clock: Clock, hostName: string) {
    this.flavour = flavour
    this.directory = directory
    this.clock = clock
    this.hostName = hostName
    this.sizeLimit = flavour.sizeLimit
    this.certificates = new Certificates([hostName, 'localhost', '127.0.0.1'], clock.now())
    this.#plain = createServer((socket) => this.#connected(socket))
    this.#encrypted = createServer((socket) => this.#connected(socket, true))
  }

  /** Listens on the loopback address for both; 0 = any free port. Resolves to the ports. */
  async listen(port: number, tlsPort: number): Promise<{ readonly port: number; readonly tlsPort: number }> {
    return { port: await listenOn(this.#plain, port), tlsPort: await listenOn(this.#encrypted, tlsPort) }
  }

  async stop(): Promise<void> {
    this.faults.remove()
    this.faults.release()
    for (const session of this.#sessions) session.destroy()
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all([this.#plain, this.#encrypted].map((server) => new Promise((done) => server.close(done))))
  }

  /** Ends every connection, as a restart of the server does; all cookies are void. */
  disconnectAll(): void {
    for (const session of this.#sessions) session.destroy()
  }

  /** All cookies are refused from now on. */
  expireCookies(): void {
    for (const session of this.#sessions) session.listings.clear()
  }

  /** Cookies are bytes that mean nothing to a client; these are not text on purpose. */
  nextCookie(): string {
    const bytes = Buffer.from([0, 0xff, 0xc3, 0x28, 0, 0, 0, 0])
    bytes.writeUInt32BE(++this.#lastCookie, 4)
    return bytes.toString('latin1')
  }

  get accounts(): readonly BindAccount[] {
    return this.flavour.accounts
  }

  closed(session: Session): void {
    this.#sessions.delete(session)
  }

  async serve(session: Session, message: Message, operation: OperationState): Promise<void> {
    const { request } = message
    switch (request.kind) {
      case 'unbind':
        this.counters.arrived('unbind')
        return session.destroy()
      case 'abandon':
        this.counters.arrived('abandon')
        return session.abandon(request.id)
      case 'search':
        return new SearchAnswer(this, session, { ...message, request }, operation).give()
      case 'bind': {
        const faults = this.strike('bind', [request.name])
        const { result, account } = answerBind(request, this.flavour, this.accounts, {
          isEncrypted: session.isEncrypted,
          demandsTls: this.demandsTls,
        })
        // Also a bind that is refused ends what the connection was before.
        session.account = undefined
        session.listings.clear()
        await this.#answer(
          session,
          message,
          'bind',
          request.name,
          answerTags.bind,
          result,
          faults,
          operation,
          (given) => {
            if (given.code === resultCodes.success) session.account = account
          },
        )
        return
      }
      case 'extended':
        return this.#serveExtended(session, message, request.name, operation)
      case 'other': {
        const faults = this.strike('write', [request.name])
        const refusal = { code: resultCodes.unwillingToPerform, message: 'this directory is read-only' }
        return this.#answer(session, message, 'write', request.name, request.answerTag, refusal, faults, operation)
      }
    }
  }

  /** Counts a request and draws the faults that strike it. */
  strike(operation: string, texts: readonly string[], admits?: (fault: LdapFault) => boolean): readonly LdapFault[] {
    this.counters.arrived(operation)
    return this.faults.strike(operation, texts, admits)
  }

  /** The faults that come before any answer. False = the request was dealt with: there is nothing more to say. */
  async sufferBefore(
    session: Session,
    id: number,
    answerTag: number,
    faults: readonly LdapFault[],
    operation: OperationState,
  ): Promise<{ readonly goesOn: boolean; readonly result?: Result }> {
    for (const fault of faults) {
      if (fault.kind === 'slow') await this.clock.sleep(fault.ms)
      if (fault.kind === 'hold') await this.faults.hold(fault.ms)
    }
    if (operation.isAbandoned || session.isClosed) return { goesOn: false }
    for (const fault of faults) {
      switch (fault.kind) {
        case 'close':
          if (fault.afterEntries !== undefined) break
          await session.reset()
          return { goesOn: false }
        case 'disconnect-notice':
          await session.write(noticeOfDisconnection(fault.code ?? resultCodes.unavailable, fault.message ?? ''))
          await session.close()
          return { goesOn: false }
        case 'malformed':
          await session.write(malformed(fault.how, id, answerTag))
          await session.flush()
          return { goesOn: false }
        case 'wrong-message-id':
          if (fault.extra === true) await session.write(resultMessage(id + 1000, answerTag, { code: 0 }))
          break
        case 'result':
          if (fault.afterEntries !== undefined) break
          return { goesOn: true, result: { code: fault.code, message: fault.message ?? '' } }
        case 'refuse-bind':
          return { goesOn: true, result: this.flavour.badCredentials(fault.reason) }
        case 'referral':
          return { goesOn: true, result: { code: resultCodes.referral, referrals: fault.uris } }
        default:
      }
    }
    return { goesOn: true }
  }

  async #serveExtended(session: Session, message: Message, oid: string, operation: OperationState): Promise<void> {
    const isStartTls = oid === startTlsOid
    const name = isStartTls ? 'startTls' : 'extended'
    const faults = this.strike(name, [oid])
    const answer = (result: Result) =>
      this.#answer(session, message, name, oid, answerTags.extended, result, faults, operation)
    if (oid === whoAmIOid && this.flavour.extensions.includes(oid)) {
      const responseValue = Buffer.from(session.account === undefined ? '' : `dn:${session.account.dn}`)
      const bytes = resultMessage(message.id, answerTags.extended, { code: 0 }, [], { responseValue })
      return session.write(bytes)
    }
    if (!isStartTls) {
      return answer({ code: resultCodes.protocolError, message: 'unsupported extended operation' })
    }
    if (session.isEncrypted) return answer({ code: resultCodes.operationsError, message: 'TLS already started' })
    const { goesOn, result } = await this.sufferBefore(session, message.id, answerTags.extended, faults, operation)
    if (!goesOn) return this.#log(name, oid, undefined)
    if (result !== undefined) {
      this.#log(name, oid, result.code)
      return session.write(resultMessage(message.id, answerTags.extended, result))
    }
    this.#log(name, oid, 0)
    const yes = resultMessage(message.id, answerTags.extended, { code: 0 }, [], { responseName: startTlsOid })
    await session.startTls(yes, this.certificates.secureContext)
  }

  async #answer(
    session: Session,
    message: Message,
    operationName: string,
    detail: string,
    tag: number,
    result: Result,
    faults: readonly LdapFault[],
    operation: OperationState,
    onGiven?: (result: Result) => void,
  ): Promise<void> {
    const suffered = await this.sufferBefore(session, message.id, tag, faults, operation)
    if (!suffered.goesOn) return this.#log(operationName, detail, undefined)
    const given = suffered.result ?? result
    onGiven?.(given)
    this.#log(operationName, detail, given.code)
    await session.write(resultMessage(answerId(message.id, faults), tag, given))
  }

  #log(operation: string, detail: string, code: number | undefined): void {
    this.counters.answered({ at: this.clock.now(), operation, detail, code, entries: 0 })
  }

  #connected(socket: Socket, isEncrypted = false): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    this.counters.connections++
    const faults = this.faults.strike('connect', [])
    const begin = () => {
      if (socket.destroyed) return
      if (faults.some(({ kind }) => kind === 'close')) return void socket.destroy()
      this.#open(socket, isEncrypted)
    }
    if (faults.length === 0) return begin()
    const waits = faults.map((fault) => {
      if (fault.kind === 'slow') return this.clock.sleep(fault.ms)
      return fault.kind === 'hold' ? this.faults.hold(fault.ms) : undefined
    })
    void Promise.all(waits).then(begin)
  }

  #open(socket: Socket, isEncrypted: boolean): void {
    const { secureContext } = this.certificates
    const session = new Session(isEncrypted ? new TLSSocket(socket, { isServer: true, secureContext }) : socket, this)
    this.#sessions.add(session)
    session.start()
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Bytes that no client may take for an answer. */
function malformed(how: 'indefinite' | 'too-long' | 'wrong-tag' | 'noise', id: number, tag: number): Buffer {
  const whole = resultMessage(id, tag, { code: 0 })
  switch (how) {
    case 'indefinite':
      return Buffer.concat([Buffer.of(0x30, 0x80), whole.subarray(2), Buffer.of(0, 0)])
    case 'too-long':
      return Buffer.concat([Buffer.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff), whole.subarray(2)])
    case 'wrong-tag':
      return Buffer.concat([Buffer.of(0x04), whole.subarray(1)])
    case 'noise':
      return Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n', 'latin1')
  }
}
