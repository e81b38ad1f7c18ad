import type { Answer, Call } from './call.ts'

/** The part of a server that is not the vendor's: everything below `/__sandbox`. */
export interface Control {
  handle(call: Call): Answer
}

export type ControlHandler = (call: Call, body: Record<string, unknown>) => unknown

/** Routes by `METHOD /path`; a handler's value is the JSON answer, what it throws a 400 with the message. */
export class ControlRoutes implements Control {
  readonly #routes: ReadonlyMap<string, ControlHandler>

  constructor(routes: Readonly<Record<string, ControlHandler>>) {
    this.#routes = new Map(Object.entries(routes))
  }

  handle(call: Call): Answer {
    const path = call.path.replace(/\/$/, '')
    const handler = this.#routes.get(`${call.method} ${path}`)
    if (handler === undefined) {
      return { status: 404, json: { message: `There is no ${call.method} ${path}`, routes: [...this.#routes.keys()] } }
    }
    try {
      const body: unknown = call.rawBody === '' ? {} : JSON.parse(call.rawBody)
      if (typeof body !== 'object' || body === null) throw new Error('The body must be a JSON object')
      return { status: 200, json: handler(call, body as Record<string, unknown>) ?? {} }
    } catch (error) {
      return { status: 400, json: { message: error instanceof Error ? error.message : String(error) } }
    }
  }
}
