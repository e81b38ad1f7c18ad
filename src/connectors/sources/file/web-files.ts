import { createHash } from 'node:crypto'
import { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import { Secret } from '../../../platform/secret.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { ChangesPage } from '../../../ports/source.ts'
import { DirectoryApi } from '../../kit/directory/api.ts'
import { bearer, type Credential, standingCredential } from '../../kit/directory/credential.ts'
import type { FileConfig } from './config.ts'
import type { TextFile } from './text-file.ts'

/** An export of a large company is made while it is asked for. */
const timeoutMs = 600_000

export function isWebAddress(name: string): boolean {
  return /^https?:\/\//i.test(name)
}

const signatures = /^(sig|signature|token|expires?|x-(amz|goog)-.*)$/i
/** Begin and end of a signature of Azure; without one they may be anything. */
const signedTimes = /^(se|st)$/i

/** What stays the same when a server moves to another host or signs an address anew. */
export function placeName(name: string): string {
  const url = isWebAddress(name) ? URL.parse(name) : null
  if (url === null) return name
  const isTimed = url.searchParams.has('sig')
  const asked = [...url.searchParams].filter(([key]) => !signatures.test(key) && !(isTimed && signedTimes.test(key)))
  return `${url.pathname}?${new URLSearchParams(asked)}`
}

/** A name for messages: of an address never its query, which may hold a signature, and no credential. */
export function withoutQuery(name: string): string {
  const url = isWebAddress(name) ? URL.parse(name) : null
  return url === null ? name.replace(/^(https?:[^?]*)\?.*$/is, '$1') : `${url.host}${url.pathname}`
}

/** What an address is called in messages. */
function shownName(name: string, position: number, all: readonly string[]): string {
  const told = all.map(withoutQuery)
  const own = told[position] ?? name
  // Exports that differ in their query alone are told apart by their place in the settings.
  return told.filter((each) => each === own).length > 1 ? `${own} (${roles[position]})` : own
}

const roles = ['people', 'groups', 'memberships']

/** What a server said to recognise one state of a file by. */
const stateShape = z.object({
  etag: z.string().optional(),
  modified: z.string().optional(),
  digest: z.string(),
})
type State = z.output<typeof stateShape>
const cursorShape = z.array(stateShape)

/** Files behind addresses of one server. One instance serves one read: each file is fetched once. */
export class WebFiles {
  readonly #api: DirectoryApi
  readonly #isProvenByItself: boolean
  readonly #names: readonly string[]
  readonly #fetched = new Map<string, Promise<{ readonly file: TextFile; readonly state: State }>>()

  /** `isProvenByItself`: the format or a closing line shows a cut, wherever it is. Throws `config-invalid`. */
  constructor(names: readonly string[], config: FileConfig, context: ConnectorContext, isProvenByItself: boolean) {
    this.#isProvenByItself = isProvenByItself
    this.#names = names
    this.#api = new DirectoryApi({
      base: originOf(names, context.key),
      credential: credentialOf(config),
      context,
      requestsAtOnce: 2,
      words: {
        credential: 'Check token, or username and password, and whether they have expired.',
        rights: 'Give the credential the right to fetch the file.',
      },
      timeoutMs,
      maxBytes: config.maxSizeMb * 1_000_000,
    })
  }

  /** The whole file. Throws `incomplete-read` for whatever is not surely a whole one. */
  async fetch(name: string, signal: AbortSignal): Promise<TextFile> {
    let fetched = this.#fetched.get(name)
    if (fetched === undefined) {
      fetched = this.#fetchNow(name, signal)
      this.#fetched.set(name, fetched)
    }
    return (await fetched).file
  }

  /**
   * Several files must be of one moment, and the length of one that is being written is only what it has by then: throws
   * `incomplete-read` where one is another now than when it was fetched. A report that is made for every request has no state
   * of its own, and is only held against others.
   */
  async proveUnchanged(signal: AbortSignal): Promise<void> {
    const isAlone = this.#fetched.size < 2
    for (const [name, fetched] of this.#fetched) {
      const { state, file } = await fetched
      const isReport = state.etag === undefined && file.modifiedAt === undefined
      if (isAlone && (isReport || this.#isProvenByItself)) return
      if ((await this.#stateNow(name, state, signal)).digest === state.digest) continue
      throw fail.incompleteRead(`${this.#shown(name)} was changed while the files were being read.`, {
        hint: 'Read again. Let the export publish all files at once.',
      })
    }
  }

  /** Whether any of the files is another one than at the cursor; who changed is not known. */
  async *changesSince(cursor: string | undefined, signal: AbortSignal): AsyncGenerator<ChangesPage> {
    const before = cursorOf(cursor)
    const now: State[] = []
    let isOther = false
    for (const [at, name] of this.#names.entries()) {
      const known = before?.[at]
      const state = await this.#stateNow(name, known, signal)
      now.push(state)
      isOther ||= before !== undefined && state.digest !== known?.digest
    }
    yield { users: [], groups: [], ...(isOther ? { isRestart: true } : {}), next: JSON.stringify(now) }
  }

  close(): void {
    this.#fetched.clear()
    this.#api.close()
  }

  async #fetchNow(name: string, signal: AbortSignal) {
    const answer = await this.#ask(name, {}, signal)
    const content = this.#whole(name, answer)
    const state = stateOf(answer)
    const modifiedAt = Date.parse(answer.headers.get('last-modified') ?? '')
    const file: TextFile = {
      name: this.#shown(name),
      path: this.#shown(name),
      bytes: Buffer.byteLength(content),
      modifiedAt: Number.isNaN(modifiedAt) ? undefined : modifiedAt,
      state: state.digest,
      content,
    }
    return { file, state }
  }

  /** `known` is what to ask about: a server that says "not modified" sends nothing. */
  async #stateNow(name: string, known: State | undefined, signal: AbortSignal): Promise<State> {
    const { etag, modified } = known ?? {}
    const asked = {
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(etag !== undefined || modified === undefined ? {} : { 'if-modified-since': modified }),
    }
    const answer = await this.#ask(name, asked, signal)
    if (known !== undefined && answer.status === 304) return known
    this.#whole(name, answer)
    return stateOf(answer)
  }

  async #ask(name: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const { pathname, search } = new URL(name)
    const act = `Fetching ${this.#shown(name)}`
    const answer = await this.#api.ask(
      { operation: 'fetch-file', act, path: `${pathname}${search}`, headers: { accept: '*/*', ...headers } },
      signal,
    )
    if (answer.status < 400) return answer
    if (answer.status !== 404 && answer.status !== 410) throw this.#api.refusal(answer, act)
    throw fail.incompleteRead(`${this.#shown(name)} does not exist. A missing file is never taken for "nobody".`, {
      hint: 'Check the address, and whether the export has run.',
    })
  }

  #shown(name: string): string {
    return shownName(name, this.#names.indexOf(name), this.#names)
  }

  #whole(name: string, { status, headers, text }: HttpAnswer): string {
    const what = this.#shown(name)
    if (status !== 200) {
      throw fail.incompleteRead(`${what} was answered with HTTP ${status}, which is not a whole file.`)
    }
    if (/^text\/html|^application\/xhtml/i.test(headers.get('content-type') ?? '')) {
      throw fail.incompleteRead(`${what} was answered with a web page instead of a file.`, {
        hint: 'It may be a sign-in page: check the credential and the address.',
      })
    }
    const isFramed =
      headers.has('content-length') ||
      /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '') ||
      headers.get('content-encoding') === 'gzip'
    if (!isFramed && !this.#isProvenByItself) {
      throw fail.incompleteRead(`${what} was sent without saying how long it is, so that a cut could not be seen.`, {
        hint: 'Let the server send Content-Length, or end the file with a closing line and name it in trailer.',
      })
    }
    if (text.includes('\uFFFD')) {
      throw fail.incompleteRead(`${what} is not UTF-8 text (perhaps Latin-1, Windows-1252 or UTF-16).`, {
        hint: 'Export the file as UTF-8.',
      })
    }
    return text.startsWith('\uFEFF') ? text.slice(1) : text
  }
}

