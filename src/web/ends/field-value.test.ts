import { describe, expect, it } from 'vitest'
import { controlOf, drawnFields, type Field, isDemanded, textOf, withTexts } from './field-value.ts'

const field = (name: string, schema: Field['schema'], secret = false): Field => ({
  name,
  label: name,
  help: '',
  group: '',
  required: false,
  secret,
  schema,
})

const fields = [
  field('hosts', { type: 'array', items: { type: 'string' } }),
  field('port', { type: 'integer' }),
  field('password', {}, true),
  field('tls.caCertificate', { anyOf: [] }),
  field('security', { enum: ['none', 'ldaps'] }),
]

describe('settings in a form', () => {
  it('get the control their schema asks for', () => {
    expect(fields.map(controlOf)).toEqual(['list', 'number', 'secret', 'json', 'choice'])
  })

  it('come back as the document they came from, changed only where somebody typed', () => {
    const document = {
      type: 'ldap',
      hosts: ['a', 'b'],
      password: { set: true },
      tls: { caCertificate: { file: 'ca' } },
    }
    const texts = Object.fromEntries(fields.map((each) => [each.name, textOf(each, document)]))
    expect(texts).toMatchObject({ hosts: 'a\nb', password: '' })
    expect(withTexts(document, fields, texts)).toEqual(document)
    expect(withTexts(document, fields, { port: '636', password: 's3', 'tls.caCertificate': '' })).toEqual({
      type: 'ldap',
      hosts: ['a', 'b'],
      port: 636,
      password: { value: 's3' },
    })
  })

  it('refuses a number that is none', () => {
    expect(() => withTexts({}, fields, { port: 'many' })).toThrow(/port.*not a number/)
  })

  it('demand nothing of a group of settings that may be left out, until something of it is written', () => {
    const attribute = { ...field('inactiveWhen.attribute', { type: 'string' }), required: true }
    expect(isDemanded(attribute, { 'inactiveWhen.attribute': '', 'inactiveWhen.values': '' })).toBe(false)
    expect(isDemanded(attribute, { 'inactiveWhen.values': 'locked' })).toBe(true)
    expect(isDemanded({ ...attribute, name: 'hosts' }, {})).toBe(true)
  })

  it('are drawn by their parts, unless they were written in a longer form', () => {
    const nested = [field('inactiveWhen', { anyOf: [] }), field('inactiveWhen.attribute', { type: 'string' })]
    const names = (document: object) => drawnFields(nested, { ...document }).map(({ name }) => name)
    expect(names({})).toEqual(['inactiveWhen.attribute'])
    expect(names({ inactiveWhen: { attribute: 'a' } })).toEqual(['inactiveWhen.attribute'])
    expect(names({ inactiveWhen: [{ attribute: 'a' }] })).toEqual(['inactiveWhen'])
  })
})
