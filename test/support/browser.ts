import { request } from 'node:http'

/** A browser as far as a server sees one: it keeps cookies, says where a request comes from, and follows nothing by itself. */
export interface Browser {
  /** Cookies it holds now, by name. */
  readonly cookies: Map<string, string>
  get(path: string, headers?: Headers): Promise<Answered>
  /** As a page of the server itself does it, with the CSRF token of the session where there is one. */
  post(path: string, body: unknown, headers?: Headers): Promise<Answered>
  /** `body` is sent as JSON, `text` as it is. */
  send(method: string, path: string, options?: { body?: unknown; text?: string; headers?: Headers }): Promise<Answered>
}

type Headers = Readonly<Record<string, string | undefined>>

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly setCookies: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server answered; tests look at what they expect
  readonly body: any
}

export function openBrowser(url: string): Browser {
  const cookies = new Map<string, string>()
  const send: Browser['send'] = async (method, path, { body, text, headers = {} } = {}) => {
    const all: Headers = {
      ...(cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      'user-agent': 'Test browser',
      ...headers,
    }
    const sent = body === undefined ? text : JSON.stringify(body)
    const answered = await exchange(new URL(path, url), method, all, sent)
    for (const line of answered.setCookies) {
      const [pair = '', ...attributes] = line.split(/; ?/)
      const at = pair.indexOf('=')
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
      if (attributes.some((each) => /^max-age=0$/i.test(each))) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answered
  }
  return {
    cookies,
    send,
    get: (path, headers = {}) => send('GET', path, { headers: { 'sec-fetch-site': 'none', ...headers } }),
    post: async (path, body, headers = {}) => {
      const me = cookies.size === 0 ? undefined : await send('GET', '/api/v1/me')
      const csrf: unknown = me?.body?.session?.csrfToken
      return send('POST', path, {
        body,
        headers: {
          origin: new URL(url).origin,
          'sec-fetch-site': 'same-origin',
          ...(typeof csrf === 'string' ? { 'x-muster-csrf': csrf } : {}),
          ...headers,
        },
      })
    },
  }
}

/** By hand, because `fetch` does not let a test say which page a request comes from. */
function exchange(url: URL, method: string, headers: Headers, body: string | undefined): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const given = Object.entries({ ...headers, ...length }).filter(([, value]) => value !== undefined)
    const sent = request(url, { method, headers: Object.fromEntries(given) }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => void parts.push(part))
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          setCookies: answer.headers['set-cookie'] ?? [],
          body: text.startsWith('{') ? JSON.parse(text) : text,
        })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
