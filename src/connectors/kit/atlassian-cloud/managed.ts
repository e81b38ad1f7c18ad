import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { AccountClient } from './account-client.ts'
import { quoted, vendorWords } from './vendor-errors.ts'
import { asObjectError, causeOf } from './writing.ts'

/** A 403 of user management is about the account nearly always; only a key that reaches nothing there ends the run. */
export async function whyNotManaged(
  answer: HttpAnswer,
  act: string,
  accountId: string,
  accounts: AccountClient,
  signal: AbortSignal,
): Promise<ProvisioningError> {
  const words = vendorWords(answer)
  const cause = causeOf(answer)
  if (answer.status === 403) {
    const unreached = await accounts.whyNotReached(undefined, signal)
    if (unreached !== undefined) return fail.forbidden(`${act} is not possible: ${unreached}.`, { cause })
    return fail.notWritable(`${act} is not possible: ${quoted(words)}.`, {
      cause,
      hint: 'Change it where Atlassian keeps it, or leave it out of the rules of this connection.',
    })
  }
  if (answer.status === 404) return fail.gone(`The account ${accountId} is no longer there.`, { cause })
  // Not "somebody else changed it" but "this account is not eligible": a person has to look.
  if (answer.status === 409) return fail.rejected(`${act} was refused: ${quoted(words)}.`, { cause })
  return asObjectError(accounts.api.refusal(answer, act))
}
