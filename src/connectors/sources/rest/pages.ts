import { fail } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import { nextLink } from '../../kit/directory/next-link.ts'
import { path, textOf, valueAt } from './path.ts'
import type { PageRule } from './recipe.ts'

/** An entry of a list with what makes it the same one on another page. */
export interface Entry {
  readonly id: string
  readonly value: unknown
}

/** What one page said. */
export interface Told {
  readonly entries: readonly Entry[]
  readonly answer: HttpAnswer
}

export type Values = Readonly<Record<string, string | number | boolean>>

/** What asks for the page behind this answer; undefined at the end. Throws `incomplete-read` where neither is said. */
export function nextCursor(
  { nextPath, nextHeader, hasMorePath }: Extract<PageRule, { type: 'cursor' }>,
  { json, headers }: HttpAnswer,
) {
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

/** The entries of a list without pages. */
export function whole(act: string, { entries, answer }: Told): readonly Entry[] {
  if (nextLink(answer.headers.get('link')) === undefined) return entries
  throw fail.incompleteRead(`${act}: the answer names a next page, and the settings say that there are no pages.`, {
    hint: 'Set page: { type: linkHeader } for this list.',
  })
}

/** What a first page says about further ones, for people; undefined where only going on can tell. Throws like the read does. */
export function outlookOf(page: PageRule, answer: HttpAnswer): string | undefined {
  const total = totalIn(answer, page)
  const counted = total === undefined ? '' : ` ${total} are promised in all.`
  switch (page.type) {
    case 'cursor':
      return nextSentence(nextCursor(page, answer), page.nextPath ?? `the header ${page.nextHeader}`, counted)
    case 'nextUrl':
      return nextSentence(textOf(valueAt(answer.json, path(page.path))), page.path, counted)
    case 'linkHeader':
      return nextSentence(nextLink(answer.headers.get('link'), page.rel), `the header Link (rel ${page.rel})`, counted)
    default:
      return total === undefined ? undefined : counted.trim()
  }
}

function nextSentence(next: string | undefined, where: string, counted: string): string {
  const isMore = next !== undefined && next !== ''
  return `${isMore ? `A next page is named by ${where}.` : `No next page is named by ${where}: these would be all.`}${counted}`
}

export function sizeOf(page: PageRule): Values {
  if (!('sizeParam' in page)) return {}
  const { sizeParam, size } = page
  return sizeParam === undefined || size === undefined ? {} : { [sizeParam]: size }
}

/** Does the rule say where the number of entries stands? */
export function counts(page: PageRule): boolean {
  return 'totalPath' in page && page.totalPath !== undefined
}

/** How many entries the answer promises; undefined where no rule says that it does. Throws `incomplete-read`. */
export function totalIn({ json, headers }: HttpAnswer, page: PageRule): number | undefined {
  // Servers leave the header out where counting would take long.
  if (page.type === 'linkHeader') {
    return page.totalHeader === undefined ? undefined : counted(headers.get(page.totalHeader) ?? undefined)
  }
  const totalPath = 'totalPath' in page ? page.totalPath : undefined
  if (totalPath === undefined) return undefined
  const told = counted(textOf(valueAt(json, path(totalPath))))
  if (told !== undefined) return told
  throw fail.incompleteRead(`There is no number of entries at ${totalPath}: whether these are all is not known.`, {
    hint: 'Correct totalPath, or leave it out if the API does not count.',
  })
}

function counted(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
