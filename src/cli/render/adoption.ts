import type { ChangeView } from '../../contract/plans.ts'
import { counted, plain } from './text.ts'

/** Names of members that are shown of each sort. */
const namesShown = 3

/** What an existing group carries that is to be managed from now on: in few words, for the row of its change. */
export function adoptionNotes(after: NonNullable<ChangeView['after']>): string[] {
  const texts = (name: string) => [after[name] ?? []].flat()
  const number = (name: string) => Number(texts(name)[0] ?? 0)
  const named = (name: string, one: string, several: string) => {
    const count = number(name)
    if (count === 0) return []
    // The address is in the API; here the name is enough to know somebody by.
    const names = texts(`${name}Names`)
      .slice(0, Math.min(namesShown, count))
      .map((label) => label.replace(/ <[^<>]*>$/, ''))
    const more = count > names.length ? ', …' : ''
    return [`${counted(count, one, several)}: ${names.map(plain).join(', ')}${more}`]
  }
  const access = texts('access')
  return [
    counted(number('members'), 'member'),
    ...named('strangers', 'stranger', 'strangers'),
    ...named('administrators', 'administrator', 'administrators'),
    ...(texts('administers').length > 0 ? ['administers'] : []),
    ...(access.length === 0 ? [] : [`lets into ${access.map(plain).join(', ')}`]),
  ]
}
