import type { WriteKind } from '../../../domain/change.ts'
import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, Order } from '../../../ports/target.ts'
import { applied, holds } from '../verdicts.ts'
import { causeOf, isAboutLicence, isAboutReadOnly, quoted } from './refusals.ts'
import type { Server } from './server.ts'

/** What is true after a write: the wanted state, something that no longer exists, or neither, and perhaps why not. */
export type Found =
  | { readonly holds: true; readonly createdId?: string }
  | { readonly gone: string }
  | { readonly holds: false; readonly because?: ProvisioningError }

/** One write and how to see whether it came true. */
export interface Attempt {
  /** Begins a sentence: `Adding mia to the group devs`. */
  readonly act: string
  send(): Promise<HttpAnswer>
  /** Asked after every refusal, since one status means several things; after a success only with `isDoubted`. */
  look(): Promise<Found>
  /** A success is looked at as well: some versions say yes and do nothing. */
  readonly isDoubted?: true
  /** Id of what was created, from a good answer. */
  createdId?(answer: HttpAnswer): string | undefined
}

/** Carries out one write. Throws what it came to, in our codes. `mayWrite`: does the credential still administer? */
export async function carryOut(
  order: Order,
  server: Server,
  mayWrite: () => Promise<boolean>,
  attempt: Attempt,
): Promise<Applied> {
  const answer = await attempt.send()
  const isGood = isSuccess(answer)
  const createdId = isGood ? attempt.createdId?.(answer) : undefined
  if (isGood && attempt.isDoubted !== true && (attempt.createdId === undefined || createdId !== undefined)) {
    return applied(order, createdId)
  }
  const found = await attempt.look()
  if ('gone' in found) throw fail.gone(`${found.gone}: ${quoted(answer)}.`, { cause: causeOf(answer) })
  if (found.holds) return isGood ? applied(order, found.createdId) : holds(order, answer, found.createdId)
  if (found.because !== undefined) throw found.because
  throw isGood ? unproven(answer, attempt.act, server) : await whyNot(order, answer, attempt.act, server, mayWrite)
}

/** A page of HTML with 200 comes from a proxy, not from the product. */
export function isSuccess({ status, json, text }: HttpAnswer): boolean {
  return status >= 200 && status < 300 && (json !== undefined || text.trim() === '')
}

function unproven(answer: HttpAnswer, act: string, { words }: Server): ProvisioningError {
  return fail.rejected(`${act} was answered with HTTP ${answer.status}, and yet nothing has changed.`, {
    hint: `Look at the account in ${words.product}; its directory may be read-only.`,
  })
}

/** What may be refused for lack of a seat; taking away never is. */
const takesSeat: ReadonlySet<WriteKind> = new Set(['account.create', 'account.activate', 'membership.add'])

async function whyNot(
  { kind }: Order,
  answer: HttpAnswer,
  act: string,
  server: Server,
  mayWrite: () => Promise<boolean>,
): Promise<ProvisioningError> {
  const cause = causeOf(answer)
  if (takesSeat.has(kind) && isAboutLicence(answer)) return server.refusal(answer, act)
  if (isAboutReadOnly(answer)) {
    return fail.notWritable(`${act} is not possible: ${quoted(answer)}.`, {
      cause,
      hint: 'Write to the directory that keeps it (Crowd, LDAP), or move it into one that can be changed.',
    })
  }
  const refusal = server.refusal(answer, act, takesSeat.has(kind))
  // It may be about one object or about us: only if we administer nothing any more, it concerns everything.
  const mayBeObject = answer.status === 403 || (answer.status === 401 && server.words.refusesBy401 === true)
  if (mayBeObject && (await mayWrite())) {
    return fail.notWritable(`${act} is not allowed with this ${server.words.credential}: ${quoted(answer)}.`, {
      cause,
      hint: 'The account or group comes from a directory that this product only reads, or has more rights than our own account.',
    })
  }
  // Both ends are there: whatever was not found is not the reason to forget either.
  if (refusal.code === 'gone') return fail.rejected(`${act} was refused: ${quoted(answer)}.`, { cause })
  return refusal
}
