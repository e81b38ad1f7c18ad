import { asProvisioningError, fail } from '../../../domain/errors.ts'
import { systemClock } from '../../../platform/clock.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { DirectoryApi } from '../../kit/directory/api.ts'
import type { Credential } from '../../kit/directory/credential.ts'
import { nextLink } from '../../kit/directory/next-link.ts'
import { cursorSweep, numberedSweep, overlapSweep, type Sweep } from '../../kit/paging.ts'
import type { RestConfig } from './config.ts'
import { counts, type Entry, nextCursor, outlookOf, sizeOf, type Told, totalIn, type Values, whole } from './pages.ts'
import { path, textOf, valueAt } from './path.ts'
import type { ListRule, PageRule, Recipe } from './recipe.ts'
import { listsIn, pathsIn, sampleOf } from './sample.ts'
import { credentialFor } from './sign-in.ts'

type Rule<Type extends PageRule['type']> = Extract<PageRule, { type: Type }>

/** Any API with lists in JSON, as its settings describe it. */
export class RestServer {
  readonly recipe: Recipe
  readonly #api: DirectoryApi
  readonly #credential: Credential
  #first: { readonly path: string; readonly text: string } | undefined
  /** Paths of lists that named a next page in this read, or whose one page is all there is. */
  readonly #knownEnds = new Set<string>()

