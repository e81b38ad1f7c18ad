import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { PushQuery, PushWritten } from '../../ports/push-directory.ts'
import { bindFilter } from '../../scim/filter/bind.ts'
import { parseFilter } from '../../scim/filter/parse.ts'
import type { Json, JsonObject } from '../../scim/json.ts'
import { createDocument, patchDocument } from '../../scim/resource.ts'
import { createRegistry } from '../../scim/schema/registry.ts'
import { openDatabase, rowsOf } from '../database.ts'

const [users, groups] = createRegistry().types
const rules = { refusesCycles: true, maxMembers: 100_000 }

describeOnBothStores('directories that providers push into', (current) => {
  const directory = () => current().store.push.directory
  const user = async (body: JsonObject, source = 'entra') =>
    (await directory().create(source, users, createDocument(users, body), rules)).resource
  const group = async (displayName: string, ids: readonly string[] = [], source = 'entra') =>
    (
      await directory().create(
        source,
        groups,
        createDocument(groups, { displayName, members: ids.map((value) => ({ value })) }),
        rules,
      )
    ).resource
  const patch = async (id: string, operations: Json[], source = 'entra'): Promise<PushWritten | undefined> =>
    await directory().update(source, groups, id, (now) => patchDocument(groups, now, { Operations: operations }), rules)
  const memberIds = async (id: string, source = 'entra') =>
    ((await directory().members(source, [id])).get(id) ?? []).map((each) => each.id)

  it('keep people by a name whose letter case does not count, each directory for itself', async () => {
    const ann = await user({ userName: 'Ann@corp.example', externalId: 'e1' })
    expect(ann).toMatchObject({
      kind: 'user',
      sourceKey: 'e1',
      version: 1,
      memberCount: 0,
      document: { userName: 'Ann@corp.example' },
    })
    await expect(user({ userName: 'ANN@CORP.example' })).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' })
    const other = await user({ userName: 'ann@corp.example' }, 'okta')
    expect(other.sourceKey).toBe(other.id)
    expect(await directory().get('okta', users, ann.id)).toBeUndefined()
    expect(await directory().get('entra', groups, ann.id)).toBeUndefined()
    expect(await directory().get('entra', users, ann.id)).toEqual(ann)
    await expect(user({ userName: 'x'.repeat(3000) })).rejects.toMatchObject({ status: 400 })
  })

  it('find by a unique name whoever has it, in that directory alone, with the groups and the count of any search', async () => {
    const ann = await user({ userName: 'Ann' })
    const team = await group('ann', [ann.id])
    await user({ userName: 'ann' }, 'okta')
    const search = async (filter: string, more: Partial<PushQuery> = {}, type = users) =>
      await directory().list('entra', type, {
        startIndex: 1,
        count: 100,
        filter: bindFilter(parseFilter(filter), type),
        ...more,
      })
    const name = 'userName eq "ANN"'
    // In other words the same question, which takes the long way.
    const longer = `${name} and id pr`
    for (const more of [{}, { withRelated: true }, { count: 0 }, { startIndex: 2 }, { cursor: '' }]) {
      expect(await search(name, more)).toEqual(await search(longer, more))
    }
    expect(await search(name, { withRelated: true })).toMatchObject({
      total: 1,
      resources: [{ id: ann.id, related: [{ id: team.id, display: 'ann' }] }],
    })
    expect(await search('displayName eq "Ann"', {}, groups)).toMatchObject({ total: 1, resources: [{ id: team.id }] })
    expect(await search('userName eq "anna"')).toEqual({ resources: [], total: 0 })
    expect(await search('userName eq ""')).toEqual({ resources: [], total: 0 })
    // A display name of a person is not unique.
    for (const userName of ['b', 'c']) await user({ userName, displayName: 'Twin' })
    expect(await search('displayName eq "twin"')).toMatchObject({ total: 2 })
  })

  it('give two people with one id of the client two keys', async () => {
    const [a, b] = [
      await user({ userName: 'a', externalId: 'same' }),
      await user({ userName: 'b', externalId: 'same' }),
    ]
    expect([a.sourceKey, b.sourceKey]).toEqual(['same', b.id])
    // Who comes back takes the key that was given back last and nobody has, one each.
    for (const { id } of [a, b]) {
      await directory().remove('entra', users, id, () => undefined)
      // Whoever is removed in the same millisecond is none that came last.
      const removed = Date.now()
      while (Date.now() === removed) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const back = [
      await user({ userName: 'c', externalId: 'same' }),
      await user({ userName: 'd', externalId: 'same' }),
      await user({ userName: 'e', externalId: 'same' }),
    ]
    expect(back.map(({ sourceKey }) => sourceKey)).toEqual([b.id, 'same', back[2]?.id])
  })

  it('recognise who comes back, by the id of the client or else by name', async () => {
    const ann = await user({ userName: 'ann', externalId: 'e1' })
    const bob = await user({ userName: 'bob' })
    for (const { id } of [ann, bob]) expect(await directory().remove('entra', users, id, () => undefined)).toBe(true)
    expect(await directory().remove('entra', users, ann.id, () => undefined)).toBe(false)
    const back = await user({ userName: 'ann.married', externalId: 'e1' })
    expect(back.sourceKey).toBe('e1')
    expect(back.id).not.toBe(ann.id)
    expect((await user({ userName: 'BOB' })).sourceKey).toBe(bob.id)
    expect((await user({ userName: 'bob2', externalId: 'bob2' })).sourceKey).toBe('bob2')
    expect(await directory().forgetTombstones(Date.now() + 60_000)).toBe(2)
  })

  it('create people who come at the same moment as if each came alone', async () => {
    const [ann, bea] = [await user({ userName: 'ann', externalId: 'e-ann' }), await user({ userName: 'bea' })]
    for (const { id } of [ann, bea]) await directory().remove('entra', users, id, () => undefined)
    const raw = (document: JsonObject) => directory().create('entra', users, { document, members: [] }, rules)
    const come = async (made: (() => Promise<unknown>)[]) => {
      const ends = await Promise.allSettled(made.map((each) => each()))
      return ends.map((end) => (end.status === 'fulfilled' ? 'created' : (end.reason.status ?? end.reason.code)))
    }
    const mail = (value: string) => ({ emails: [{ value }, { value: value.toUpperCase() }, { value: `${value}.org` }] })
    const many = Array.from({ length: 60 }, (_, no) => () => user({ userName: `p${no}`, externalId: `e${no}` }))
    const good = await come([
      ...many,
      () => user({ userName: 'new', externalId: 'e-ann', ...mail('ann@corp') }),
      () => user({ userName: 'BEA' }),
      () => user({ userName: 'twin1', externalId: 'twin' }),
      () => user({ userName: 'twin2', externalId: 'twin' }),
      () => user({ userName: 'p7' }, 'okta'),
    ])
    expect(good).toEqual(good.map(() => 'created'))
    const bad = await come([
      () => user({ userName: 'q0' }),
      () => user({ userName: 'P7' }),
      () => user({ userName: 'x'.repeat(3000) }),
      () => user({ userName: 'q1' }),
      // No protocol lets this through; the store refuses it, and nobody beside it.
      () => raw({ userName: 'half', nickName: '\ud800' }),
      () => user({ userName: 'q2' }),
    ])
    expect(bad).toEqual(['created', 409, 400, 'created', 'bug', 'created'])

    const everybody = await directory().all('entra', 'user', { limit: 200 })
    const byName = new Map(everybody.items.map((each) => [each.document.userName, each]))
    expect(byName.size).toBe(67)
    expect(byName.get('new')).toMatchObject({ sourceKey: 'e-ann', version: 1, document: mail('ann@corp') })
    expect(byName.get('BEA')?.sourceKey).toBe(bea.sourceKey)
    expect(byName.get('p7')?.sourceKey).toBe('e7')
    const twins = ['twin1', 'twin2'].map((name) => byName.get(name)!)
    expect(twins.filter(({ sourceKey }) => sourceKey === 'twin')).toHaveLength(1)
    expect(twins.filter(({ sourceKey, id }) => sourceKey === id)).toHaveLength(1)
    const found = await directory().peopleCalled('entra', ['ann@corp.org'])
    expect(found.map(({ document }) => document.userName)).toEqual(['new'])
  })

  it('keep the key when the id of the client changes', async () => {
    const ann = await user({ userName: 'ann' })
    const changed = await directory().update(
      'entra',
      users,
      ann.id,
      ({ document }) => ({ document: { ...document, externalId: 'late' }, members: [] }),
      rules,
    )
    expect(changed?.resource).toMatchObject({ sourceKey: ann.id, version: 2 })
  })

  it('write nothing when nothing differs, and refuse a name that somebody else has', async () => {
    const ann = await user({ userName: 'ann', title: 'Lead' })
    await user({ userName: 'bob' })
    const same = await directory().update('entra', users, ann.id, ({ document }) => ({ document, members: [] }), rules)
    expect(same).toMatchObject({ isChanged: false, resource: { version: 1, modifiedAt: ann.modifiedAt } })
    const renamed = (userName: string) =>
      directory().update(
        'entra',
        users,
        ann.id,
        ({ document }) => ({ document: { ...document, userName }, members: [] }),
        rules,
      )
    await expect(renamed('BOB')).rejects.toMatchObject({ status: 409 })
    expect((await renamed('ANN'))?.resource.version).toBe(2)
    const throwing = directory().update(
      'entra',
      users,
      ann.id,
      () => {
        throw new RangeError('no')
      },
      rules,
    )
    await expect(throwing).rejects.toThrow()
    expect((await directory().get('entra', users, ann.id))?.version).toBe(2)
  })

  it('keep members as rows: known ones join, unknown ones are told', async () => {
    const [a, b] = [await user({ userName: 'a', displayName: 'Ann' }), await user({ userName: 'b' })]
    const dev = await group('dev', [a.id])
    expect(dev.memberCount).toBe(1)
    const added = await patch(dev.id, [
      { op: 'add', path: 'members', value: [{ value: a.id }, { value: b.id }, { value: 'nobody' }] },
    ])
    expect(added).toMatchObject({
      isChanged: true,
      unknownMembers: ['nobody'],
      resource: { version: 2, memberCount: 2 },
    })
    const again = await patch(dev.id, [{ op: 'add', path: 'members', value: [{ value: b.id }] }])
    expect(again).toMatchObject({ isChanged: false, resource: { version: 2, modifiedAt: added!.resource.modifiedAt } })
    expect((await directory().members('entra', [dev.id])).get(dev.id)).toEqual([
      { id: a.id, kind: 'user', sourceKey: a.id, display: 'Ann' },
      { id: b.id, kind: 'user', sourceKey: b.id, display: 'b' },
    ])
    expect((await directory().groupsOf('entra', [a.id])).get(a.id)).toMatchObject([{ id: dev.id, display: 'dev' }])
    const removed = await patch(dev.id, [{ op: 'remove', path: `members[value eq "${a.id}"]` }])
    expect(removed?.resource.memberCount).toBe(1)
    await directory().remove('entra', users, b.id, () => undefined)
    expect(await directory().get('entra', groups, dev.id)).toMatchObject({ memberCount: 0, version: 4 })
  })

  it('never mix the members of two directories', async () => {
    const stranger = await user({ userName: 's' }, 'okta')
    const dev = await group('dev', [stranger.id])
    expect(await memberIds(dev.id)).toEqual([])
  })

  it('refuse groups that contain each other, also when both are nested at the same moment', async () => {
    const [a, b, c] = [await group('a'), await group('b'), await group('c')]
    await patch(a.id, [{ op: 'add', path: 'members', value: [{ value: b.id }] }])
    await patch(b.id, [{ op: 'add', path: 'members', value: [{ value: c.id }] }])
    for (const [outer, inner] of [
      [c, a],
      [c, b],
      [a, a],
    ] as const) {
      await expect(
        patch(outer.id, [{ op: 'add', path: 'members', value: [{ value: inner.id }] }]),
      ).rejects.toMatchObject({ status: 400 })
    }
    const [x, y] = [await group('x'), await group('y')]
    const both = await Promise.allSettled([
      patch(x.id, [{ op: 'add', path: 'members', value: [{ value: y.id }] }]),
      patch(y.id, [{ op: 'add', path: 'members', value: [{ value: x.id }] }]),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await patch(a.id, [{ op: 'remove', path: 'members[type eq "Group"]' }])
    expect(await memberIds(a.id)).toEqual([])
  })

  it('P17: sixteen writers of one group lose nothing', async () => {
    const people = await Promise.all(Array.from({ length: 64 }, (_, n) => user({ userName: `u${n}` })))
    const dev = await group(
      'dev',
      people.slice(0, 16).map(({ id }) => id),
    )
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let n = 0; n < 3; n += 1) {
          await patch(dev.id, [{ op: 'add', path: 'members', value: [{ value: people[16 + writer * 3 + n]!.id }] }])
        }
        await patch(dev.id, [{ op: 'remove', path: 'members', value: [{ value: people[writer]!.id }] }])
      }),
    )
    expect(new Set(await memberIds(dev.id))).toEqual(new Set(people.slice(16).map(({ id }) => id)))
    expect(await directory().get('entra', groups, dev.id)).toMatchObject({ memberCount: 48, version: 65 })
  })

  it('P17: who is deleted while somebody adds them is in no group', async () => {
    const { connection, kind } = current().place
    // The embedded store does one transaction after the other.
    if (kind === 'embedded') return
    const [ann, dev] = [await user({ userName: 'ann' }), await group('dev')]
    const database = await openDatabase(connection)
    const waiting = async () =>
      (
        await rowsOf(
          database.kysely,
          sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      ).length
    const rowsThere = async () =>
      await rowsOf(database.kysely, sql`select 1 from push_member where member_id = ${ann.id}`)
    try {
      const slow = await database.kysely.startTransaction().execute()
      // In the way of the addition, after it has found Ann and before it has written.
      await sql`insert into push_member values ('entra', ${dev.id}, ${ann.id})`.execute(slow)
      const adding = patch(dev.id, [{ op: 'add', path: 'members', value: [{ value: ann.id }] }])
      while ((await waiting()) < 1) await new Promise((resolve) => setTimeout(resolve, 5))
      let isRemoved = false
      const removing = directory()
        .remove('entra', users, ann.id, () => undefined)
        .then(() => {
          isRemoved = true
        })
      while (!isRemoved && (await waiting()) < 2) await new Promise((resolve) => setTimeout(resolve, 5))
      await slow.rollback().execute()
      await Promise.all([adding, removing])
      expect(await rowsThere()).toEqual([])
      expect(await directory().get('entra', groups, dev.id)).toMatchObject({ memberCount: 0, version: 3 })
    } finally {
      await database.close()
    }
  })

  it('P17: a whole list of 50,000 with one difference writes one row', { timeout: 300_000 }, async () => {
    const database = await openDatabase(current().place.connection)
    try {
      await sql`insert into push_resource (source, id, kind, source_key, name_key, mail_keys, document, folded, version, member_count, created_at, modified_at)
        select 'entra', 'U' || n, 'user', 'U' || n, 'u' || n, '{}', '{}', '{}', 1, 0, now(), now() from generate_series(1, 50001) n`.execute(
        database.kysely,
      )
      const all = Array.from({ length: 50_000 }, (_, n) => `U${n + 1}`)
      const dev = await group('dev', all)
      const written = async () =>
        (
          await rowsOf<{ xmin: string; count: number }>(
            database.kysely,
            sql`select xmin::text as xmin, count(*)::int as count from push_member
          where group_id = ${dev.id} group by xmin::text order by count(*) desc`,
          )
        ).map(({ count }) => count)
      expect(await written()).toEqual([50_000])
      const next = [...all.slice(1), 'U50001'].map((value) => ({ value }))
      const replaced = await patch(dev.id, [{ op: 'replace', path: 'members', value: next }])
      expect(replaced).toMatchObject({ isChanged: true, unknownMembers: [], resource: { memberCount: 50_000 } })
      expect(await written()).toEqual([49_999, 1])
      expect(await patch(dev.id, [{ op: 'replace', path: 'members', value: next }])).toMatchObject({ isChanged: false })
    } finally {
      await database.close()
    }
  })

  it('refuse a group larger than its source allows', async () => {
    const people = await Promise.all(['a', 'b', 'c'].map((userName) => user({ userName })))
    const dev = await group('dev', [people[0]!.id])
    const add = (ids: readonly string[]) =>
      directory().update(
        'entra',
        groups,
        dev.id,
        (now) =>
          patchDocument(groups, now, {
            Operations: [{ op: 'add', path: 'members', value: ids.map((value) => ({ value })) }],
          }),
        { ...rules, maxMembers: 2 },
      )
    await expect(add(people.slice(1).map(({ id }) => id))).rejects.toMatchObject({ status: 400, scimType: 'tooMany' })
    expect(await memberIds(dev.id)).toEqual([people[0]!.id])
    await add([people[1]!.id])
    expect(await memberIds(dev.id)).toHaveLength(2)
  })

  it('are read page by page, by index and by cursor, in any order', async () => {
    const names = ['dan', 'Ann', 'cid', 'Bob', 'eve']
    for (const userName of names)
      await user({ userName, ...(userName === 'cid' ? {} : { title: userName.toUpperCase() }) })
    const page = async (query: object) => {
      const found = await directory().list('entra', users, { startIndex: 1, count: 2, ...query } as never)
      return { ...found, resources: found.resources.map(({ document }) => document.userName) }
    }
    expect(await page({})).toEqual({ resources: ['dan', 'Ann'], total: 5 })
    expect(await page({ startIndex: 5 })).toEqual({ resources: ['eve'], total: 5 })
    expect(await page({ startIndex: 50 })).toEqual({ resources: [], total: 5 })
    expect(await page({ count: 0 })).toEqual({ resources: [], total: 5 })
    const { sortingOf } = await import('../../scim/sort.ts')
    for (const [sorting, expected] of [
      [undefined, names],
      [sortingOf(users, 'userName', false), ['Ann', 'Bob', 'cid', 'dan', 'eve']],
      [sortingOf(users, 'title', false), ['Ann', 'Bob', 'dan', 'eve', 'cid']],
      [sortingOf(users, 'title', true), ['cid', 'eve', 'dan', 'Bob', 'Ann']],
    ] as const) {
      const seen: unknown[] = []
      let cursor: string | undefined = ''
      while (cursor !== undefined) {
        const next: Awaited<ReturnType<typeof page>> = await page({
          cursor,
          ...(sorting === undefined ? {} : { sorting }),
        })
        expect(next.total).toBe(5)
        seen.push(...next.resources)
        cursor = next.nextCursor
        if (cursor !== undefined) expect(cursor).toMatch(/^[\w.~-]+$/)
      }
      expect(seen).toEqual(expected)
    }
    const { nextCursor } = await page({ cursor: '' })
    const filter = bindFilter(parseFilter('title pr'), users)
    await expect(page({ cursor: nextCursor, filter })).rejects.toMatchObject({ scimType: 'invalidCursor' })
    await expect(page({ cursor: 'x' })).rejects.toMatchObject({ scimType: 'invalidCursor' })
  })

  it('tell the engine everything, with keys that stay', async () => {
    const ann = await user({ userName: 'ann', externalId: 'k1' })
    const dev = await group('dev', [ann.id])
    expect((await directory().all('entra', 'user', { limit: 10 })).items.map(({ sourceKey }) => sourceKey)).toEqual([
      'k1',
    ])
    expect((await directory().membersOf('entra', dev.sourceKey, { limit: 10 })).items).toEqual([
      { id: ann.id, kind: 'user', sourceKey: 'k1' },
    ])
    expect(await directory().status('entra')).toMatchObject({ users: 1, activeUsers: 1, groups: 1, memberships: 1 })
    expect(await directory().changedAt('entra')).toBe(dev.modifiedAt)
    expect(await directory().changedAt('nothing')).toBeUndefined()
    await directory().declareBaseline('entra', 'os:ann')
    await directory().declareBaseline('entra', 'os:bob')
    expect(await directory().status('entra')).toMatchObject({ baselineBy: 'os:ann' })
    await directory().drop('entra')
    expect(await directory().status('entra')).toEqual({ users: 0, activeUsers: 0, groups: 0, memberships: 0 })
  })
})

