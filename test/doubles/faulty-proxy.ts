import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'

/** What is to go wrong with the requests that match; the first fault that matches and is not used up strikes. */
export interface Fault {
  /** Matched against `GET /Users/1?count=2`, the path below the base. */
  readonly matches: RegExp
  readonly kind: 'status' | 'not-json' | 'cut-off' | 'hang' | 'hang-up' | 'rewrite' | 'answer'
  readonly status?: number
  readonly retryAfterSeconds?: number
  /** Strikes after the server behind has carried the request out. */
  readonly isAfter?: boolean
  /** Lets so many matching requests pass first. */
  readonly skip?: number
  /** Strikes so often. */
  readonly times?: number
  /** Of `rewrite`: the body of a good answer as JSON, changed. */
  readonly rewrite?: (body: Record<string, unknown>) => unknown
  /** Of `answer`: what comes with the status instead of what is behind. */
  readonly answer?: () => unknown
}

export interface SeenCall {
  readonly what: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

/** Headers of one connection (RFC 9110 section 7.6.1), and the length, which a fault may change. */
const ownOfEachHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']

/** A real server before another one, which passes everything on and can be told to misbehave. */
export interface FaultyProxy {
  readonly baseUrl: string
  readonly seen: readonly SeenCall[]
  add(fault: Fault): void
  calm(): void
  /** Requests that came before an announced pause was over, by the clock that was given. */
  undercut(): number
  close(): Promise<void>
}

export async function startFaultyProxy(behind: string, now: () => number): Promise<FaultyProxy> {
  const faults: { fault: Fault; passed: number; struck: number }[] = []
  const seen: SeenCall[] = []
  let quietUntil = 0
  let undercut = 0
  const base = new URL(behind)

  function faultFor(what: string): Fault | undefined {
    for (const each of faults) {
      const { fault } = each
      if (!fault.matches.test(what) || each.struck >= (fault.times ?? Number.POSITIVE_INFINITY)) continue
      each.passed += 1
      if (each.passed <= (fault.skip ?? 0)) continue
      each.struck += 1
      return fault
    }
    return undefined
  }

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await text(incoming)
    const path = (incoming.url ?? '/').slice(base.pathname.replace(/\/$/, '').length)
    const what = `${incoming.method} ${path}`
    seen.push({ what, body, headers: incoming.headers })
    if (now() < quietUntil) undercut += 1
    const fault = faultFor(what)
    if (fault !== undefined && fault.isAfter !== true && fault.kind !== 'rewrite' && fault.kind !== 'cut-off') {
      return strike(fault, outgoing)
    }
    const { status, headers, body: answer } = await passedOn(incoming, body)
    if (fault === undefined) return void outgoing.writeHead(status, headers).end(answer)
    if (fault.kind === 'cut-off') {
      outgoing.writeHead(status, { ...headers, 'content-length': String(answer.length + 100) })
      outgoing.write(answer.subarray(0, answer.length / 2), () => outgoing.destroy())
      return
    }
    if (fault.kind !== 'rewrite') return strike(fault, outgoing)
    const changed = status < 300 ? JSON.stringify(fault.rewrite?.(JSON.parse(answer.toString()))) : answer
    outgoing.writeHead(status, { ...headers, 'content-type': 'application/scim+json' }).end(changed)
  }

  function strike({ kind, status = 503, retryAfterSeconds, answer }: Fault, outgoing: ServerResponse): void {
    if (kind === 'answer') {
      return void outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer?.()))
    }
    if (kind === 'hang') return
    if (kind === 'hang-up') return void outgoing.destroy()
    if (kind === 'not-json') return void outgoing.writeHead(200).end('<html>Please sign in</html>')
    if (retryAfterSeconds !== undefined) quietUntil = now() + retryAfterSeconds * 1000
    const pause = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
    outgoing.writeHead(status, { 'content-type': 'application/scim+json', ...pause })
    outgoing.end(JSON.stringify({ status: String(status), detail: 'struck' }))
  }

  function passedOn(incoming: IncomingMessage, body: string) {
    return new Promise<{ status: number; headers: Record<string, string>; body: Buffer }>((resolve, reject) => {
      const onward = request(
        {
          host: base.hostname,
          port: base.port,
          method: incoming.method,
          path: incoming.url,
          headers: incoming.headers,
        },
        async (answer) => {
          const kept = Object.entries(answer.headers).filter(([name]) => !ownOfEachHop.includes(name))
          resolve({
            status: answer.statusCode ?? 500,
            headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
            body: await buffer(answer),
          })
        },
      )
      onward.on('error', reject)
      onward.end(body)
    })
  }

  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}${base.pathname.replace(/\/$/, '')}`,
    seen,
    add: (fault) => void faults.push({ fault, passed: 0, struck: 0 }),
    calm: () => {
      faults.length = 0
      quietUntil = 0
    },
    undercut: () => undercut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
