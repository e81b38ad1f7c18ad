import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeFields } from './kit/describe-config.ts'
import { catalog } from './registry.ts'
import { presets } from './sources/rest/presets/presets.ts'

const read = catalog.sources.filter(({ push }) => push === undefined)
const all = read.flatMap((kind) => (kind.providers ?? []).map((setUp) => ({ kind, setUp })))

describe('the gallery of sources', () => {
  it('has steps for every kind that is read from somewhere else, and for every preset', () => {
    const without = read.filter(({ providers = [] }) => providers.length === 0).map(({ type }) => type)
    expect(without).toEqual(['local', 'target'])
    const keys = all.map(({ setUp }) => setUp.key)
    expect(keys).toEqual(expect.arrayContaining(Object.keys(presets)))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it.each(all.map(({ kind, setUp }) => [setUp.title, kind, setUp] as const))(
    '%s names its rights, pages that can be opened, and settings there are',
    (_, { config }, { steps, rights = [], fields = [], begin = {}, compareWith }) => {
      expect([steps.length, rights.length, fields.length].every((count) => count > 0)).toBe(true)
      expect(compareWith.every((url) => URL.canParse(url))).toBe(true)
      const known = new Set(describeFields(config).map(({ path }) => path))
      const named = [...fields.map(({ setting }) => setting), ...Object.keys(begin)]
      // The settings of a sign-in and of a list depend on its type, and stand inside their field.
      expect(named.filter((path) => !known.has(path) && !known.has(path.split('.')[0] ?? ''))).toEqual([])
    },
  )

  it('says on one page for every kind on what its reading was proven', () => {
    const page = readFileSync(new URL('../../docs/connectors/README.md', import.meta.url), 'utf8')
    const missing = catalog.sources.filter(({ type }) => !page.includes(`| [\`${type}\`](${type}.md) |`))
    expect(missing.map(({ type }) => type)).toEqual([])
  })

  it('has one name for a provider that is read and sends', () => {
    const sends = catalog.sources.flatMap(({ push, providers = [] }) => (push === undefined ? [] : providers))
    for (const { key } of sends) if (key !== 'other') expect(key).toMatch(/^[a-z0-9]+$/)
    const both = sends.filter(({ key }) => all.some(({ setUp }) => setUp.key === key)).map(({ key }) => key)
    expect(both).toEqual(expect.arrayContaining(['entra', 'okta', 'google', 'keycloak', 'onelogin']))
  })
})