  constructor(recipe: Recipe, config: RestConfig, context: ConnectorContext) {
    const { baseUrl, requestsAtOnce, timeoutSeconds, maxMegabytes } = config
    const clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
    this.recipe = recipe
    this.#credential = credentialFor(recipe, config, clock)
    this.#api = new DirectoryApi({
      base: baseUrl,
      credential: this.#credential,
      context,
      requestsAtOnce,
      words: {
        credential: 'Check auth and secret: the kind of sign-in, the names in it, and whether the secret has expired.',
        rights: 'Give the credential the right to read people, groups and their members.',
      },
      timeoutMs: timeoutSeconds * 1000,
      maxBytes: maxMegabytes * 1024 * 1024,
    })
  }

  get host(): string {
    return this.#api.host
  }

  /** The first answer that came, for people who set this source up: shortened and without secrets. */
  get firstAnswer(): { readonly from: string; readonly text: string } | undefined {
    if (this.#first === undefined) return undefined
    const secrets = this.#credential.secrets.map((secret) => secret.reveal())
    return { from: `${this.host}${this.#first.path}`, text: sampleOf(this.#first.text, secrets) }
  }

  /** One pass over a list; `idOf` throws for an entry that has no id. `id` fills {id} in the path. */
  sweep(
    act: string,
    rule: ListRule,
    idOf: (value: unknown, position: number) => string,
    signal: AbortSignal,
    id?: string,
  ): Sweep<Entry> {
    const fetch = (more: Values, at?: string) => this.#page(act, rule, idOf, more, signal, id, at)
    const follow = (link: string) => fetch({}, link)
    const { page } = rule
    switch (page.type) {
      case 'none':
        return cursorSweep(key, async () => ({ items: whole(act, await fetch({})) }))
      case 'offset':
        return offsets(page, fetch)
      case 'pageNumber':
        return numbers(page, fetch)
      case 'cursor':
        return this.#following(
          act,
          rule,
          fetch,
          (cursor) => fetch({ [page.param]: cursor, ...sizeOf(page) }),
          (answer) => nextCursor(page, answer),
        )
      case 'nextUrl':
        return this.#following(act, rule, fetch, follow, ({ json }) => textOf(valueAt(json, path(page.path))))
      case 'linkHeader':
        return this.#following(act, rule, fetch, follow, ({ headers }) => nextLink(headers.get('link'), page.rel))
    }
  }

  /** One entry by its id; undefined where it is not there. */
  async one(act: string, template: string, inside: string, id: string, signal: AbortSignal): Promise<unknown> {
    const asked = { operation: 'one', act, path: filled(template, id), ...this.#always() }
    const answer = await this.#api.askFor(asked, signal)
    if (answer === undefined) return undefined
    this.#expectSuccess(answer, act)
    const value = valueAt(answer.json, path(inside))
    if (value !== undefined) return value
    throw fail.incompleteRead(`${act}: there is nothing at ${inside} in the answer of ${this.host}.`, {
      hint: 'Correct oneItem. Only HTTP 404 says that an entry is not there.',
    })
  }

  /** The first page of a list, whether its entries have ids or not; `id` fills {id} in the path. */
  async firstPage(act: string, rule: ListRule, signal: AbortSignal, id?: string): Promise<FirstPage> {
    const { answer, entries } = await this.#page(act, rule, () => '', sizeOf(rule.page), signal, id)
    return { values: entries.map(({ value }) => value), next: outlookOf(rule.page, answer) }
  }

  /** One request, to see whether we are let in. */
  async knock(rule: ListRule, signal: AbortSignal): Promise<void> {
    await this.#page('Listing people', rule, () => '', sizeOf(rule.page), signal)
  }

  close(): void {
    this.#api.close()
  }

  /** Pages each of which names the next one. */
  #following(
    act: string,
    rule: ListRule,
    fetch: Fetch,
    follow: (next: string) => Promise<Told>,
    nextIn: (answer: HttpAnswer) => string | undefined,
  ): Sweep<Entry> {
    const { page } = rule
    let total: number | undefined
    return cursorSweep(
      key,
      async (asked) => {
        const { entries, answer } = asked === undefined ? await fetch(sizeOf(page)) : await follow(asked)
        total ??= totalIn(answer, page)
        const next = nextIn(answer)
        if (next !== undefined && next !== '') this.#knownEnds.add(rule.path)
        else if (asked === undefined) await this.#expectEnd(act, rule, fetch, entries.length, nextIn)
        return { items: entries, next }
      },
      async () => total,
    )
  }

  /**
   * A first page that names no next one is either all there is, or the next page is named where the settings do not look and
   * a gateway took it away: asked for one entry less, the answer must name a next page. Asked once for each list.
   */
  async #expectEnd(
    act: string,
    rule: ListRule,
    fetch: Fetch,
    came: number,
    nextIn: (answer: HttpAnswer) => string | undefined,
  ): Promise<void> {
    const { page } = rule
    const sizeParam = 'sizeParam' in page ? page.sizeParam : undefined
    const saysItself = ('hasMorePath' in page && page.hasMorePath !== undefined) || counts(page)
    if (sizeParam === undefined || saysItself || came < 2 || this.#knownEnds.has(rule.path)) return
    const shorter = await fetch({ [sizeParam]: came - 1 }).catch((thrown: unknown) => {
      // Not every size is allowed everywhere: then the first answer counts as it is.
      if (asProvisioningError(thrown).code === 'incomplete-read') return undefined
      throw thrown
    })
    const isCut = shorter !== undefined && shorter.entries.length < came
    if (isCut && (nextIn(shorter.answer) ?? '') === '') {
      throw fail.incompleteRead(
        `${act}: asked for ${came - 1} of ${came} entries, ${this.host} names no next page where page says it is.`,
        { hint: 'Correct page, and let the header Link through where a gateway is in between.' },
      )
    }
    this.#knownEnds.add(rule.path)
  }

  #always() {
    const { headers, query } = this.recipe
    return { headers, query }
  }

  async #page(
    act: string,
    rule: ListRule,
    idOf: (value: unknown, position: number) => string,
    more: Values,
    signal: AbortSignal,
    id?: string,
    at?: string,
  ): Promise<Told> {
    const { headers, query } = this.#always()
    const inBody = 'in' in rule.page && rule.page.in === 'body'
    const body = rule.body === undefined && !inBody ? undefined : withValues(rule.body ?? {}, inBody ? more : {})
    const answer = await this.#api.answer(
      {
        operation: act.toLowerCase().replaceAll(' ', '-'),
        act,
        owner: id,
        method: rule.method,
        path: at ?? filled(rule.path, id),
        headers,
        // A next link says everything itself.
        query: at === undefined ? { ...query, ...rule.query, ...(inBody ? {} : more) } : {},
        ...(rule.method === 'POST' && body !== undefined ? { body } : {}),
      },
      signal,
    )
    this.#first ??= { path: rule.path, text: answer.text }
    this.#expectSuccess(answer, act)
    return { answer, entries: this.#entries(answer, act, rule, idOf) }
  }

  #entries(
    answer: HttpAnswer,
    act: string,
    rule: ListRule,
    idOf: (value: unknown, position: number) => string,
  ): readonly Entry[] {
    if (answer.json === undefined) {
      throw fail.incompleteRead(`${act}: the answer of ${this.host} is not JSON.`, {
        cause: new Error(`answer begins: ${answer.text.slice(0, 120)}`),
      })
    }
    const found = valueAt(answer.json, path(rule.items))
    // A map of entries by key is a list, too; anything else, and nothing at all, is not an empty list.
    const isMap = typeof found === 'object' && found !== null && !Array.isArray(found) && rule.items !== '$'
    const values = Array.isArray(found) ? found : isMap ? Object.values(found as object) : undefined
    if (values === undefined) {
      const what = found === undefined ? 'nothing' : 'no list'
      const lists = listsIn(answer.json).slice(0, 10)
      const there =
        lists.length > 0 ? `lists at ${lists.join(', ')}` : `values at ${pathsIn(answer.json, 10).join(', ')}`
      throw fail.incompleteRead(`${act}: there is ${what} at ${rule.items} in the answer of ${this.host}.`, {
        hint: `Correct the path of the entries (items): there are ${there}. An absent list is not taken for an empty one.`,
      })
    }
    return values.map((value, position) => ({ id: idOf(value, position), value }))
  }

  #expectSuccess({ json }: HttpAnswer, act: string): void {
    const { success } = this.recipe
    if (success === undefined) return
    const told = textOf(valueAt(json, path(success.path)))
    if (told === String(success.equals)) return
    throw fail.incompleteRead(
      `${act}: ${this.host} says ${told ?? 'nothing'} at ${success.path}, not ${success.equals}.`,
    )
  }
}

