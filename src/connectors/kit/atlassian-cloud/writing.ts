import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { concernsWholeTarget } from '../verdicts.ts'
import { Turns } from '../waiting.ts'
import type { Api } from './api.ts'
import { settlingMs } from './limits.ts'
import type { CloudLooks } from './reads.ts'
import type { CloudSession, SiteDoor } from './session.ts'
import { ownAccountReason } from './translate.ts'
import { quoted, vendorWords } from './vendor-errors.ts'

/** Carries out one order. Statuses are judged by what is true afterwards, since one status can mean several things. */
export type Write<Of extends CloudSession = CloudSession> = (
  order: Order,
  context: ApplyContext,
  writing: Writing<Of>,
) => Promise<Applied>

/** What all writes of one instance share. */
export interface Writing<Of extends CloudSession = CloudSession> {
  readonly session: Of
  readonly reads: CloudLooks
  readonly clock: Clock
  readonly memory: WriteMemory
  /** Id of this installation: the name of our place in the target (D12). */
  readonly instanceId: string
}

/** What this instance has done so far. */
export class WriteMemory {
  /** Writes of one group go one after the other: parallel ones are refused at random. */
  readonly turns = new Turns()
  /** Folded addresses whose invitation was sent, or may have been: never sent again by this instance. */
  readonly invited = new Set<string>()
  readonly #clock: Clock
  /** What was created, and when; it may not be visible everywhere yet. */
  readonly #created = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  created(id: string): void {
    this.#created.set(id, this.#clock.now())
  }

  isFresh(id: string): boolean {
    const at = this.#created.get(id)
    return at !== undefined && this.#clock.now() - at < 2 * settlingMs
  }
}

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300
}

export function causeOf(answer: HttpAnswer): Error {
  return new Error(quoted(vendorWords(answer)))
}

/** A refusal that concerns one object must not end the run. */
export function asObjectError(error: ProvisioningError): ProvisioningError {
  return concernsWholeTarget(error) ? fail.rejected(error.message, { cause: error.cause }) : error
}

export function refuseOwnAccount(accountId: string, { identity }: CloudSession): void {
  if (accountId === identity.ownAccountId) throw fail.notWritable(`Refused: ${ownAccountReason}.`)
}

/** The API that writes directory objects: the organization where there is a key, else the site. */
export function directoryApi({ org, site }: CloudSession): Api {
  const client = org ?? site
  if (client === undefined) throw fail.bug('A session without organization has no site either.')
  return client.api
}

/**
 * A 403 may be about one object or about us: only if a harmless probe is refused too, the credential lacks the right for
 * everything. Throws what the probe is refused with.
 */
export async function explained403(
  answer: HttpAnswer,
  act: string,
  { session }: Writing,
  signal: AbortSignal,
): Promise<ProvisioningError> {
  const { org, site } = session
  if (org === undefined) return explainedBySite(answer, act, site, signal)
  const refusal = org.api.refusal(answer, act)
  await org.probe(signal)
  return onlyThis(refusal)
}

/** The same for what only the site can write. */
export async function explainedBySite(
  answer: HttpAnswer,
  act: string,
  site: SiteDoor | undefined,
  signal: AbortSignal,
): Promise<ProvisioningError> {
  if (site === undefined) throw fail.bug('Something of the site was written without an API token.')
  const refusal = site.api.refusal(answer, act)
  return (await site.may(['ADMINISTER'], signal)).has('ADMINISTER') ? onlyThis(refusal) : refusal
}

/** A refusal that turned out to be about one object only. */
export function onlyThis({ message, cause, hint }: ProvisioningError): ProvisioningError {
  return fail.notWritable(message, { cause, ...(hint === undefined ? {} : { hint }) })
}
