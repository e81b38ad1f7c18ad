import { describe, expect, it } from 'vitest'
import { providers } from './providers.ts'

describe('the set-up of identity providers', () => {
  it('is there for everyone a customer of Atlassian is likely to have, and for any other', () => {
    const keys = providers.map(({ key }) => key)
    expect(keys).toEqual([
      'entra',
      'okta',
      'onelogin',
      'jumpcloud',
      'pingone',
      'google',
      'keycloak',
      'authentik',
      'miniorange',
      'other',
    ])
  })

  it.each(providers.map((each) => [each.title, each] as const))(
    '%s is given address and token once, by the names of its own fields',
    (_, { steps, compareWith }) => {
      const values = steps.flatMap(({ fields = [] }) => fields.map(({ value }) => value))
      for (const own of ['{baseUrl}', '{token}']) expect(values.filter((value) => value === own)).toHaveLength(1)
      // Only these two are filled in; what else stands in braces is the provider's own.
      const known = steps.flatMap(({ text }) => text.match(/\{\w+\}/g) ?? [])
      expect(known).toEqual([])
      expect(compareWith.every((url) => URL.canParse(url))).toBe(true)
    },
  )
})
