import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'

const object = { kind: 'source', key: 'corp', owner: 'store', savedBy: 'os:anna' } as const

describeOnBothStores('configuration', (current) => {
  it('keeps every version and makes none for an equal document', async () => {
    const { configuration } = current().store
    const first = await configuration.save({
      ...object,
      document: { type: 'file', path: 'a.csv', columns: ['b', 'a'] },
    })
    const again = await configuration.save({
      ...object,
      document: { columns: ['b', 'a'], path: 'a.csv', type: 'file' },
    })
    expect(again).toEqual(first)
    const second = await configuration.save({ ...object, document: { type: 'file', path: 'b.csv' } })
    expect(second.version).toBe(2)
    expect(await configuration.get('source', 'corp')).toEqual(second)
    expect((await configuration.history('source', 'corp')).map(({ version }) => version)).toEqual([2, 1])
    const newest = await configuration.versions('source', 'corp', { limit: 1 })
    const older = await configuration.versions('source', 'corp', { limit: 1, cursor: newest.next })
    expect([newest, older].map(({ items }) => items.map(({ version }) => version))).toEqual([[2], [1]])
    expect(older.next).toBeUndefined()
    expect(Object.keys((await configuration.history('source', 'corp'))[1]!.document)).toEqual([
      'type',
      'path',
      'columns',
    ])
  })

  it('takes an object out of use and lets it return under its versions', async () => {
    const { configuration } = current().store
    await configuration.save({ ...object, document: { type: 'file' } })
    await configuration.remove('source', 'corp', 'os:bob')
    expect(await configuration.get('source', 'corp')).toBeUndefined()
    expect(await configuration.list()).toEqual([])
    await expect(configuration.remove('source', 'corp', 'os:bob')).rejects.toMatchObject({ code: 'not-found' })
    const back = await configuration.save({ ...object, document: { type: 'file' } })
    expect(back.version).toBe(3)
    expect(await configuration.list()).toEqual([back])
  })

  it('saves what was edited only while nobody else saved it', async () => {
    const { configuration } = current().store
    const { version } = await configuration.save({ ...object, document: { path: 'a.csv' } }, { basedOn: 0 })
    await expect(configuration.save({ ...object, document: { path: 'b.csv' } }, { basedOn: 0 })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The source "corp" exists already; nothing was saved.',
    })
    const theirs = await configuration.save({ ...object, savedBy: 'os:bob', document: { path: 'c.csv' } })
    await expect(
      configuration.save({ ...object, document: { path: 'b.csv' } }, { basedOn: version }),
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('was saved by os:bob on ') })
    expect(await configuration.get('source', 'corp')).toEqual(theirs)
    const mine = await configuration.save({ ...object, document: { path: 'b.csv' } }, { basedOn: theirs.version })
    await configuration.remove('source', 'corp', 'os:bob')
    await expect(
      configuration.save({ ...object, document: { path: 'd.csv' } }, { basedOn: mine.version }),
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('was removed by os:bob on ') })
    await configuration.save({ ...object, document: { path: 'd.csv' } }, { basedOn: 0 })
  })

  it('lets one of eight who edited the same version save', async () => {
    const { configuration } = current().store
    await configuration.save({ ...object, document: {} })
    const saves = Array.from({ length: 8 }, (_, index) =>
      configuration.save({ ...object, document: { index } }, { basedOn: 1 }),
    )
    const ends = await Promise.allSettled(saves)
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await configuration.get('source', 'corp')).toMatchObject({ version: 2 })
  })

  it('seals and drops secrets with the document they belong to, or not at all', async () => {
    const { configuration, secrets } = current().store
    const sealed = async () => (await secrets.list()).map(({ owner, field }) => `${owner}.${field}`)
    const document = { password: { sealed: true }, key: { sealed: true } }
    const put = new Map([
      ['password', { value: 'one' }],
      ['key', { value: 'two' }],
    ])
    await configuration.save({ ...object, document }, { basedOn: 0, secrets: { put, keep: [] } })
    const other = { put: new Map([['password', { value: 'another' }]]), keep: [] }
    await expect(configuration.save({ ...object, document: {} }, { basedOn: 0, secrets: other })).rejects.toMatchObject(
      { code: 'conflict' },
    )
    expect(await secrets.get('source:corp', 'password')).toBe('one')
    expect(await sealed()).toEqual(['source:corp.key', 'source:corp.password'])
    await configuration.save(
      { ...object, document: { password: { sealed: true } } },
      { basedOn: 1, secrets: { put: new Map(), keep: ['password'] } },
    )
    expect(await sealed()).toEqual(['source:corp.password'])
    await configuration.remove('source', 'corp', 'os:bob')
    expect(await sealed()).toEqual([])
  })

  it('saves eight versions of one object at once, each with a number of its own', async () => {
    const { configuration } = current().store
    const saves = Array.from(
      { length: 8 },
      async (_, index) => await configuration.save({ ...object, document: { index } }),
    )
    const versions = (await Promise.all(saves)).map(({ version }) => version).sort()
    expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})

