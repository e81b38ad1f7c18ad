import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { openDatabase, rowsOf } from '../database.ts'

describeOnBothStores('secrets', (current) => {
  it('seals values under a key file that only the owner reads', async () => {
    const { place, store } = current()
    expect(existsSync(join(place.folder, 'master.key'))).toBe(false)
    await store.secrets.put('target:acme', 'apiToken', 'hunter2', 9_000)
    expect(await store.secrets.get('target:acme', 'apiToken')).toBe('hunter2')
    expect(await store.secrets.get('target:acme', 'other')).toBeUndefined()
    expect(statSync(join(place.folder, 'master.key')).mode & 0o777).toBe(0o600)
    expect(await store.secrets.list()).toEqual([
      { owner: 'target:acme', field: 'apiToken', readable: true, expires: 9_000 },
    ])
    await store.secrets.remove('target:acme', 'apiToken')
    expect(await store.secrets.list()).toEqual([])
  })

  it('opens no envelope that was moved to another owner or changed', async () => {
    const { place, store } = current()
    await store.secrets.put('target:acme', 'apiToken', 'hunter2')
    const database = await openDatabase(place.connection)
    const [row] = await rowsOf<{ envelope: string }>(database.kysely, sql`select envelope from sealed_secret`)
    expect(row?.envelope).toMatch(/^v1\.[\w-]{11}\.[\w-]{16}\.[\w-]+$/)
    expect(row?.envelope).not.toContain('hunter2')
    await sql`update sealed_secret set owner = 'target:evil'`.execute(database.kysely)
    await database.close()
    expect(await store.secrets.get('target:evil', 'apiToken')).toBeUndefined()
  })

  it('loses only the secrets when the key is lost', async () => {
    const { place, store } = current()
    await store.secrets.put('target:acme', 'apiToken', 'hunter2')
    rmSync(join(place.folder, 'master.key'))
    expect(await store.secrets.get('target:acme', 'apiToken')).toBeUndefined()
    expect(await store.secrets.list()).toMatchObject([{ readable: false }])
    await store.secrets.put('source:corp', 'password', 'new')
    expect(await store.secrets.get('source:corp', 'password')).toBe('new')
    expect(await store.secrets.rotate()).toBe(1)
    await store.secrets.put('target:acme', 'apiToken', 'again')
    expect(await store.secrets.get('target:acme', 'apiToken')).toBe('again')
  })

  it('rotates the key file and reads with it, also in a store that was open before', async () => {
    const { place, store } = current()
    const other = await place.open()
    await store.secrets.put('target:acme', 'apiToken', 'hunter2')
    const before = readFileSync(join(place.folder, 'master.key'), 'utf8')
    expect(await store.secrets.rotate()).toBe(1)
    expect(readFileSync(join(place.folder, 'master.key'), 'utf8')).not.toBe(before)
    expect(existsSync(join(place.folder, 'master.key.next'))).toBe(false)
    expect(await other.secrets.get('target:acme', 'apiToken')).toBe('hunter2')
  })

  it('rotates from a given key to the next one', async () => {
    const { place } = current()
    const [first, second] = [randomBytes(32), randomBytes(32)]
    const before = await place.open({ masterKey: first })
    await before.secrets.put('target:acme', 'apiToken', 'hunter2')
    await expect(before.secrets.rotate()).rejects.toMatchObject({ code: 'usage' })
    const during = await place.open({ masterKey: second, previousMasterKeys: [first] })
    expect(await during.secrets.rotate()).toBe(1)
    const after = await place.open({ masterKey: second })
    expect(await after.secrets.get('target:acme', 'apiToken')).toBe('hunter2')
    await expect(place.open({ masterKey: Buffer.from('short') })).rejects.toMatchObject({ code: 'config-invalid' })
  })
})
