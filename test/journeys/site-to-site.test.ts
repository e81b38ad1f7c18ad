import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProductSandbox, startProduct } from '../../src/sandbox/data-center/start.ts'
import { productNamed } from '../../src/sandbox/products.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'

// People who are on one site already come into the built-in directory, and from there to another site.

const current = sharedProgram()
let old: ProductSandbox
let cloud: Sandbox

const by = { trigger: 'cli', startedBy: 'os:tester' } as const
const configuration = () => ({
  sources: {
    old: { type: 'target', target: 'old' },
    kept: { type: 'local' },
    cloud: { type: 'target', target: 'cloud' },
  },
  targets: {
    old: { type: 'jira-dc', baseUrl: old.baseUrl, token: { file: 'token' } },
    kept: { type: 'local', directory: 'kept' },
    cloud: {
      ...{ type: 'jira-cloud', site: cloud.site, apiBase: cloud.apiBase, email: cloud.credentials.email },
      ...{ apiToken: { file: 'api-token' }, orgApiKey: { file: 'org-key' } },
    },
  },
  connections: {
    fill: { source: 'old', target: 'kept', mode: 'automatic', groups: { byName: {} } },
    onward: { source: 'kept', target: 'cloud', mode: 'automatic', groups: { byName: {} } },
  },
})

beforeAll(async () => {
  old = await startProduct(productNamed('jira-dc'))
  cloud = await startSandbox({ company: 5, target: 'fresh' })
  const { folder, applyFile } = current()
  writeFileSync(join(folder, 'token'), old.credentials.accessToken ?? '')
  writeFileSync(join(folder, 'api-token'), cloud.credentials.apiToken)
  writeFileSync(join(folder, 'org-key'), cloud.credentials.orgApiKey)
  // YAML is a superset of JSON.
  await applyFile(JSON.stringify(configuration()))
})
afterAll(() => Promise.all([old?.stop(), cloud?.stop()]))

async function plan(connection: string) {
  const { client, runner } = current()
  const { planId = '', error } = await (await runner.start(connection, { ...by, kind: 'preview' })).done
  expect(error).toBeUndefined()
  return client.plans.get({ params: { plan: planId } })
}

async function sync(connection: string) {
  const { client, runner } = current()
  const { id, fingerprint } = await plan(connection)
  await client.plans.approve({ params: { plan: id }, body: { fingerprint, release: { all: true } } })
  return (await runner.apply(id, by.startedBy)).done
}

describe('a site that is read by the source "target"', () => {
  it('fills the built-in directory as reviewed, is not written, and then there is nothing to do', async () => {
    const before = old.control.digest()
    await sync('fill')
    const { local } = current().client
    const people = await local.people({ params: { source: 'kept' }, query: { limit: 1000 } })
    const here = old.control.state().users.filter(({ active }) => active)
    expect(people.items.map(({ userName }) => userName).toSorted()).toEqual(here.map(({ user }) => user).toSorted())
    const developers = (await local.groups({ params: { source: 'kept' }, query: { limit: 1000 } })).items.find(
      ({ name }) => name === 'developers',
    )
    const members = await local.members({
      params: { source: 'kept', key: developers?.key ?? '' },
      query: { limit: 1000 },
    })
    expect(members.items.length).toBeGreaterThan(0)
    expect((await plan('fill')).summary).toMatchObject({ ready: 0, held: 0 })
    expect(old.control.digest()).toBe(before)
  })

  it('goes on to another site', async () => {
    await sync('onward')
    const arrived = cloud.control.state().people.filter(({ groups }) => groups.includes('developers'))
    const theirs = old.control.state().groups.find(({ group }) => group === 'developers')
    expect(arrived.length).toBeGreaterThan(0)
    expect(arrived.length).toBeLessThanOrEqual(theirs?.members ?? 0)
    expect((await plan('onward')).summary.ready).toBe(0)
  })

  it('is never written by the connection that reads it, nor by a way round', async () => {
    const { client } = current()
    const groups = { byName: {} }
    const put = (key: string, source: string, target: string) =>
      client.connections.put({ params: { key }, body: { document: { source, target, groups } } })
    await expect(put('self', 'old', 'old')).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('writes "old", which is also where this connection reads'),
    })
    await expect(put('back', 'cloud', 'old')).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('from which "fill" and "onward" fill "cloud", where this connection reads'),
    })
    const { document } = await client.targets.get({ params: { key: 'old' } })
    await client.targets.put({ params: { key: 'spare' }, body: { document } })
    await client.sources.put({ params: { key: 'spare' }, body: { document: { type: 'target', target: 'spare' } } })
    await expect(client.targets.delete({ params: { key: 'spare' } })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('still used by'),
    })
  })

  it('is not written through another door to it', async () => {
    const { client, runner } = current()
    const { document } = await client.targets.get({ params: { key: 'old' } })
    await client.targets.put({ params: { key: 'door' }, body: { document: { ...document, token: { file: 'token' } } } })
    const rules = { source: 'old', target: 'door', groups: { byName: {} } }
    await client.connections.put({ params: { key: 'round' }, body: { document: rules } })
    const { error } = await (await runner.start('round', { ...by, kind: 'preview' })).done
    expect(error).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('would also write it') })
  })
})
