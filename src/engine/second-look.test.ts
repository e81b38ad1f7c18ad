import { describe, expect, it } from 'vitest'
import { inputOf, world } from '../../test/support/world.ts'
import { fail } from '../domain/errors.ts'
import type { Source } from '../ports/source.ts'
import { lookTwice } from './second-look.ts'

const never = new AbortController().signal
const { source, memory } = inputOf(
  world({
    people: { ann: {} },
    groups: { dev: { members: [] } },
    accounts: { A1: {}, A2: {}, A3: {} },
    links: { ann: 'A1', bob: 'A2', cid: 'A3' },
    groupLinks: [
      { source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' },
      { source: 'hr', groupKey: 'ops', rule: 'byName', groupId: 'OPS' },
    ],
    foreignLinks: [{ source: 'other', sourceKey: 'zoe', accountId: 'A9', how: 'email', since: 0 }],
    departures: [{ sourceKey: 'bob', signal: 'left-source', firstProvenAt: 0 }],
  }),
)

/** A source in which these are there although the read left them out. */
function asked(there: readonly string[] | Error) {
  const questions: string[] = []
  const overlooked: NonNullable<Source['overlooked']> = async (kind, keys) => {
    questions.push(`${kind} ${keys.join()}`)
    if (there instanceof Error) throw there
    return keys.filter((key) => there.includes(key))
  }
  return { questions, overlooked }
}

describe('a second look at a complete read', () => {
  it('asks only for those whom we knew and who are missing, the newly missing first', async () => {
    const look = asked([])
    expect(await lookTwice(look, 'hr', source, memory, never)).toEqual(source)
    expect(look.questions).toEqual(['user cid,bob', 'group ops'])
  })

  it('asks nothing when nobody is missing, or the read proves nothing anyway, or the source cannot be asked', async () => {
    const look = asked(['cid'])
    const nobody = { ...memory, links: memory.links.filter(({ sourceKey }) => sourceKey === 'ann'), groupLinks: [] }
    expect(await lookTwice(look, 'hr', source, nobody, never)).toEqual(source)
    const unproven = { ...source, usersComplete: false, groupsComplete: false }
    expect(await lookTwice(look, 'hr', unproven, memory, never)).toEqual(unproven)
    expect(look.questions).toEqual([])
    expect(await lookTwice({}, 'hr', source, memory, never)).toBe(source)
  })

  it('takes the proof from a list that left out somebody who is there', async () => {
    const seen = await lookTwice(asked(['cid', 'ops']), 'hr', source, memory, never)
    expect(seen).toMatchObject({ usersComplete: false, groupsComplete: false })
    expect(seen.unproven.map(({ part, message }) => `${part}: ${message}`)).toEqual([
      'users: The list of people said that it was whole, but 1 person it left out is there: cid.',
      'groups: The list of groups said that it was whole, but 1 group it left out is there: ops.',
    ])
  })

  it('names three of those who were left out, and says that there are more', async () => {
    const keys = ['a', 'b', 'c', 'd']
    const links = keys.map((sourceKey) => ({ ...memory.links[0]!, sourceKey }))
    const seen = async (there: readonly string[]) => {
      const { unproven } = await lookTwice(asked(there), 'hr', source, { ...memory, links }, never)
      return unproven.map(({ message }) => message)
    }
    expect(await seen(['a', 'b', 'c'])).toEqual([
      'The list of people said that it was whole, but 3 people it left out are there: a, b, c.',
    ])
    expect(await seen(keys)).toEqual([
      'The list of people said that it was whole, but 4 people it left out are there: a, b, c, ….',
    ])
  })

  it('takes it as well when nobody can be asked', async () => {
    const seen = await lookTwice(asked(fail.unreachable('Nobody answers.')), 'hr', source, memory, never)
    expect(seen.usersComplete).toBe(false)
    expect(seen.unproven[0]).toMatchObject({
      code: 'unreachable',
      message: 'Who is missing could not be looked for a second time. Nobody answers.',
    })
  })
})