describeOnBothStores('source reads, departures and work items', (current) => {
  const summary = (snapshotId: string) => ({
    snapshotId,
    takenAt: 1,
    readFingerprint: 'x',
    connectionVersion: 1,
    semanticsVersion: 1,
    users: 3,
    activeUsers: 2,
    groupMembers: { 'g-1': 2 },
    filled: { mail: 3 },
  })

  it('moves the last good read only when a read is accepted', async () => {
    const { snapshots } = current().store
    await snapshots.save('staff', 'run-1', summary('one'))
    expect(await snapshots.lastGood('staff')).toBeUndefined()
    await snapshots.accept('staff', 'one')
    for (let read = 0; read < 30; read += 1) await snapshots.save('staff', 'run-2', summary(`later-${read}`))
    expect(await snapshots.lastGood('staff')).toEqual(summary('one'))
    await snapshots.accept('staff', 'later-29')
    expect(await snapshots.lastGood('staff')).toEqual(summary('later-29'))
    await expect(snapshots.accept('staff', 'one')).rejects.toMatchObject({ code: 'not-found' })
    expect(await snapshots.lastGood('other')).toBeUndefined()
  })

  it('keeps the first proof of a departure until a sign of life', async () => {
    const { store } = current()
    const departures = async () => (await store.directories.memory('staff', 'corp', 'nowhere', 0)).departures
    await store.departures.save('staff', [{ sourceKey: 'ann', signal: 'left-source', firstProvenAt: 100 }], [])
    await store.departures.save('staff', [{ sourceKey: 'ann', signal: 'left-scope', firstProvenAt: 200 }], [])
    expect(await departures()).toEqual([{ sourceKey: 'ann', signal: 'left-scope', firstProvenAt: 100 }])
    await store.departures.save('staff', [{ sourceKey: 'ann', signal: 'disabled', firstProvenAt: 300 }], [])
    expect(await departures()).toEqual([{ sourceKey: 'ann', signal: 'disabled', firstProvenAt: 300 }])
    await store.departures.save('staff', [], ['ann', 'nobody'])
    expect(await departures()).toEqual([])
  })

  it('opens work items once, keeps those that stand and closes those that do not', async () => {
    const { workItems } = current().store
    const item = { reason: 'account-gone', subject: 'ann', label: 'Ann', message: 'the account is gone' } as const
    await workItems.reconcile('staff', 'dir', [item, { ...item, subject: 'bob', candidates: ['a1', 'a2'] }])
    const [ann, bob] = (await workItems.list({ connection: 'staff' }, { limit: 10 })).items
    expect(ann).toMatchObject({ ...item, openedAt: expect.any(Number) })
    expect(bob?.candidates).toEqual(['a1', 'a2'])
    await workItems.reconcile('other', 'dir', [{ ...item, subject: 'cid' }])
    await workItems.reconcile('staff', 'dir', [{ ...item, message: 'still gone' }])
    expect((await workItems.list({ connection: 'staff' }, { limit: 10 })).items).toEqual([
      { ...ann, message: 'still gone' },
    ])
    const first = await workItems.list({}, { limit: 1 })
    expect((await workItems.list({}, { limit: 1, cursor: first.next })).items[0]?.subject).toBe('cid')
  })
})
