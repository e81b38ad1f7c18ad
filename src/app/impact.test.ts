import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sharedProgram } from '../../test/support/program.ts'

const roster = (...logins: readonly string[]) =>
  JSON.stringify({
    people: logins.map((login) => ({ id: login, login, mail: `${login}@acme.example`, active: true })),
    groups: [],
  })

const current = sharedProgram({ files: { 'corp.json': roster('ann'), 'more.json': roster('ann', 'bob') } })

const reads = async () =>
  (await current().client.audit.list({ query: { limit: 200 } })).items.filter(({ act }) => act === 'connection.impact')
    .length

const rules = (target: string) => ({ source: 'corp', target, mode: 'review', groups: { byName: {} } })

describe('how many people edited rules concern', () => {
  it('is counted from one read of each connection, and from a new one after an end was changed', async () => {
    const { client, applyFile } = current()
    await applyFile(
      JSON.stringify({
        sources: { a: { type: 'local' }, b: { type: 'local' } },
        targets: { a: { type: 'local', directory: 'a' }, b: { type: 'local', directory: 'b' } },
      }),
    )
    const source = (path: string) =>
      client.sources.put({ params: { key: 'corp' }, body: { document: { type: 'file', path } } })
    await source('corp.json')
    for (const key of ['a', 'b']) await client.connections.put({ params: { key }, body: { document: rules(key) } })
    const people = async (key: string) =>
      (await client.connections.impact({ params: { key }, body: { document: rules(key) } })).counted?.people

    expect([await people('a'), await people('b'), await people('a'), await people('b')]).toEqual([1, 1, 1, 1])
    expect(await reads()).toBe(2)

    await source('more.json')
    expect([await people('a'), await people('a'), await reads()]).toEqual([2, 2, 3])
  })

  it('is left to a preview where they are too many, which is read once', async () => {
    const { client, folder } = current()
    writeFileSync(join(folder, 'many.json'), roster(...Array.from({ length: 20_001 }, (_, nth) => `p${nth}`)))
    const before = await reads()
    await client.sources.put({ params: { key: 'corp' }, body: { document: { type: 'file', path: 'many.json' } } })
    const count = () => client.connections.impact({ params: { key: 'a' }, body: { document: rules('a') } })
    expect([await count(), await count()]).toEqual([{ tooMany: 20_001 }, { tooMany: 20_001 }])
    expect((await reads()) - before).toBe(1)
  })
})
