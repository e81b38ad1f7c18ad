import { describe, expect, it } from 'vitest'
import { hashPassword, isPassword } from './password.ts'

describe('a password', () => {
  it('is known again by its hash, and only it', async () => {
    const hash = await hashPassword('correct horse é battery')
    expect(hash).toMatch(/^scrypt\$15\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
    expect(await isPassword('correct horse e\u0301 battery', hash)).toBe(true)
    expect(await isPassword('correct horse battery', hash)).toBe(false)
    expect(await isPassword('', undefined)).toBe(false)
    expect(await isPassword('', 'scrypt$15$8$3$$')).toBe(false)
  })

  it('is not looked at when too many are asked for at once', async () => {
    const all = await Promise.all(Array.from({ length: 60 }, () => isPassword('x', 'scrypt$4$8$1$AAAA$AAAA')))
    expect(all.filter((each) => each === undefined)).toHaveLength(8)
    expect(all.filter((each) => each === false)).toHaveLength(52)
  })
})
