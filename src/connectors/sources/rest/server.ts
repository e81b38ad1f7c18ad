import { fail } from '../../../domain/errors.ts'
import { systemClock } from '../../../platform/clock.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { DirectoryApi } from '../../kit/directory/api.ts'
import { nextLink } from '../../kit/directory/next-link.ts'
import { cursorSweep, numberedSweep, overlapSweep, type Sweep } from '../../kit/paging.ts'
import type { RestConfig } from './config.ts'
import { path, textOf, valueAt } from './path.ts'
import type { ListRule, PageRule, Recipe } from './recipe.ts'
import { credentialFor } from './sign-in.ts'

/** An entry of a list with what makes it the same one on another page. */
export interface Entry {
  readonly id: string
  readonly value: unknown
}

/** What one page said. */
interface Told {
  readonly entries: readonly Entry[]
  readonly answer: HttpAnswer
}

type Values = Readonly<Record<string, string | number | boolean>>
type Rule<Type extends PageRule['type']> = Extract<PageRule, { type: Type }>

/** Any API with lists in JSON, as its settings describe it. */
export class RestServer {
  readonly recipe: Recipe
  readonly #api: DirectoryApi
  #first: { readonly path: string; readonly text: string } | undefined

  constructor(recipe: Recipe, config: RestConfig, context: ConnectorContext) {
    const { baseUrl, requestsAtOnce, timeoutSeconds, maxMegabytes } = config
    const clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
    this.recipe = recipe
    this.#api = new DirectoryApi({
      base: baseUrl,
      credential: credentialFor(recipe, config, clock),
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

  /** The first answer that came, for people who set this source up. */
  get firstAnswer(): { readonly path: string; readonly text: string } | undefined {
    return this.#first
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
    const key = (entry: Entry) => entry.id
    const { page } = rule
    switch (page.type) {
      case 'none':
        return cursorSweep(key, async () => ({ items: (await fetch({})).entries }))
      case 'offset':
        return offsets(key, page, fetch)
      case 'pageNumber':
        return numbers(key, page, fetch)
      case 'cursor':
        return cursors(key, page, fetch)
      case 'nextUrl':
        return links(key, page, fetch, ({ json }) => textOf(valueAt(json, path(page.path))))
      case 'linkHeader':
        return links(key, page, fetch, ({ headers }) => nextLink(headers.get('link'), page.rel))
    }
  }

  /** One entry by its id; undefined where it is not there. */
  async one(act: string, template: string, inside: string, id: string, signal: AbortSignal): Promise<unknown> {
    const asked = { operation: 'one', act, path: filled(template, id), ...this.#always() }
    const answer = await this.#api.askFor(asked, signal)
    if (answer === undefined) return undefined
    this.#expectSuccess(answer, act)
    return valueAt(answer.json, path(inside))
  }

  /** One request, to see whether we are let in. */
  async knock(rule: ListRule, signal: AbortSignal): Promise<void> {
    const sized = 'sizeParam' in rule.page ? sizeOf(rule.page) : {}
    await this.#page('Listing people', rule, () => '', sized, signal)
  }

  close(): void {
    this.#api.close()
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
      throw fail.incompleteRead(`${act}: there is ${what} at ${rule.items} in the answer of ${this.host}.`, {
        hint: 'Correct the path of the entries. An absent list is not taken for an empty one.',
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

type Key = (entry: Entry) => string
type Fetch = (more: Values, at?: string) => Promise<Told>

function offsets(key: Key, rule: Rule<'offset'>, fetch: Fetch): Sweep<Entry> {
  let total: number | undefined
  return overlapSweep(
    key,
    async (startAt) => {
      const { entries, answer } = await fetch({ [rule.param]: startAt + rule.start, ...sizeOf(rule) })
      total = totalIn(answer, rule.totalPath)
      return entries
    },
    async () => total,
  )
}

function numbers(key: Key, rule: Rule<'pageNumber'>, fetch: Fetch): Sweep<Entry> {
  return numberedSweep(key, async (number) => {
    const { entries, answer } = await fetch({ [rule.param]: number + rule.start, ...sizeOf(rule) })
    return { items: entries, total: totalIn(answer, rule.totalPath) }
  })
}

function cursors(key: Key, rule: Rule<'cursor'>, fetch: Fetch): Sweep<Entry> {
  let total: number | undefined
  return cursorSweep(
    key,
    async (cursor) => {
      const { entries, answer } = await fetch({
        ...(cursor === undefined ? {} : { [rule.param]: cursor }),
        ...sizeOf(rule),
      })
      total ??= totalIn(answer, rule.totalPath)
      return { items: entries, next: nextCursor(rule, answer) }
    },
    async () => total,
  )
}

function nextCursor({ nextPath, nextHeader, hasMorePath }: Rule<'cursor'>, { json, headers }: HttpAnswer) {
  const header = nextHeader === undefined ? undefined : (headers.get(nextHeader) ?? undefined)
  const next = nextPath === undefined ? header : textOf(valueAt(json, path(nextPath)))
  if (hasMorePath === undefined) return next
  const more = textOf(valueAt(json, path(hasMorePath)))?.toLowerCase()
  if (more === 'false') return undefined
  if (more === 'true' && next !== undefined && next !== '') return next
  throw fail.incompleteRead(
    more === 'true'
      ? 'The list says that there is more but not where.'
      : `Nothing stands at ${hasMorePath}: whether there is more is not known.`,
  )
}

async function* links(
  key: Key,
  rule: Rule<'nextUrl'> | Rule<'linkHeader'>,
  fetch: Fetch,
  nextIn: (answer: HttpAnswer) => string | undefined,
): Sweep<Entry> {
  let total: number | undefined
  return yield* cursorSweep(
    key,
    async (next) => {
      const { entries, answer } = next === undefined ? await fetch(sizeOf(rule)) : await fetch({}, next)
      total ??= 'totalPath' in rule ? totalIn(answer, rule.totalPath) : undefined
      return { items: entries, next: nextIn(answer) }
    },
    async () => total,
  )
}

function sizeOf({
  sizeParam,
  size,
}: {
  readonly sizeParam?: string | undefined
  readonly size?: number | undefined
}): Values {
  return sizeParam === undefined || size === undefined ? {} : { [sizeParam]: size }
}

function totalIn({ json }: HttpAnswer, totalPath: string | undefined): number | undefined {
  if (totalPath === undefined) return undefined
  const told = Number(textOf(valueAt(json, path(totalPath))) ?? Number.NaN)
  return Number.isSafeInteger(told) && told >= 0 ? told : undefined
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