/** The first page of a list, for a look at it. */
export interface FirstPage {
  readonly values: readonly unknown[]
  /** What says whether there is more, as a sentence; undefined where nothing on a first page can say it. */
  readonly next: string | undefined
}

const key = ({ id }: Entry) => id
type Fetch = (more: Values, at?: string) => Promise<Told>

function offsets(rule: Rule<'offset'>, fetch: Fetch): Sweep<Entry> {
  let total: number | undefined
  return overlapSweep(
    key,
    async (startAt) => {
      const { entries, answer } = await fetch({ [rule.param]: startAt + rule.start, ...sizeOf(rule) })
      total = totalIn(answer, rule)
      return entries
    },
    async () => total,
  )
}

function numbers(rule: Rule<'pageNumber'>, fetch: Fetch): Sweep<Entry> {
  return numberedSweep(key, async (number) => {
    const { entries, answer } = await fetch({ [rule.param]: number + rule.start, ...sizeOf(rule) })
    return { items: entries, total: totalIn(answer, rule) }
  })
}

function filled(template: string, id: string | undefined): string {
  return id === undefined ? template : template.replaceAll('{id}', () => encodeURIComponent(id))
}

/** A body with values at dotted names: query.offset. */
function withValues(body: Readonly<Record<string, unknown>>, values: Values): Readonly<Record<string, unknown>> {
  let made = body
  for (const [name, value] of Object.entries(values)) made = withValue(made, name.split('.'), value)
  return made
}

function withValue(
  body: Readonly<Record<string, unknown>>,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  const inner = Object.hasOwn(body, name) ? body[name] : undefined
  const below = typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>) : {}
  return { ...body, [name]: rest.length === 0 ? value : withValue(below, rest, value) }
}
