import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type DetailedPeerCertificate, getCACertificates, type TLSSocket } from 'node:tls'
import type { Instant } from '../../../../domain/identity.ts'
import { guardedLookup, isRefusedHost } from '../../../../platform/http-address.ts'

/** What a server shows to prove its name. */
export interface Certificate {
  readonly subject: string
  /** Host names and addresses it is made for. */
  readonly names: readonly string[]
  readonly issuer: string
  readonly from: Instant
  readonly until: Instant
}

/** A TLS handshake that failed, with the certificate that was not accepted, if the server came to show one. */
export class TlsFailure extends Error {
  readonly code: string
  readonly certificate: Certificate | undefined

  constructor(cause: Error, certificate: Certificate | undefined) {
    super(cause.message, { cause })
    this.code = String((cause as NodeJS.ErrnoException).code ?? '')
    this.certificate = certificate
  }
}

/** The connection was not there in time. */
export class ConnectTimeout extends Error {}

export interface TlsOptions {
  /** The configured host; the certificate must be made for it. */
  readonly host: string
  /** Wins over the host. */
  readonly serverName: string | undefined
  /** PEM of authorities beside those the machine trusts. */
  readonly ca: string | undefined
}

/** Opens a TCP connection, to all addresses of a name in turn. Rejects with the system's error or `ConnectTimeout`. */
export function openSocket(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<Socket> {
  if (isRefusedHost(host)) {
    const refusal: NodeJS.ErrnoException = new Error(`${host} is a link-local or metadata address`)
    refusal.code = 'EREFUSEDADDRESS'
    return Promise.reject(refusal)
  }
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, lookup: guardedLookup, noDelay: true })
    settle(socket, 'connect', timeoutMs, signal, () => resolve(socket), reject)
  })
}

/** Begins TLS on an open connection and checks chain and name. Rejects with `TlsFailure` or `ConnectTimeout`. */
export function secure(
  socket: Socket,
  options: TlsOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly socket: TLSSocket; readonly certificate: Certificate }> {
  const { host, serverName, ca } = options
  return new Promise((resolve, reject) => {
    const name = serverName ?? host
    const tls = connectTls({
      socket,
      // Both are given so that the certificate is never compared with "localhost"; an address is no name to ask for.
      host: name,
      servername: isIP(name) === 0 ? name : '',
      ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
    })
    let certificate: Certificate | undefined
    // Comes before the judgement: a certificate that is refused can be described as well.
    tls.prependOnceListener('secure', () => {
      certificate = described(tls.getPeerCertificate(true))
    })
    const failed = (error: Error) => {
      socket.destroy()
      reject(error instanceof ConnectTimeout || signal.aborted ? error : new TlsFailure(error, certificate))
    }
    const opened = () => {
      if (certificate === undefined) failed(new Error('The server showed no certificate.'))
      else resolve({ socket: tls, certificate })
    }
    settle(tls, 'secureConnect', timeoutMs, signal, opened, failed)
  })
}

/** Waits for one event, an error, the end of the time or the signal, and leaves no listener behind. */
function settle(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  timeoutMs: number,
  signal: AbortSignal,
  opened: () => void,
  failed: (error: Error) => void,
): void {
  const done = (finish: () => void) => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    socket.removeListener(event, onEvent)
    socket.removeListener('error', onError)
    socket.removeListener('close', onClose)
    finish()
  }
  const fail = (error: Error) =>
    done(() => {
      // What is said after the end concerns nobody.
      socket.on('error', () => undefined)
      socket.destroy()
      failed(error)
    })
  const onEvent = () => done(opened)
  const onError = (error: Error) => fail(error)
  const onClose = () => fail(new Error('The server closed the connection.'))
  const stop = () => fail(signal.reason instanceof Error ? signal.reason : new Error('It was stopped.'))
  const timer = setTimeout(() => fail(new ConnectTimeout(`No answer within ${timeoutMs / 1000} s.`)), timeoutMs)
  socket.once(event, onEvent)
  socket.once('error', onError)
  socket.once('close', onClose)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
}

function described(peer: DetailedPeerCertificate): Certificate | undefined {
  if (peer.subject === undefined) return undefined
  const names = (peer.subjectaltname ?? '').split(', ').flatMap((each) => {
    const found = /^(?:DNS|IP Address):"?(.+?)"?$/.exec(each)
    return found?.[1] === undefined ? [] : [found[1]]
  })
  const common = one(peer.subject.CN)
  return {
    subject: common ?? 'without a name',
    names: names.length > 0 ? names : common === undefined ? [] : [common],
    issuer: one(peer.issuer.CN) ?? one(peer.issuer.O) ?? 'without a name',
    from: Date.parse(peer.valid_from),
    until: Date.parse(peer.valid_to),
  }
}

function one(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
