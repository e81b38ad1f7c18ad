import { fail } from '../../../domain/errors.ts'
import { foldCase } from '../../../domain/identity.ts'
import type { Named } from './org-finder.ts'

/** The one that is configured, by id or name, or the only one there is. Throws `config-invalid` naming the choices. */
export function chosen(what: string, choices: readonly Named[], wanted: string | undefined, where: string): Named {
  const list = choices.map(({ id, name }) => (id === name ? id : `${name} (${id})`)).join(', ')
  if (choices.length === 0) {
    throw fail.configInvalid(`No ${what} can be seen: ${where} none.`, {
      hint: 'Use an organization API key without scopes, made by an organization admin.',
    })
  }
  if (wanted === undefined) {
    const [only] = choices
    if (choices.length === 1 && only !== undefined) return only
    throw fail.configInvalid(`Several choices for ${what}: ${where} ${list}.`, {
      hint: `Set "${what}" of the target to one of them.`,
    })
  }
  const matches = choices.filter(({ id, name }) => id === wanted || foldCase(name) === foldCase(wanted))
  const [match] = matches
  if (matches.length === 1 && match !== undefined) return match
  const byId = matches.find(({ id }) => id === wanted)
  if (byId !== undefined) return byId
  throw fail.configInvalid(
    `The ${what} "${wanted}" ${matches.length === 0 ? 'is not there' : 'is not unique'}: ${where} ${list}.`,
    { hint: `Set "${what}" of the target to one of them, by id.` },
  )
}