/** Last-Modified counts seconds: of a file that changed just now it cannot tell another change (RFC 9110 section 8.8.2.2). */
const settledMs = 60_000

function stateOf({ headers, text }: HttpAnswer): State {
  const [etag, modified] = [headers.get('etag'), headers.get('last-modified')]
  const isSettled = Date.parse(headers.get('date') ?? '') - Date.parse(modified ?? '') >= settledMs
  return {
    ...(etag === null ? {} : { etag }),
    ...(modified === null || !isSettled ? {} : { modified }),
    digest: createHash('sha256').update(text).digest('hex'),
  }
}

/** A cursor of another time or form is as good as none. */
function cursorOf(cursor: string | undefined): readonly State[] | undefined {
  if (cursor === undefined) return undefined
  try {
    return cursorShape.safeParse(JSON.parse(cursor)).data ?? []
  } catch {
    return []
  }
}

/** Throws `config-invalid`: one credential goes to one server. */
function originOf(names: readonly string[], key: string): string {
  const urls = names.map((name) => URL.parse(name))
  const [first] = urls
  for (const url of urls) {
    if (url === null || first === null || first === undefined || url.origin !== first.origin) {
      throw fail.configInvalid(`The files of the source ${key} are not all at one server.`, {
        hint: 'Name addresses of one server, or only local files; use a source of its own for each place.',
      })
    }
    if (url.username !== '' || url.password !== '') {
      throw fail.configInvalid(`The source ${key} has a credential inside an address.`, {
        hint: 'Set username and password, or token, instead.',
      })
    }
  }
  if (first === null || first === undefined) throw fail.bug('No address was given.')
  return first.origin
}

function credentialOf({ username, password, token, header }: FileConfig): Credential {
  if (token !== undefined) {
    return standingCredential([token], () =>
      header === undefined ? bearer(token.reveal()) : { headers: { [header]: token.reveal() } },
    )
  }
  if (username === undefined || password === undefined) return standingCredential([], () => ({}))
  const value = new Secret(Buffer.from(`${username}:${password.reveal()}`).toString('base64'))
  return standingCredential([password, value], () => ({ headers: { authorization: `Basic ${value.reveal()}` } }))
}
