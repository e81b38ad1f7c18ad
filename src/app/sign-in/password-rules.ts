import { fail } from '../../domain/errors.ts'
import { foldKey } from '../../domain/identity.ts'
import { hashPassword } from '../../platform/password.ts'

/** NIST SP 800-63B section 5.1.1: length counts, composition rules do not help. */
const shortest = 12
const fewestDifferent = 5

/** Throws `config-invalid` for a password that is easily guessed, `busy` when too many are hashed at once. */
export async function newPasswordHash(password: string, userName: string): Promise<string> {
  const problem = whatIsWrong(password, userName)
  if (problem !== undefined) {
    throw fail.configInvalid(`The new password ${problem}.`, {
      hint: 'Several words that do not belong together are easy to remember and hard to guess.',
      problems: [{ where: 'password', message: problem }],
    })
  }
  const hash = await hashPassword(password)
  if (hash === undefined) throw tooBusy()
  return hash
}

export function tooBusy() {
  return fail.busy('Too many people sign in at this moment; this was not looked at.', {
    hint: 'Try again in a few seconds.',
    retryAfterMs: 5_000,
  })
}

function whatIsWrong(password: string, userName: string): string | undefined {
  const letters = [...foldKey(password)]
  if (letters.length < shortest) return `is shorter than ${shortest} characters`
  if (new Set(letters).size < fewestDifferent) return 'repeats the same few characters'
  const [name = ''] = foldKey(userName).split('@')
  if (name.length >= 4 && letters.join('').replaceAll(name, '').length < shortest - 2) {
    return 'is hardly more than the name of the user'
  }
  return undefined
}
