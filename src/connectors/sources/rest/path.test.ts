import { describe, expect, it } from 'vitest'
import { parsePath, textsAt, valuesAt } from './path.ts'

const person = {
  id: 7,
  name: { first: 'Ann', 'last-name': 'Lee' },
  'odd name': 'x',
  emails: [
    { type: 'home', value: 'a@home.example' },
    { type: 'work', value: 'a@acme.example', primary: true },
  ],
  tags: ['one', '', 'two'],
  none: null,
  __proto__: { inherited: 'no' },
}

describe('a path into JSON', () => {
  for (const [text, found] of [
    ['$', [person]],
    ['$.id', [7]],
    ['$.name.first', ['Ann']],
    ['$.name.last-name', ['Lee']],
    ["$['odd name']", ['x']],
    ['$.emails[0].value', ['a@home.example']],
    ['$.emails[*].type', ['home', 'work']],
    ["$.emails[?(@.type=='work')].value", ['a@acme.example']],
    ['$.emails[?(@.primary==true)].value', ['a@acme.example']],
    ['$.emails[9]', []],
    ['$.nothing.at.all', []],
    ['$.inherited', []],
    ['$.none', [null]],
  ] as const) {
    it(`${text} leads where it says`, () => {
      const path = parsePath(text)
      expect(path === undefined ? undefined : valuesAt(person, path)).toEqual(found)
    })
  }

  for (const text of ['id', '$..id', '$.emails[?(@.a>1)]', '$.a[(@.length-1)]', '$.a b', '$[?(process.exit())]', '']) {
    it(`${JSON.stringify(text)} is not one`, () => {
      expect(parsePath(text)).toBeUndefined()
    })
  }

  it('gives texts, those of lists too, and leaves out what is empty', () => {
    const texts = (text: string) => textsAt(person, parsePath(text) ?? { text, steps: [] })
    expect(texts('$.tags')).toEqual(['one', 'two'])
    expect(texts('$.id')).toEqual(['7'])
    expect(texts('$.none')).toEqual([])
    expect(texts('$.name')).toEqual([])
  })
})