describeOnBothStores('tokens of push sources', (current) => {
  const tokens = () => current().store.push.tokens

  it('are two at most, each for one source, and end when they should', async () => {
    const { store, place } = current()
    const first = await tokens().create('entra')
    const second = await tokens().create('entra', Date.now() + 60_000)
    await expect(tokens().create('entra')).rejects.toMatchObject({ code: 'conflict' })
    expect(await tokens().authenticate('entra', first.value)).toBe('valid')
    expect(await tokens().authenticate('okta', first.value)).toBe('unknown')
    expect(await tokens().authenticate('entra', `${first.value.slice(0, -1)}~`)).toBe('unknown')
    expect((await tokens().list('entra')).map(({ lastUsedAt }) => lastUsedAt !== undefined)).toEqual([true, false])
    expect(await tokens().revoke('okta', first.token.id)).toBe(false)
    expect(await tokens().revoke('entra', first.token.id)).toBe(true)
    expect(await tokens().revoke('entra', first.token.id)).toBe(false)
    expect(await tokens().authenticate('entra', first.value)).toBe('expired')
    const later = await place.open({ now: () => Date.now() + 120_000 })
    expect(await later.push.tokens.authenticate('entra', second.value)).toBe('expired')
    expect(await store.push.tokens.authenticate('entra', second.value)).toBe('valid')
    const database = await openDatabase(place.connection)
    const kept = JSON.stringify(await rowsOf(database.kysely, sql`select * from push_token`))
    await database.close()
    expect(kept).not.toContain(first.value.slice(20))
  })

  it('end at once where they are revoked, and within a second in another process', async () => {
    const { place } = current()
    let at = Date.now()
    const other = await place.open({ now: () => at })
    const { token, value } = await tokens().create('entra')
    expect(await other.push.tokens.authenticate('entra', value)).toBe('valid')
    expect(await tokens().authenticate('entra', value)).toBe('valid')
    await tokens().revoke('entra', token.id)
    expect(await tokens().authenticate('entra', value)).toBe('expired')
    at += 999
    expect(await other.push.tokens.authenticate('entra', value)).toBe('valid')
    // The second, and however far the two clocks are apart.
    at += 600_000
    expect(await other.push.tokens.authenticate('entra', value)).toBe('expired')
  })
})

describeOnBothStores('the log of requests', (current) => {
  it('keeps the newest of each source, readable page by page', async () => {
    const { requests } = current().store.push
    const request = (nth: number) => ({
      at: 1_000_000 + nth,
      method: 'GET',
      path: '/Users',
      status: nth % 10 === 0 ? 400 : 200,
      durationMs: 1.4,
      notices: ['a'],
      problem: 'why\u0000',
    })
    for (let batch = 0; batch < 3; batch += 1) {
      await requests.append(
        'entra',
        Array.from({ length: 900 }, (_, nth) => request(batch * 900 + nth)),
      )
    }
    await requests.append('okta', [request(1)])
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const page: Awaited<ReturnType<typeof requests.list>> = await requests.list('entra', {}, { limit: 1000, cursor })
      seen.push(...page.items.map(({ at }) => at))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toHaveLength(2_000)
    expect(seen[0]).toBe(1_002_699)
    const failed = await requests.list('entra', { failedOnly: true }, { limit: 1 })
    expect(failed.items).toMatchObject([{ status: 400, durationMs: 1, notices: ['a'] }])
  })
})
