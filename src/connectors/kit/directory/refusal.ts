import { type ErrorDetails, fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'

const longestQuote = 300
/** No more of an answer is looked through for something to quote. */
const lookedThrough = 10_000
/** Products put their words two levels deep. */
const deepest = 4

/** Where products put what they have to say, in this order. */
const wordNames = ['error_description', 'errorSummary', 'detail', 'message', 'errorMessage', 'error', 'title']

/** What a server said about a refusal, in quotes, for people. */
export function saidBy({ status, json, text }: Pick<HttpAnswer, 'status' | 'json' | 'text'>): string {
  const words = wordsIn(json) ?? text.slice(0, lookedThrough).replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
  const line = words.slice(0, lookedThrough).replaceAll(/[{}]/g, ' ').replaceAll(/\s+/g, ' ').trim()
  const quoted = line.length > longestQuote ? `${line.slice(0, longestQuote - 1)}…` : line
  return `${quoted === '' ? 'no explanation given' : `“${quoted}”`} (HTTP ${status})`
}

function wordsIn(json: unknown, depth = 0): string | undefined {
  if (typeof json !== 'object' || json === null || depth > deepest) return undefined
  for (const name of wordNames) {
    const words = Reflect.get(json, name) as unknown
    if (typeof words === 'string' && words !== '') return words
    const inner = typeof words === 'object' ? wordsIn(words, depth + 1) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

/** What else a product says about its refusals. */
export interface RefusalWords {
  /** What to check when the credential is not accepted. */
  readonly credential: string
  /** Which rights reading needs, and where they are given. */
  readonly rights: string
}

/** A refusal of a read as one of our errors. `act` names what was tried: `Listing people`. Never "empty". */
export function readRefusal(answer: HttpAnswer, act: string, words: RefusalWords): ProvisioningError {
  const said = saidBy(answer)
  const details: ErrorDetails = { cause: new Error(said) }
  switch (answer.status) {
    case 401:
      return fail.authFailed(`The credential is not accepted: ${said}.`, { ...details, hint: words.credential })
    case 403:
      return fail.forbidden(`${act} is not allowed with this credential: ${said}.`, { ...details, hint: words.rights })
    case 402:
      return fail.quotaExhausted(`${act} was refused: ${said}.`, details)
    case 404:
    case 410:
      return fail.configInvalid(`${act}: there is no such place (HTTP ${answer.status}).`, {
        ...details,
        hint: 'Check the addresses and names in the settings of the source.',
      })
    case 408:
      return fail.unreachable(`${act} took too long on the other side: ${said}.`, details)
    default:
      return fail.incompleteRead(`${act} was refused: ${said}.`, {
        ...details,
        hint: 'Nothing is removed on the strength of this read. Correct what the other side names, or read again.',
      })
  }
}
