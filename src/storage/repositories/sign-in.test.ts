import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'

const hour = 3_600_000
const far = Date.parse('2100-01-01')

describeOnBothStores('signing in', (current) => {
  const users = () => current().store.signIn.users
  const begun = async (expiresAt = far) => {
    const { users, sessions } = current().store.signIn
    const user = await users.create({ userName: 'anna', grants: [] }, 'os:tester')
    const other = await users.create({ userName: 'bert', grants: [{ role: 'admin' }] }, 'os:tester')
    return { user, other, sessions, ...(await sessions.begin({ userId: user.id, way: 'password', expiresAt })) }
  }
  const limit = (key: string, free: number) => ({
    key,
    waitMs: (failures: number) => (failures < free ? 0 : 1000 * failures),
  })

  it('makes users once by name, in whatever letter case', async () => {
    const made = await users().create({ userName: 'Anna', grants: [{ role: 'viewer' }] }, 'os:tester')
    expect(made).toMatchObject({ userName: 'Anna', kind: 'local', hasPassword: false, grants: [{ role: 'viewer' }] })
    expect(await users().byName('ANNA')).toEqual(made)
    await expect(users().create({ userName: 'anna', grants: [] }, 'os:tester')).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('lists users page by page with what they hold everywhere and on connections', async () => {
    const grants = [{ role: 'viewer' as const }, { role: 'operator' as const, connection: 'staff' }]
    for (const userName of ['bert', 'anna', 'carl']) await users().create({ userName, grants }, 'os:tester')
    const first = await users().list({ limit: 2 })
    const second = await users().list({ limit: 2, cursor: first.next })
    expect([...first.items, ...second.items].map(({ userName }) => userName)).toEqual(['anna', 'bert', 'carl'])
    expect(first.items[0]?.grants).toEqual(grants)
    expect(second.next).toBeUndefined()
  })

  it('never loses the last administrator', async () => {
    const admin = await users().create({ userName: 'anna', grants: [{ role: 'admin' }] }, 'os:tester')
    await expect(users().update(admin.id, { isDisabled: true }, 'os:tester')).rejects.toMatchObject({
      code: 'conflict',
    })
    const scoped = [{ role: 'admin' as const, connection: 'staff' }]
    await expect(users().update(admin.id, { grants: scoped }, 'os:tester')).rejects.toThrow(/Nobody would be left/)
    expect((await users().get(admin.id))?.grants).toEqual([{ role: 'admin' }])
    await users().create({ userName: 'bert', grants: [{ role: 'admin' }] }, 'os:tester')
    expect(await users().update(admin.id, { isDisabled: true }, 'os:tester')).toMatchObject({
      disabledAt: expect.any(Number),
    })
  })

  it('counts people of an identity provider as administrators only while they can sign in by it', async () => {
    const anna = await users().create({ userName: 'anna', grants: [{ role: 'admin' }] }, 'os:tester')
    await users().recordExternal({ subject: 'idp 1', userName: 'otto', grants: [{ role: 'admin' }] })
    const shut = { isDisabled: true }
    await expect(users().update(anna.id, shut, 'os:tester')).rejects.toMatchObject({ code: 'conflict' })
    expect(await users().update(anna.id, shut, 'os:tester', { singleSignOn: true })).toMatchObject({
      disabledAt: expect.any(Number),
    })
  })

  it('keeps a user of an identity provider apart from a local one of the same name', async () => {
    const local = await users().create({ userName: 'anna', grants: [{ role: 'admin' }] }, 'os:tester')
    const given = { subject: 'https://idp.example 4711', userName: 'anna', grants: [{ role: 'viewer' as const }] }
    const external = await users().recordExternal(given)
    expect(external.id).not.toBe(local.id)
    expect(external).toMatchObject({ kind: 'oidc', userName: 'anna', grants: [{ role: 'viewer' }] })
    const again = await users().recordExternal({ ...given, userName: 'anna.b', grants: [] })
    expect(again).toMatchObject({ id: external.id, userName: 'anna.b', grants: [] })
    expect((await users().byName('anna'))?.id).toBe(local.id)
  })

  it('makes the first user for whoever knows the code, however many try at once', async () => {
    const { codes } = current().store.signIn
    await codes.keep('right', 'set-up', far)
    await codes.keep('late', 'set-up', 1)
    const user = (userName: string) => ({ userName, grants: [{ role: 'admin' as const }] })
    expect(await users().createFirst('wrong', user('eve'))).toBe('wrong-code')
    expect(await users().createFirst('late', user('eve'))).toBe('wrong-code')
    const all = await Promise.all(['a', 'b', 'c'].map((name) => users().createFirst('right', user(name))))
    expect(all.filter((each) => typeof each === 'object')).toHaveLength(1)
    expect(all.filter((each) => each === 'already-set-up')).toHaveLength(2)
    await codes.keep('another', 'set-up', far)
    expect(await users().createFirst('another', user('d'))).toBe('already-set-up')
  })

  it('knows a session by a value that is nowhere in the store', async () => {
    const { sessions, value, session, user } = await begun()
    expect(value).toMatch(/^[\w-]{43}$/)
    expect(await sessions.find(value, hour)).toMatchObject({ session: { id: session.id }, user: { id: user.id } })
    expect(await sessions.find(session.id, hour)).toBeUndefined()
    expect(JSON.stringify(await sessions.list(user.id, hour))).not.toContain(value)
  })

  it('ends sessions by time, by idleness, by hand and with their user', async () => {
    const { sessions, value, session, user } = await begun()
    expect(await sessions.find(value, -1)).toBeUndefined()
    const over = await sessions.begin({ userId: user.id, way: 'password', expiresAt: Date.now() - 1 })
    expect(await sessions.find(over.value, hour)).toBeUndefined()
    const renewed = await sessions.renew(session.id)
    expect(await sessions.find(value, hour)).toBeUndefined()
    expect(await sessions.find(renewed ?? '', hour)).toMatchObject({ session: { id: session.id } })
    await current().store.signIn.users.update(user.id, { isDisabled: true }, 'os:tester')
    expect(await sessions.find(renewed ?? '', hour)).toBeUndefined()
    await current().store.signIn.users.update(user.id, { isDisabled: false }, 'os:tester')
    expect(await sessions.end(session.id)).toBe(true)
    expect(await sessions.end(session.id)).toBe(false)
    expect(await sessions.renew(session.id)).toBeUndefined()
  })

  it('ends all sessions of a user but the one in hand', async () => {
    const { sessions, session, user, other } = await begun()
    await sessions.begin({ userId: user.id, way: 'password', expiresAt: far })
    const foreign = await sessions.begin({ userId: other.id, way: 'password', expiresAt: far })
    expect(await sessions.endAll(user.id, session.id)).toBe(1)
    expect((await sessions.list(user.id, hour)).map(({ id }) => id)).toEqual([session.id])
    expect(await sessions.find(foreign.value, hour)).toBeDefined()
  })

  it('signs the oldest browser of a user out when there are more than twenty', async () => {
    const { sessions, value, user } = await begun()
    for (let count = 0; count < 20; count += 1) {
      await sessions.begin({ userId: user.id, way: 'password', expiresAt: far })
    }
    expect(await sessions.list(user.id, hour)).toHaveLength(20)
    expect(await sessions.find(value, hour)).toBeUndefined()
  })

  it('takes a link once', async () => {
    const { user } = await begun()
    const { codes, users } = current().store.signIn
    await codes.keep('link', 'link', far, user.id)
    await codes.keep('old', 'link', 1, user.id)
    expect(await codes.spendLink('old')).toBeUndefined()
    expect((await Promise.all(['link', 'link'].map((code) => codes.spendLink(code)))).filter(Boolean)).toHaveLength(1)
    await codes.keep('disabled', 'link', far, user.id)
    await users.update(user.id, { isDisabled: true }, 'os:tester')
    expect(await codes.spendLink('disabled')).toBeUndefined()
  })

  it('counts attempts before they are judged, also many at once', async () => {
    const { attempts } = current().store.signIn
    const waits = await Promise.all(Array.from({ length: 8 }, () => attempts.begin([limit('b', 3), limit('a', 5)])))
    expect(waits.filter((wait) => wait === 0)).toHaveLength(3)
    expect(waits.filter((wait) => wait === 3000)).toHaveLength(5)
    expect(await attempts.begin([limit('a', 4)])).toBe(0)
    await attempts.succeed(['b'], ['a'])
    expect(await attempts.begin([limit('b', 1)])).toBe(0)
    expect(await attempts.begin([limit('a', 3)])).toBe(3000)
    expect(await attempts.begin([limit('a', 4)])).toBe(0)
  })
})
