import { asProvisioningError, fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied } from '../../../ports/target.ts'
import { alreadyThere, lookedUp, sorted, unclear, type Wish } from '../../kit/atlassian-cloud/creation.ts'
import { isAboutLicence, quoted, vendorWords } from '../../kit/atlassian-cloud/vendor-errors.ts'
import { causeOf, type Write } from '../../kit/atlassian-cloud/writing.ts'
import { applied, concernsWholeTarget, failed } from '../../kit/verdicts.ts'
import { siteUser } from './schemas.ts'
import type { Session } from './session.ts'

/**
 * By the site: one address a call, and Atlassian mails the person, which nothing can switch off. Without the wish to
 * notify, nothing is sent.
 */
export const createBySite: Write<Session> = async (order, context, writing) => {
  const { site } = writing.session
  if (site === undefined) throw fail.bug('No way to create an account.')
  const { wishes, refused } = sorted([order])
  const [wish] = wishes
  if (wish === undefined) return refused[0] ?? failed(order, fail.bug('An order was left without an answer.'))
  const { email, key } = wish
  if (!context.notify) {
    return failed(
      order,
      fail.rejected(
        `Creating an account for ${email} would send mail: with an API token alone Atlassian always invites by mail.`,
        {
          hint: 'Add an organization API key to the target, or set users.notify: true in the connection.',
        },
      ),
    )
  }
  const existing = (await writing.reads.accountsByEmail([key], context.signal)).get(key)
  if (existing !== undefined) return alreadyThere(wish, existing.id)
  if (writing.memory.invited.has(key)) return failed(order, unclear(wish))
  writing.memory.invited.add(key)
  let answer: HttpAnswer
  try {
    answer = await site.createUser(email, context.signal)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (!error.mayHaveApplied) writing.memory.invited.delete(key)
    if (!error.mayHaveApplied || concernsWholeTarget(error)) throw error
    return onlyOne(await lookedUp([wish], context, writing, () => error))
  }
  const created = answer.status === 201 ? siteUser.safeParse(answer.json) : undefined
  if (created?.success) {
    writing.memory.created(created.data.accountId)
    // Known of owners of a token who administer the site but not the organization: everybody would come out like this.
    if (!created.data.active) {
      throw fail.forbidden(`The account of ${email} was created, but suspended at once.`, {
        mayHaveApplied: true,
        hint: `${orgAdminHint} Then restore this account in Atlassian Administration.`,
      })
    }
    return applied(order, created.data.accountId)
  }
  if (answer.status === 403) {
    const { message, cause } = site.api.refusal(answer, 'Creating an account')
    throw fail.forbidden(message, { cause, hint: orgAdminHint })
  }
  const words = vendorWords(answer)
  if (isAboutLicence(words)) {
    throw fail.quotaExhausted(`No account could be created for ${email}: ${quoted(words)}.`, { cause: causeOf(answer) })
  }
  // For an address new to Atlassian a 400 "User not found" is known to come although the invitation went out.
  const mayHaveInvited = answer.status < 400 || /HttpErrorCode 404|user not found/i.test(words.text)
  return onlyOne(
    await lookedUp([wish], context, writing, () =>
      mayHaveInvited
        ? notSeen(wish)
        : fail.rejected(`Creating an account for ${email} was refused: ${quoted(words)}.`, {
            cause: causeOf(answer),
            hint: 'A person who has an account without access to this site cannot be created by API; add an organization API key, or invite them in Atlassian Administration.',
          }),
    ),
  )
}

const orgAdminHint = 'The account of the API token has to be an organization admin: use the token of one.'

/** The search finds active accounts only, so one that came out suspended is not seen by it. */
function notSeen(wish: Wish): ProvisioningError {
  const { message, hint } = unclear(wish)
  return fail.unreachable(message, {
    mayHaveApplied: true,
    hint: `${hint} If it comes out suspended: ${orgAdminHint.charAt(0).toLowerCase()}${orgAdminHint.slice(1)}`,
  })
}

function onlyOne(results: readonly Applied[]): Applied {
  const [result] = results
  if (result === undefined) throw fail.bug('An order was left without an answer.')
  return result
}
