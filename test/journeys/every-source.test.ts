import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { changesAtSource } from '../../src/app/setups.ts'
import { type PresetName, presets } from '../../src/connectors/sources/rest/presets/presets.ts'
import { runsForSome } from '../../src/engine/lookout.ts'
import { makeAuthority } from '../../src/sandbox/asn1/certificates.ts'
import { startProduct } from '../../src/sandbox/data-center/start.ts'
import { productNamed } from '../../src/sandbox/products.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import type { Company } from '../doubles/directory-double.ts'
import { guid, startEntraDouble, withGuids } from '../doubles/entra-double.ts'
import { httpSources } from '../doubles/http-sources.ts'
import { presetSecret, startPresetDouble } from '../doubles/preset-double.ts'
import { sharedProgram } from '../support/program.ts'

// Every source in one installation with one site: what it tells is planned, applied and proven, and then there is nothing to
// do. Real directories are in directories.test.ts and keycloak.test.ts.

const current = sharedProgram()
let site: Sandbox

beforeAll(async () => {
  site = await startSandbox({ company: 5, target: 'fresh' })
  writeFileSync(join(current().folder, 'api-token'), site.credentials.apiToken)
  writeFileSync(join(current().folder, 'org-key'), site.credentials.orgApiKey)
  const { email } = site.credentials
  await current().applyFile(
    `targets:\n  site: { type: jira-cloud, site: "${site.site}", apiBase: "${site.apiBase}", email: "${email}", apiToken: { file: api-token }, orgApiKey: { file: org-key } }\n`,
  )
})
afterAll(() => site?.stop())

/** Of people and groups that nobody else has: three active ones and an inactive one, two groups, the first in the second. */
function companyOf(key: string, nests: boolean): Company {
  const people = [1, 2, 3, 4].map((nth) => ({ id: `u${nth}`, login: `${key}${nth}`, isActive: nth !== 4 }))
  return {
    people,
    groups: [
      { id: 'g1', name: `${key} one`, people: ['u1', 'u2', 'u4'], groups: [] },
      { id: 'g2', name: `${key} two`, people: ['u3'], groups: nests ? ['g1'] : [] },
    ],
  }
}

type Held = Readonly<Record<string, readonly string[]>>

/** What the site is to hold of such a company: login -> groups. */
function heldOf(key: string, nests: boolean, first = `${key} one`): Held {
  const both = nests ? [first, `${key} two`].toSorted() : [first]
  return { [`${key}1`]: both, [`${key}2`]: both, [`${key}3`]: [`${key} two`] }
}

const login = (email: string) => email.slice(0, email.indexOf('@'))

/** Active people of the site whose login begins with the key, with their groups. */
function found(key: string): Held {
  const isOfKey = new RegExp(`^${key}\\d@`)
  const people = site.control.state().people.filter(({ email }) => isOfKey.test(email))
  return Object.fromEntries(people.map(({ email, groups }) => [login(email), groups.toSorted()]))
}

/** A source and a connection of its own to the site; the secrets are files. */
async function connect(
  key: string,
  source: object,
  secrets: Readonly<Record<string, string>> = {},
  rules: object = {},
) {
  const { applyFile, folder } = current()
  const references = Object.entries(secrets).map(([field, value]) => {
    writeFileSync(join(folder, `${key}-${field}`), value)
    return [field, { file: `${key}-${field}` }]
  })
  const connection = { source: key, target: 'site', mode: 'automatic', groups: { byName: {} }, ...rules }
  // YAML is a superset of JSON.
  await applyFile(
    JSON.stringify({
      sources: { [key]: { ...source, ...Object.fromEntries(references) } },
      connections: { [key]: connection },
    }),
  )
}

async function plan(key: string) {
  const asked = { trigger: 'cli', startedBy: 'os:tester', kind: 'preview' } as const
  const { planId = '', error } = await (await current().runner.start(key, asked)).done
  expect(error).toBeUndefined()
  return current().client.plans.get({ params: { plan: planId } })
}

/** Plans, agrees to everything, applies; then the site holds this, and a second plan is empty. */
async function comesThrough(key: string, held: Held): Promise<void> {
  const { id, fingerprint, tally } = await plan(key)
  expect(Object.fromEntries(tally.map(({ kind, count }) => [kind, count]))).toMatchObject({
    'account.create': Object.keys(held).length,
  })
  const body = { fingerprint, release: { all: true as const } }
  await current().client.plans.approve({ params: { plan: id }, body })
  const { state } = await (await current().runner.apply(id, 'os:tester')).done
  expect(state).toBe('applied')
  expect(found(key)).toEqual(held)
  expect((await plan(key)).summary.total).toBe(0)
}

/** The company as the source `file` takes it. */
function fileOf({ people, groups }: Company): string {
  return JSON.stringify({
    people: people.map(({ id, login, isActive }) => ({ id, login, mail: `${login}@acme.example`, active: isActive })),
    groups: groups.map(({ id, name, people: users, groups: inside }) => ({
      ...{ id, name },
      members: [...users, ...inside].map((member) => ({ id: member })),
    })),
  })
}

