import { describe, expect, it } from 'vitest'
import { sharedProgram } from '../../test/support/program.ts'
import { startLdapSandbox } from '../sandbox/ldap/start.ts'
import { changesAtSource, createConnections, scheduledConnections } from './setups.ts'

const target = { type: 'jira-cloud', site: 'https://acme.atlassian.net', orgApiKey: { env: 'KEY' } }

describe('opening a connection', () => {
  const running = sharedProgram({ variables: { KEY: 'k' } })

  const put = {
    source: (key: string, document: object = { type: 'local' }) =>
      running().client.sources.put({ params: { key }, body: { document: { ...document } } }),
    target: (key: string, more: object = {}) =>
      running().client.targets.put({ params: { key }, body: { document: { ...target, ...more } } }),
    connection: (key: string, document: object) =>
      running().client.connections.put({ params: { key }, body: { document: { ...document } } }),
  }
  const open = (key: string) => createConnections(running().installation).open(key)

  it('gives a version that grows with every change of the connection, its source and its target', async () => {
    await put.source('a')
    await put.target('acme')
    await put.connection('staff', { source: 'a', target: 'acme' })
    const versions = [(await open('staff')).connection.version]
    const note = async () => versions.push((await open('staff')).connection.version)
    for (const name of ['one', 'two', 'three', 'four']) {
      await put.source('a', { type: 'local', displayName: name })
      await note()
    }
    await put.target('acme', { displayName: 'Acme' })
    await note()
    // The other source is younger and has seen fewer changes.
    await put.source('b')
    await put.connection('staff', { source: 'b', target: 'acme' })
    await note()
    await put.connection('staff', { source: 'a', target: 'acme' })
    await note()
    expect(versions).toEqual([...new Set(versions)].toSorted((left, right) => left - right))
    await put.connection('staff', { source: 'a', target: 'acme' })
    expect((await open('staff')).connection.version).toBe(versions.at(-1))
  })

  it('knows the other connections into the same directory, from every source and through every door', async () => {
    await put.source('people')
    await put.source('others')
    for (const key of ['site', 'door', 'elsewhere']) await put.target(key)
    const { directories } = running().store
    await directories.bind('site', 'atlassian:o/1')
    await directories.bind('door', 'atlassian:o/1')
    await directories.bind('elsewhere', 'atlassian:o/2')
    await put.connection('c1', { source: 'people', target: 'site' })
    await put.connection('c2', { source: 'people', target: 'site' })
    await put.connection('c3', { source: 'people', target: 'door', priority: 30 })
    await put.connection('c4', { source: 'people', target: 'elsewhere' })
    await put.connection('c5', { source: 'others', target: 'site', priority: -1 })
    const others = async (key: string, directory: string) => (await open(key)).others(directory)
    expect(await others('c1', 'atlassian:o/1')).toEqual([
      { key: 'c2', priority: 0 },
      { key: 'c3', priority: 30 },
      { key: 'c5', priority: -1 },
    ])
    expect(await others('c4', 'atlassian:o/2')).toEqual([])
    // A target that is met for the first time is bound only when its run has asked who it is.
    await put.target('new-door')
    await put.connection('c6', { source: 'people', target: 'new-door' })
    expect((await others('c6', 'atlassian:o/1')).map(({ key }) => key)).toEqual(['c1', 'c2', 'c3', 'c5'])
    await running().client.connections.delete({ params: { key: 'c2' } })
    expect((await others('c1', 'atlassian:o/1')).map(({ key }) => key)).toEqual(['c3', 'c5'])
  })

  it('says what is missing and where to look', async () => {
    await expect(open('none')).rejects.toMatchObject({ code: 'not-found', hint: 'List them: muster connections' })
    await put.source('gone')
    await put.target('acme2')
    await put.connection('c6', { source: 'gone', target: 'acme2' })
    await running().store.configuration.remove('source', 'gone', 'x')
    await expect(open('c6')).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('names the source "gone", which does not exist'),
    })
  })

  it('finds those that run by themselves', async () => {
    await put.connection('timed', { source: 'people', target: 'site', schedule: { every: '6h' } })
    const found = await scheduledConnections(running().installation)
    expect(found).toMatchObject([{ key: 'timed', schedule: { every: 21_600_000 } }])
  })

  it('P19 has everybody compared once a day where only pushes move a connection', async () => {
    await put.source('idp', { type: 'scim-push' })
    await put.target('site')
    await put.connection('timed', { source: 'idp', target: 'site', schedule: { every: '6h' } })
    const live = { source: 'idp', target: 'site', mode: 'automatic' }
    await put.connection('pushed', live)
    await put.connection('reviewed', { ...live, mode: 'review' })
    await put.connection('hourly', { ...live, schedule: { every: '1h' } })
    await put.connection('resting', live)
    await running().store.pauses.pause('resting', 'x', undefined)
    const found = await scheduledConnections(running().installation)
    expect(Object.fromEntries(found.map(({ key, schedule }) => [key, schedule.every]))).toEqual({
      hourly: 3_600_000,
      pushed: 86_400_000,
      timed: 21_600_000,
    })
    const shown = await running().client.connections.get({ params: { key: 'pushed' } })
    expect(shown).toMatchObject({ schedule: 'every 1d', nextRuns: { length: 5 } })
  })
})

describe('a look for changes at the source of a connection', () => {
  const running = sharedProgram({ variables: { KEY: 'k' } })
  const signal = AbortSignal.timeout(600_000)

  it('counts them from where it was, and tells nothing of a source that cannot tell', async () => {
    const directory = await startLdapSandbox({ flavour: 'activedirectory' })
    const { client, installation } = running()
    const source = {
      type: 'ldap',
      hosts: [directory.host],
      port: directory.port,
      security: 'none',
      bindDn: directory.bindDn,
      password: { value: directory.password },
      baseDn: directory.baseDn,
      incremental: 'uSNChanged',
    }
    await client.sources.put({ params: { key: 'ad' }, body: { document: source } })
    await client.sources.put({ params: { key: 'own' }, body: { document: { type: 'local' } } })
    await client.targets.put({ params: { key: 'acme' }, body: { document: { ...target } } })
    for (const [key, from] of [
      ['staff', 'ad'],
      ['others', 'own'],
    ] as const) {
      await client.connections.put({ params: { key }, body: { document: { source: from, target: 'acme' } } })
    }
    const look = changesAtSource(installation)
    const first = await look('staff', undefined, signal)
    expect(first).toMatchObject({ changed: 0 })
    directory.control.edit({ action: 'disable-person', login: 'ruby.hughes' })
    directory.control.edit({ action: 'add-member', group: 'quality', login: 'hina.sato' })
    const second = await look('staff', first?.cursor, signal)
    expect(second?.changed).toBe(2)
    expect(await look('staff', second?.cursor, signal)).toMatchObject({ changed: 0 })
    expect(await look('staff', 'another server', signal)).toMatchObject({ changed: 1 })
    // Named are only people who changed by themselves, and only where nobody has to look at the plan first.
    directory.control.edit({ action: 'disable-person', login: 'hina.sato' })
    expect(second).not.toHaveProperty('people')
    const reviewed = await look('staff', second?.cursor, signal)
    expect(reviewed).not.toHaveProperty('people')
    const document = { source: 'ad', target: 'acme', mode: 'automatic' }
    await client.connections.put({ params: { key: 'staff' }, body: { document } })
    expect((await look('staff', second?.cursor, signal))?.people).toHaveLength(1)
    expect(await look('others', undefined, signal)).toBeUndefined()
    await directory.stop()
  })
})
