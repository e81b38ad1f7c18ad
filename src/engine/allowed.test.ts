import { describe, expect, it } from 'vitest'
import { directory, directoryTarget } from '../../test/doubles/directory-target.ts'
import { allowances, allowSchema } from '../domain/allow.ts'
import { changeKinds } from '../domain/change.ts'
import { withAllowed } from './allowed.ts'

const signal = new AbortController().signal
const kindsOf = (allow: Record<string, boolean>) =>
  Object.keys(withAllowed(directoryTarget(directory()), allowSchema.parse(allow)).operations)

describe('what a target allows', () => {
  it('is everything but deleting, unless the settings say otherwise', () => {
    expect(kindsOf({})).not.toContain('account.delete')
    expect(kindsOf({ delete: true })).toContain('account.delete')
    expect(kindsOf({}).length + 1).toBe(kindsOf({ delete: true }).length)
  })

  it('covers every kind that is sent to a target, each once', () => {
    const written = Object.entries(changeKinds).flatMap(([kind, { calls }]) => (calls ? [kind] : []))
    expect(Object.values(allowances).flat().sort()).toEqual(written.sort())
  })

  it.each(Object.entries(allowances))('%s: false takes away just that', (name, kinds) => {
    const all = kindsOf({ delete: true })
    const left = kindsOf({ delete: true, [name]: false })
    expect(all.filter((kind) => !left.includes(kind)).sort()).toEqual([...kinds].sort())
  })

  it('says which setting forbids it, and leaves the rest of the target as it is', async () => {
    const target = directoryTarget(directory())
    const restricted = withAllowed(target, allowSchema.parse({ deactivate: false }))
    const identity = await restricted.identify(signal)
    expect(identity.notOffered['account.deactivate']).toContain('allow.deactivate: false')
    expect(identity.directoryKey).toBe('dir')
    expect(restricted.concurrency).toBe(target.concurrency)
    expect(await restricted.accountsNow(['nobody'], signal)).toEqual(new Map())
  })

  it('refuses a name it does not know', () => {
    expect(() => allowSchema.parse({ suspend: false })).toThrow()
  })
})