describe('a source comes through plan and apply to an empty plan', { timeout: 120_000 }, () => {
  for (const [name, { type, nests, namesByPath, start, settings, secrets }] of Object.entries(httpSources)) {
    it(name, async () => {
      const key = name.replaceAll('-', '')
      const double = await start(companyOf(key, nests), 10)
      onTestFinished(double.close)
      await connect(key, { type, ...settings(double.url, 10) }, secrets)
      await comesThrough(key, heldOf(key, nests, namesByPath === true ? `${key} two/${key} one` : undefined))
    })
  }

  for (const preset of Object.keys(presets) as PresetName[]) {
    it(`rest with the preset ${preset}`, async () => {
      const names = {
        login: (id: string) => `${preset}${id}`,
        mail: (id: string) => `${preset}${id}@acme.example`,
        team: `${preset} team`,
      }
      const double = await startPresetDouble(preset, names)
      onTestFinished(double.close)
      await connect(preset, { type: 'rest', preset, baseUrl: double.url, ...double.own }, { secret: presetSecret })
      const groups = preset === 'zitadel' ? [] : [names.team]
      await comesThrough(preset, { [`${preset}1`]: groups, [`${preset}2`]: groups })
    })
  }

  it('file', async () => {
    writeFileSync(join(current().folder, 'file.json'), fileOf(companyOf('file', true)))
    await connect('file', { type: 'file', path: 'file.json' })
    await comesThrough('file', heldOf('file', true))
  })

  it('file over HTTPS', async () => {
    const authority = makeAuthority('Exports of Acme', Date.now())
    const before = getCACertificates('default')
    setDefaultCACertificates([...before, authority.certificate])
    onTestFinished(() => setDefaultCACertificates(before))
    const { certificate: cert, key } = authority.issue(['127.0.0.1'])
    const server = createServer({ cert, key }, (request, answer) => {
      const isRight = request.headers.authorization === 'Bearer export-4711'
      const text = fileOf(companyOf('web', true))
      answer.writeHead(isRight ? 200 : 401, { 'content-length': Buffer.byteLength(text) }).end(text)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const path = `https://127.0.0.1:${(server.address() as AddressInfo).port}/all.json`
    await connect('web', { type: 'file', path }, { token: 'export-4711' })
    await comesThrough('web', heldOf('web', true))
  })

  it('crowd', async () => {
    const twin = await startProduct(productNamed('crowd'), { company: 5, target: 'fresh' })
    onTestFinished(() => twin.stop())
    const { people, groups } = companyOf('crowd', true)
    const nameOf = (id: string) => people.find((each) => each.id === id)?.login ?? id
    for (const { login: user, isActive } of people) {
      twin.control.edit({ action: 'add-user', user, email: `${user}@acme.example`, active: isActive })
    }
    for (const { name: group, people: members } of groups) {
      twin.control.edit({ action: 'add-group', group })
      for (const member of members) twin.control.edit({ action: 'add-member', group, user: nameOf(member) })
    }
    twin.control.edit({ action: 'nest', group: 'crowd one', inside: 'crowd two' })
    const { application, password = '' } = twin.credentials
    await connect(
      'crowd',
      { type: 'crowd', baseUrl: twin.baseUrl, application },
      { password },
      {
        users: { scope: { include: [{ attribute: 'name', in: [{ matches: 'crowd\\d' }] }] } },
        groups: { byName: {}, scope: { include: [{ matches: 'crowd (one|two)' }] } },
      },
    )
    await comesThrough('crowd', heldOf('crowd', true))
  })

  it('local', async () => {
    await connect('local', { type: 'local' })
    const { local } = current().client
    const { people, groups } = companyOf('local', true)
    const source = 'local'
    for (const { id: key, login: userName, isActive: active } of people) {
      const body = { userName, active, attributes: { mail: `${userName}@acme.example` } }
      await local.putPerson({ params: { source, key }, body })
    }
    for (const { id: key, name, people: users, groups: inside } of groups) {
      await local.putGroup({ params: { source, key }, body: { name } })
      for (const user of users) await local.addMember({ params: { source, key }, body: { kind: 'user', key: user } })
      for (const one of inside) await local.addMember({ params: { source, key }, body: { kind: 'group', key: one } })
    }
    await comesThrough('local', heldOf('local', true))
  })

  it('scim-push', async () => {
    await connect('push', { type: 'scim-push' })
    const { url, client } = current()
    const { value: token } = await client.push.createToken({ params: { key: 'push' }, body: {} })
    const post = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
      const answer = await fetch(`${url}/scim/push/v2${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      expect(answer.status).toBe(201)
      return ((await answer.json()) as { readonly id: string }).id
    }
    const { people, groups } = companyOf('push', true)
    const ids = new Map<string, string>()
    for (const { id, login: userName, isActive: active } of people) {
      const emails = [{ value: `${userName}@acme.example`, primary: true }]
      ids.set(id, await post('/Users', { userName, active, emails }))
    }
    for (const { id, name: displayName, people: users, groups: inside } of groups) {
      const members = [...users, ...inside].map((member) => ({ value: ids.get(member) }))
      ids.set(id, await post('/Groups', { displayName, members }))
    }
    await client.push.declareBaseline({ params: { key: 'push' } })
    await comesThrough('push', heldOf('push', true))
  })
})

describe('a look for changes', { timeout: 120_000 }, () => {
  it('that calls somebody removed takes nobody away whom the source still lists', async () => {
    const { installation, runner } = current()
    const told = withGuids(companyOf('delta', true))
    const double = await startEntraDouble({ company: told, changes: { users: [guid('u1')], groups: [] } })
    onTestFinished(double.close)
    const { type, settings, secrets } = httpSources.entra!
    await connect('delta', { type, ...settings(double.url, 10), incremental: true }, secrets)
    await comesThrough('delta', heldOf('delta', true))

    const look = changesAtSource(installation)
    const signal = AbortSignal.timeout(60_000)
    const first = await look('delta', undefined, signal)
    const seen = await look('delta', first?.cursor, signal)
    expect(seen).toMatchObject({ changed: 1, people: [guid('u1')] })
    expect(await runsForSome(runner)('delta', seen?.people ?? [])).toBe(true)
    expect(found('delta')).toEqual(heldOf('delta', true))
  })
})
