import { Agent, request } from 'node:http'

export interface ScimAnswer {
  readonly status: number
  readonly text: string
}

/** One client of a SCIM server over connections that stay open; as thin as a client can be, so that the server is measured. */
export class ScimClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })
  readonly #base: URL
  readonly #token: string

  constructor(base: string, token: string) {
    this.#base = new URL(`${base}/`)
    this.#token = token
  }

  /** Throws at any status of 400 and above: a bench of refusals measures nothing. */
  async call(method: string, path: string, body?: unknown): Promise<ScimAnswer> {
    const answer = await new Promise<ScimAnswer>((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const sent = request(
        new URL(path, this.#base),
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${this.#token}`,
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) }),
          },
        },
        (response) => {
          let received = ''
          response.setEncoding('utf8').on('data', (chunk: string) => {
            received += chunk
          })
          response.once('end', () => resolve({ status: response.statusCode ?? 0, text: received }))
        },
      )
      sent.once('error', reject)
      sent.end(text)
    })
    if (answer.status >= 400) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`)
    return answer
  }

  async create(type: 'Users' | 'Groups', body: object): Promise<string> {
    const { text } = await this.call('POST', type, body)
    return (JSON.parse(text) as { id: string }).id
  }

  close(): void {
    this.#agent.destroy()
  }
}
