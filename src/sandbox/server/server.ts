import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../platform/clock.ts'
import type { Verdict } from './bucket.ts'
import { Call, type Operation } from './call.ts'
import type { Control } from './control.ts'
import { Counters } from './counters.ts'
import { insteadOfApplying, type Outcome, run, serverError } from './disturbance.ts'
import { type FaultEffect, Faults } from './faults.ts'
import { fitsOperation } from './patterns.ts'
import { PointsQuota } from './points.ts'
import { RateLimits } from './rate-limit.ts'
import { Router } from './router.ts'
import { limitHeaders, send } from './sending.ts'

const largestBodyBytes = 2_000_000

/** A request and what became of it, for whoever watches. */
export interface Exchange {
  readonly operation: Operation
  readonly call: Call
  readonly answer: Outcome
  /** A fault or a limit had a hand in the answer. */
  readonly isDisturbed: boolean
}

/** A vendor's HTTP server: routing, faults, limits, counting. What it answers is up to the operations. */
export class TwinServer {
  readonly counters = new Counters()
  readonly faults: Faults = new Faults()
  readonly limits = new RateLimits()
  readonly quota = new PointsQuota()
  /** Every call takes at least this long. */
  latencyMs = 0
  readonly #router = new Router()
  readonly #clock: Clock
  readonly #server: Server
  #control: Control | undefined
  readonly #watchers = new Set<(exchange: Exchange) => void>()
  readonly #names = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#server = createServer((request, response) => this.#receive(request, response))
    // Longer than clients keep idle connections, so that the client is the one who closes.
    this.#server.keepAliveTimeout = 75_000
  }

  add(operations: readonly Operation[]): void {
    for (const operation of operations) {
      this.#router.add(operation)
      this.#names.add(operation.name)
    }
  }

  /** Names of everything that can be asked here, in order. */
  get operationNames(): readonly string[] {
    return [...this.#names].sort()
  }

  useControl(control: Control): void {
    this.#control = control
  }

  /** Tells of every exchange from now on. */
  watch(watcher: (exchange: Exchange) => void): void {
    this.#watchers.add(watcher)
  }

  /** Listens on the loopback address; 0 = any free port. Resolves to the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  stop(): Promise<void> {
    this.faults.remove()
    this.faults.release()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => {})
    const hasBody = request.headers['content-length'] !== undefined || 'transfer-encoding' in request.headers
    if (!hasBody || request.headers['content-length'] === '0') {
      request.resume()
      this.#dispatch(request, response, '')
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > largestBodyBytes) request.destroy()
      else chunks.push(chunk)
    })
    request.on('end', () => this.#dispatch(request, response, Buffer.concat(chunks).toString('utf8')))
    request.on('error', () => {})
  }

  #dispatch(request: IncomingMessage, response: ServerResponse, rawBody: string): void {
    const url = request.url ?? '/'
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const method = request.method ?? 'GET'
    const at = this.#clock.now()
    const match = path.startsWith('/__sandbox') ? undefined : this.#router.match(method, path)
    const found = typeof match === 'object' ? match : undefined
    const rawQuery = mark < 0 ? '' : url.slice(mark + 1)
    const { headers } = request
    const call = new Call({ method, path, rawQuery, params: found?.params ?? {}, headers, at, rawBody })
    if (path.startsWith('/__sandbox')) {
      send(response, this.#control?.handle(call) ?? { status: 404 }, undefined)
      return
    }
    if (found === undefined) {
      const status = match === 'method' ? 405 : 404
      this.counters.arrived('unknown')
      this.counters.answered({ at, operation: 'unknown', method, path, status })
      send(response, {
        status,
        json: { code: status, message: match === 'method' ? 'Method Not Allowed' : 'Not Found' },
      })
      return
    }
    this.#serve(found.operation, call, response)
  }

  #serve(operation: Operation, call: Call, response: ServerResponse): void {
    this.counters.arrived(operation.name)
    const finish = (outcome: Outcome, cut = false, isDisturbed = true) => {
      const { at, method, path } = call
      for (const watcher of this.#watchers) watcher({ operation, call, answer: outcome, isDisturbed })
      this.counters.answered({ at, operation: operation.name, method, path, status: outcome?.status ?? 0 })
      if (outcome === undefined) response.socket?.destroy()
      else {
        this.quota.charge(operation.name, method, outcome, at)
        // Announced times are compared with the sender's own: both have to come from one clock.
        const date = new Date(this.#clock.now()).toUTCString()
        send(response, outcome, { date, ...this.#policyHeader(operation), ...limitHeaders(operation, verdict) }, cut)
      }
    }
    const verdict = this.limits.take(operation.name, call.at) ?? this.#quotaVerdict(operation, call.at)
    if (verdict?.retryAfterSeconds !== undefined) {
      finish(operation.dialect.tooManyRequests(call))
      return
    }
    const struck = this.faults.strike(operation.name, [call.path, call.rawQuery, call.rawBody])
    if (struck.length === 0 && this.latencyMs <= 0) {
      finish(run(operation, call), false, false)
      return
    }
    this.#serveBadly(operation, call, struck)
      .then(({ outcome, cut }) => finish(outcome, cut))
      .catch(() => finish(undefined))
  }

  #quotaVerdict({ name, dialect }: Operation, now: number): Verdict | undefined {
    const until = this.quota.exhaustedUntil(name, now)
    if (until === undefined) return undefined
    return {
      limit: this.quota.settings?.points ?? 0,
      remaining: 0,
      resetAt: until,
      reason: dialect.quota?.reason ?? '',
      retryAfterSeconds: Math.max(1, Math.ceil((until - now) / 1000)),
    }
  }

  /** What the quota is, on every answer it covers. */
  #policyHeader({ name, dialect }: Operation): Record<string, string> {
    const { settings } = this.quota
    if (settings === undefined || dialect.quota === undefined || !fitsOperation(settings.operations, name)) return {}
    return { [dialect.quota.policyHeader]: `"tenant-app-quota";q=${settings.points};w=${settings.windowSeconds}` }
  }

  async #serveBadly(
    operation: Operation,
    call: Call,
    struck: readonly FaultEffect[],
  ): Promise<{ outcome: Outcome; cut: boolean }> {
    let waitMs = this.latencyMs
    for (const effect of struck) {
      if (effect.kind === 'slow') waitMs += effect.ms
      if (effect.kind === 'late') call.lateMs = effect.ms
      if (effect.kind === 'anonymous') call.takenFor = 'nobody'
      if (effect.kind === 'wrong-organization') call.takenFor = 'stranger'
      if (effect.kind === 'short-page') {
        call.shortPage = { keep: effect.keep ?? 0, totalIsTrue: effect.totalIsTrue ?? true }
      }
    }
    if (waitMs > 0) await this.#clock.sleep(waitMs)
    for (const effect of struck) {
      if (effect.kind === 'hold' && effect.when === 'before') {
        await this.faults.hold(effect.ms)
        if (effect.afterwards === 'close') return { outcome: undefined, cut: false }
      }
      const instead = insteadOfApplying(effect, operation, call)
      if (instead !== 'apply') return { outcome: instead, cut: false }
    }
    let outcome: Outcome = run(operation, call)
    let cut = false
    for (const effect of struck) {
      if (effect.kind === 'status' && effect.when === 'after') outcome = serverError(effect, operation)
      if (effect.kind === 'close' && effect.when === 'after') outcome = undefined
      if (effect.kind === 'cut-body') cut = true
      if (effect.kind === 'hold' && effect.when === 'after') {
        await this.faults.hold(effect.ms)
        if (effect.afterwards === 'close') outcome = undefined
      }
    }
    return { outcome, cut }
  }
}
