import { describe, expect, it } from 'vitest'
import { hiddenCharacter, mixedWord, plainSpelling } from './name-sense.ts'

describe('a name', () => {
  it.each([
    ['dev', undefined],
    ['dev\u200F', 'U+200F'],
    ['\u202Edev', 'U+202E'],
    ['d\u200Bev', 'U+200B'],
    ['dev\uFEFF', 'U+FEFF'],
    ['de\u0007v', 'U+0007'],
    ['de\tv', 'U+0009'],
    ['co\u00ADop', 'U+00AD'],
    ['می\u200Cخواهم', undefined],
    ['👩\u200D🔧', undefined],
    ['Zürich Team 1', undefined],
  ])('%j hides %s', (name, hidden) => {
    expect(hiddenCharacter(name)).toBe(hidden)
  })

  it.each([
    ['admins', undefined],
    ['аdmins', ['Latin', 'Cyrillic']],
    ['team ωψ', undefined],
    ['οps', ['Latin', 'Greek']],
    ['отдел dev', undefined],
    ['Ünïted', undefined],
    ['名前dev', undefined],
  ])('%j mixes %j in one word', (name, scripts) => {
    expect(mixedWord(name)?.scripts).toEqual(scripts)
  })

  it('names the word that mixes alphabets', () => {
    expect(mixedWord('all of аdmins, too')?.word).toBe('аdmins')
  })

  it.each([
    ['dev', undefined],
    ['ｄｅｖ', 'dev'],
    ['oﬃce', 'office'],
    ['Zürich'.normalize('NFD'), undefined],
  ])('%j is spelled plainly %j', (name, plain) => {
    expect(plainSpelling(name)).toBe(plain)
  })
})
