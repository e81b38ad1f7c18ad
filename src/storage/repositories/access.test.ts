import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { openDatabase, rowsOf } from '../database.ts'

describeOnBothStores('access', (current) => {
  it('knows a token by its value, until it is revoked or over', async () => {
    const { access } = current().store
    const { token, value } = await access.createToken('ci', ['operator', 'viewer', 'viewer'], 5_000)
    expect(value).toMatch(/^muster_[\w-]{43}$/)
    expect(token).toMatchObject({ name: 'ci', roles: ['operator', 'viewer'], expiresAt: 5_000 })
    expect(value.startsWith(token.prefix)).toBe(true)
    expect(await access.authenticate(value, 4_999)).toMatchObject({ id: token.id })
    expect(await access.authenticate(value, 5_000)).toBeUndefined()
    expect(await access.authenticate(`${value.slice(0, -1)}!`, 0)).toBeUndefined()
    expect(await access.authenticate('', 0)).toBeUndefined()
    expect(await access.listTokens()).toEqual([{ ...token, lastUsedAt: 4_999 }])
    expect(await access.revokeToken(token.id)).toBe(true)
    expect(await access.revokeToken(token.id)).toBe(false)
    expect(await access.authenticate(value, 0)).toBeUndefined()
    expect(await access.listTokens()).toEqual([])
  })
})

describeOnBothStores('audit', (current) => {
  const entry = (act: string) => ({ at: 1_763_700_000_123, actor: 'os:anna', act, subject: 'plan 7' })

  it('chains entries written from eight sides at once', async () => {
    const { audit } = current().store
    await Promise.all(Array.from({ length: 8 }, async (_, index) => await audit.append(entry(`act-${index}`))))
    await audit.append({ ...entry('hostile'), subject: 'zero\0 \ud800', detail: { text: "o'\0", list: [1, null] } })
    expect(await audit.verify()).toBeUndefined()
    const { items, next } = await audit.list({ limit: 4 })
    expect(items[0]).toMatchObject({ seq: 9, act: 'hostile', detail: { text: "o'\uFFFD", list: [1, null] } })
    expect((await audit.list({ limit: 100, cursor: next })).items.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1])
  })

  it('finds an entry that was changed, removed or cut off', async () => {
    const { place, store } = current()
    for (const act of ['one', 'two', 'three', 'four']) await store.audit.append(entry(act))
    const database = await openDatabase(place.connection)
    const tamper = async (text: string) => await rowsOf(database.kysely, sql.raw(text))
    try {
      await tamper(`update audit_entry set actor = 'os:eve' where seq = 2`)
      expect(await store.audit.verify()).toBe(2)
      await tamper(`update audit_entry set actor = 'os:anna' where seq = 2`)
      expect(await store.audit.verify()).toBeUndefined()
      await tamper(`delete from audit_entry where seq = 4`)
      expect(await store.audit.verify()).toBe(4)
      await tamper(`delete from audit_entry where seq = 3`)
      expect(await store.audit.verify()).toBe(3)
    } finally {
      await database.close()
    }
  })
})
