import type { SandboxFacts } from '../../src/sandbox/start.ts'
import { OpenApi, specs } from './openapi.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** Parsed where it is JSON, else the text; undefined without a body. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any
}

export interface SendOptions {
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly headers?: Readonly<Record<string, string>>
}

const jira = specs.present ? new OpenApi('jira-cloud-platform-v3.json') : undefined
const admin = specs.present ? new OpenApi('atlassian-admin-organizations.json') : undefined
const provisioning = specs.present ? new OpenApi('atlassian-user-provisioning-scim.json') : undefined
const userManagement = specs.present ? new OpenApi('atlassian-admin-user-management.json') : undefined

/**
 * A plain client of the sandbox. Where the vendor's documents are present, every answer it gets is held against them
 * and a difference throws.
 */
export class SandboxClient {
  readonly facts: SandboxFacts
  readonly #authorization: string | undefined

  constructor(facts: SandboxFacts, authorization: string | undefined) {
    this.facts = facts
    this.#authorization = authorization
  }

  static basic(facts: SandboxFacts, email: string, token: string): SandboxClient {
    return new SandboxClient(facts, `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`)
  }

  static bearer(facts: SandboxFacts, key: string): SandboxClient {
    return new SandboxClient(facts, `Bearer ${key}`)
  }

  /** A path of the site, e.g. `/myself`. */
  site(method: string, path: string, options: SendOptions = {}): Promise<Reply> {
    return this.#jira(this.facts.site, method, path, options)
  }

  /** The same path through the gateway. */
  gateway(method: string, path: string, options: SendOptions = {}): Promise<Reply> {
    return this.#jira(`${this.facts.apiBase}/ex/jira/${this.facts.cloudId}`, method, path, options)
  }

  /** A path below `/admin`; `:org` and `:dir` are filled in. */
  async admin(method: string, path: string, options: SendOptions = {}): Promise<Reply> {
    const full = path.replace(':org', this.facts.orgId).replace(':dir', this.facts.directoryId)
    const reply = await this.send(method, `${this.facts.apiBase}/admin${full}`, options)
    judge(admin, method, full, reply)
    return reply
  }

  /** A path below `/users/{accountId}/manage`, e.g. `/profile`. */
  async account(method: string, accountId: string, path: string, options: SendOptions = {}): Promise<Reply> {
    const full = `/users/${encodeURIComponent(accountId)}/manage${path}`
    const reply = await this.send(method, `${this.facts.apiBase}${full}`, options)
    judge(userManagement, method, full, reply)
    return reply
  }

  /** A path below the directory of Atlassian Guard, e.g. `/Users`. */
  async scim(method: string, path: string, options: SendOptions = {}): Promise<Reply> {
    const { baseUrl } = this.facts.guard
    const headers = { 'content-type': 'application/scim+json', ...options.headers }
    const reply = await this.send(
      method,
      `${baseUrl}${path}`,
      options.body === undefined ? options : { ...options, headers },
    )
    judge(provisioning, method, `${new URL(baseUrl).pathname}${path}`, reply)
    return reply
  }

  async send(method: string, url: string, { body, query, headers }: SendOptions = {}): Promise<Reply> {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query ?? {})) {
      for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each))
    }
    const response = await fetch(search.size === 0 ? url : `${url}?${search}`, {
      method,
      headers: {
        ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    })
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
    }
  }

  async #jira(base: string, method: string, path: string, options: SendOptions): Promise<Reply> {
    const reply = await this.send(method, `${base}/rest/api/3${path}`, options)
    judge(jira, method, `/rest/api/3${path}`, reply)
    return reply
  }
}

/** The everyday clients of a sandbox. */
export function clientsOf(facts: SandboxFacts) {
  const { email, apiToken, orgApiKey } = facts.credentials
  return {
    jira: SandboxClient.basic(facts, email, apiToken),
    org: SandboxClient.bearer(facts, orgApiKey),
    guard: SandboxClient.bearer(facts, facts.guard.apiKey),
    anonymous: new SandboxClient(facts, undefined),
  }
}

function judge(document: OpenApi | undefined, method: string, path: string, reply: Reply): void {
  const problems = document?.problems(method, path, reply.status, reply.body) ?? []
  if (problems.length > 0) throw new Error(`The answer differs from the vendor's document:\n${problems.join('\n')}`)
}
