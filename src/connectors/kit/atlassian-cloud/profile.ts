import type { WritableAttribute } from '../../../domain/account.ts'
import { fail, ProvisioningError } from '../../../domain/errors.ts'
import { type Attributes, firstValue, foldKey } from '../../../domain/identity.ts'
import { applied, required } from '../verdicts.ts'
import type { AccountClient, ProfilePatch } from './account-client.ts'
import { whyNotManaged } from './managed.ts'
import { isSuccess, refuseOwnAccount, type Write } from './writing.ts'

/** Target attribute -> its place in the profile, with the longest text Atlassian takes where it says so. */
const places: readonly (readonly [name: string, path: readonly [string] | readonly [string, string], max?: number])[] =
  [
    ['displayName', ['name'], 100],
    ['nickname', ['nickname'], 30],
    ['jobTitle', ['extended_profile', 'job_title']],
    ['department', ['extended_profile', 'department']],
    ['organization', ['extended_profile', 'organization']],
    ['location', ['extended_profile', 'location']],
    ['timeZone', ['zoneinfo']],
  ]

const seen = 'Atlassian profile, for colleagues in every Atlassian product; only of accounts the organization manages.'

/** What can be written of a profile, for the mapping editor. */
export const profileAttributes: readonly WritableAttribute[] = places.map(([name, , max]) => ({
  name,
  required: false,
  when: 'always',
  managedOnly: true,
  ...(max === undefined ? {} : { maxLength: max }),
  seen,
}))

/** The part of the values that is a profile; undefined when there is none. An empty value empties the field. */
export function profilePatch(after: Attributes): ProfilePatch | undefined {
  const patch: Record<string, string | Record<string, string>> = {}
  for (const [name, [first, second]] of places) {
    const value = after[name]
    if (value === undefined) continue
    const text = firstValue(value) ?? ''
    if (second === undefined) patch[first] = text
    else patch[first] = { ...(patch[first] as Record<string, string> | undefined), [second]: text }
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

/** The profile first, then the address: a changed address signs the person out everywhere. */
export const updateAccount: Write = async (order, { signal }, { session }) => {
  const id = required(order.accountId, 'account', order)
  const { accounts } = session
  if (accounts === undefined) throw fail.bug('Updates were offered without user management.')
  refuseOwnAccount(id, session)
  const patch = profilePatch(order.after ?? {})
  if (patch !== undefined) {
    const answer = await accounts.patchProfile(id, patch, signal)
    if (!isSuccess(answer)) throw await whyNotManaged(answer, 'Updating the profile', id, accounts, signal)
  }
  const email = firstValue(order.after?.email)
  const isSame = foldKey(firstValue(order.before?.email) ?? '') === foldKey(email ?? '')
  if (email !== undefined && !isSame) {
    const answer = await accounts.setEmail(id, email, signal)
    if (!isSuccess(answer))
      throw await whyNotManaged(answer, `Changing the e-mail address to ${email}`, id, accounts, signal)
  }
  return applied(order)
}

/** For accounts just created: what cannot be written now is planned by the next run, so nothing here fails a creation. */
export async function fillProfile(
  accounts: AccountClient,
  accountId: string,
  patch: ProfilePatch,
  signal: AbortSignal,
): Promise<void> {
  try {
    await accounts.patchProfile(accountId, patch, signal)
  } catch (thrown) {
    if (!(thrown instanceof ProvisioningError) || thrown.code === 'cancelled' || thrown.code === 'bug') throw thrown
  }
}
