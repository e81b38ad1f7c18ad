import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeFields, fieldsTable } from './kit/describe-config.ts'
import { field, secret } from './kit/field.ts'
import { catalog } from './registry.ts'

const kinds = [
  ...catalog.sources.map((kind) => ({ ...kind, end: 'source' })),
  ...catalog.targets.map((kind) => ({ ...kind, end: 'target' })),
]

describe('the settings of every connector', () => {
  for (const { end, type, title, summary, config } of kinds) {
    it(`say for people what each one is: ${end} ${type}`, () => {
      expect(title).not.toBe('')
      expect(summary).toMatch(/\.$/)
      for (const { path, facts, schema } of describeFields(config)) {
        expect(facts?.label, `label of ${path}`).toMatch(/\S/)
        expect(facts?.help, `help of ${path}`).toMatch(/\S/)
        expect(facts?.group, `group of ${path}`).toMatch(/\S/)
        if (schema.type === 'number' || schema.type === 'integer') expect(facts?.unit, `unit of ${path}`).toMatch(/\S/)
      }
    })
  }

  it('name no type twice', () => {
    const names = kinds.map(({ end, type }) => `${end} ${type}`)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('a table of settings', () => {
  const facts = { label: 'Pages', help: 'One | two.', group: 'Paging' }
  const config = z.strictObject({
    size: field(z.number().int().default(500), { ...facts, unit: 'entries' }),
    key: secret({ label: 'Key', help: 'The key.', group: 'Access' }),
    tls: field(
      z.strictObject({ ca: field(z.string(), { label: 'CA', help: 'A file.', group: 'Access' }) }).optional(),
      facts,
    ),
  })

  it('stands in groups, with defaults, units and secrets, and cells that cannot break it', () => {
    expect(fieldsTable(config).split('\n')).toEqual([
      '### Paging',
      '',
      '| Setting | What it is | Value |',
      '|---|---|---|',
      '| `size` | **Pages.** One \\| two. | integer (entries); default `500` |',
      '| `tls` | **Pages.** One \\| two. | object |',
      '',
      '### Access',
      '',
      '| Setting | What it is | Value |',
      '|---|---|---|',
      '| `key` | **Key.** The key. | secret, required |',
      '| `tls.ca` | **CA.** A file. | string, required |',
      '',
    ])
  })
})
