import { describe, expect, it } from 'vitest'
import type { AttributeValue } from '../domain/identity.ts'
import { withEmptyAttributes } from './empty-attributes.ts'

const user = (key: string, attributes: Record<string, AttributeValue>) => ({ key, active: true, attributes })

describe('attributes that a source leaves out', () => {
  it('are empty where others have them, and unknown where nobody has', () => {
    const [ann, bob] = withEmptyAttributes([
      user('ann', { mail: 'ann@x', title: 'Engineer', phone: null }),
      user('bob', { mail: ['b@x', 'bob@x'] }),
    ])
    expect(ann?.attributes).toEqual({ mail: 'ann@x', title: 'Engineer', phone: null })
    expect(bob?.attributes).toEqual({ mail: ['b@x', 'bob@x'], title: null, phone: null })
    expect(bob?.attributes.department).toBeUndefined()
  })

  it('may have the names of what every object has', () => {
    const [ann, bob] = withEmptyAttributes([
      user('ann', JSON.parse('{"__proto__":"x","constructor":"y"}')),
      user('bob', { mail: 'b@x' }),
    ])
    const of = (person: typeof ann) => ['__proto__', 'constructor'].map((name) => person?.attributes[name])
    expect(of(ann)).toEqual(['x', 'y'])
    expect(of(bob)).toEqual([null, null])
    expect(ann?.attributes.toString).toBeUndefined()
  })
})
