import { describe, expect, it } from 'vitest'
import { formatMessage } from './format-message.ts'

const changes = '{count, plural, =0 {No change} one {# change} other {# changes}} of {who}'

describe('a message of the catalogue', () => {
  it('chooses the form by the number and writes the number as the language does', () => {
    const said = (count: number) => formatMessage(changes, { count, who: 'Ann' }, 'en')
    expect([said(0), said(1), said(1204)]).toEqual(['No change of Ann', '1 change of Ann', '1,204 changes of Ann'])
  })

  it('chooses by a word, with values inside the branch', () => {
    const text = '{mode, select, review {{count, number} wait} other {nothing}}'
    expect(formatMessage(text, { mode: 'review', count: 1000 }, 'en')).toBe('1,000 wait')
    expect(formatMessage(text, { mode: 'x', count: 1 }, 'en')).toBe('nothing')
  })

  it('leaves a missing value visible, and braces in a value alone', () => {
    expect(formatMessage('Hello {name}', {}, 'en')).toBe('Hello {name}')
    expect(formatMessage('Hello {name}', { name: '{count}' }, 'en')).toBe('Hello {count}')
  })
})
