// A process of its own before the double of a directory: passes requests on and remembers the answers, then answers the same requests
// from memory. Order as JSON in the first argument; prints its address and the secrets as JSON, is told what comes next over HTTP.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { benchSources, isSignIn, type Size } from './stands.ts'

/** What the process is asked to serve. */
export interface RecorderOrder extends Size {
  readonly source: string
}

/** Keys are made by each process for itself, so they are told. */
export interface RecorderReady {
  readonly url: string
  readonly secrets: Readonly<Record<string, string>>
}

/** One request that was passed on, in the order they came. */
export interface RecordedCall {
  readonly phase: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Recording {
  readonly calls: readonly RecordedCall[]
  /** Most requests under way at the same time, by phase. */
  readonly atOnce: Readonly<Record<string, number>>
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer
}

const order = JSON.parse(process.argv[2] ?? '') as RecorderOrder
const source = benchSources[order.source]
if (source === undefined) throw new Error(`There is no source ${order.source}`)
const double = await source.start(order)
const behind = new URL(double.url)

const calls: RecordedCall[] = []
const atOnce: Record<string, number> = {}
const kept = new Map<string, Answer>()
let phase = ''
let underWay = 0
/** Milliseconds until an answer from memory; undefined = requests are passed on. */
let pauseMs: number | undefined

/** What signs in is another text each time. */
const keyOf = ({ method, url = '' }: IncomingMessage, body: string) => `${method} ${url}\n${isSignIn(url) ? '' : body}`
const passed = ['authorization', 'accept', 'content-type', 'customer-key', 'timestamp']

async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://recorder.test')
  if (url.pathname === '/__recorder') return told(url.searchParams, outgoing)
  const body = (await buffer(incoming)).toString()
  if (pauseMs !== undefined) {
    if (pauseMs > 0) await setTimeout(pauseMs)
    return sent(outgoing, kept.get(keyOf(incoming, body)) ?? { status: 404, headers: {}, body: Buffer.of() })
  }
  underWay += 1
  atOnce[phase] = Math.max(atOnce[phase] ?? 0, underWay)
  const headers = Object.fromEntries(
    passed.flatMap((name) => (incoming.headers[name] === undefined ? [] : [[name, String(incoming.headers[name])]])),
  )
  calls.push({ phase, method: incoming.method ?? 'GET', url: incoming.url ?? '/', headers, body })
  const answer = await behindIt(incoming, body)
  kept.set(keyOf(incoming, body), answer)
  underWay -= 1
  sent(outgoing, answer)
}

/** `?phase=users` begins a part; `?pause=10` ends the recording, and answers come from memory after so many milliseconds. */
function told(query: URLSearchParams, outgoing: ServerResponse): void {
  phase = query.get('phase') ?? phase
  if (query.has('pause')) pauseMs = Number(query.get('pause'))
  const recording: Recording = { calls, atOnce }
  outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(recording))
}

function sent(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, headers).end(body)
}

function behindIt(incoming: IncomingMessage, body: string): Promise<Answer> {
  const { hostname, port } = behind
  return new Promise((resolve, reject) => {
    const { method, url: path, headers } = incoming
    const onward = request({ host: hostname, port, method, path, headers }, async (answer) => {
      const content = await buffer(answer)
      const told = Object.entries(answer.headers).filter(
        ([name]) => !/^(connection|keep-alive|transfer-encoding|date)$/.test(name),
      )
      const all = Object.fromEntries(told.map(([name, value]) => [name, String(value)]))
      resolve({
        status: answer.statusCode ?? 500,
        headers: { ...all, 'content-length': String(content.length) },
        body: content,
      })
    })
    onward.on('error', reject)
    onward.end(body)
  })
}

const server = createServer((incoming, outgoing) => {
  respond(incoming, outgoing).catch(() => outgoing.destroy())
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const path = behind.pathname.replace(/\/$/, '')
const ready: RecorderReady = {
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  secrets: source.secrets,
}
process.stdout.write(`${JSON.stringify(ready)}\n`)
