import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { muster, startMuster } from '../support/muster.ts'
import { answering, configurationYaml, firstRun, refused, sharedOffice, succeed, team, until } from './office.ts'

const open = sharedOffice({ latencyMs: 40 })

const settings = (key: string, guards: Readonly<Record<string, string>> = {}, sandbox: Sandbox = open().sandbox) => {
  let yaml = configurationYaml(
    sandbox,
    { [key]: 'path: none.json' },
    { users: 'onDisabled: [{ after: 0d, action: deactivate }], onLeft: [{ after: 0d, action: deactivate }]' },
  ).replace('type: file, path: none.json', 'type: scim-push')
  for (const [name, limit] of Object.entries(guards)) {
    yaml = yaml.replace(new RegExp(`${name}: \\{[^}]*\\}`), `${name}: ${limit}`)
  }
  return yaml
}

/** An identity provider: people by login, switched off and on again, deleted, put into groups. */
async function provider(source: string, url = open().url, token?: string) {
  const value = token ?? (await open().client.push.createToken({ params: { key: source }, body: {} })).value
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/scim/${source}/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${value}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? { id: '' } : (JSON.parse(text) as { readonly id: string })
  }
  return {
    call,
    add: (login: string) =>
      call('POST', '/Users', { userName: `${login}@acme.example`, displayName: login }).then(({ id }) => id),
    setActive: (id: string, active: boolean) =>
      call('PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', value: { active } }] }),
  }
}

const statusOf = (login: string, { control }: Sandbox = open().sandbox) =>
  control.state().people.find((each) => each.email === `${login}@acme.example`)?.status

/** A push source with these people, all of them on the site, whose baseline is declared. */
async function started(key: string, logins: readonly string[], guards?: Readonly<Record<string, string>>) {
  const office = open()
  office.write(`${key}.yaml`, settings(key, guards))
  await succeed(office, `import {${key}.yaml}`)
  const idp = await provider(key)
  const ids: string[] = []
  for (const login of logins) ids.push(await idp.add(login))
  await until(() => logins.every((login) => statusOf(login) === 'active'))
  await succeed(office, `sources baseline ${key}`)
  await until(async () => {
    const { items } = await office.client.runs.list({ query: { connection: key, limit: 50 } })
    return items.some(({ kind, state }) => kind === 'full' && state === 'applied')
  })
  return { ...idp, ids }
}

describe('what is pushed', { timeout: 300_000 }, () => {
  it('switches a leaver off within seconds, in the middle of a first import of others, and back on', async () => {
    const office = open()
    const { ids, setActive } = await started('live', ['lea.live', 'tom.live'])
    const big = team('big', 300)
    office.write('big.json', JSON.stringify({ users: big.people, groups: big.groups }))
    office.write('big.yaml', configurationYaml(office.sandbox, { big: 'path: big.json' }))
    await succeed(office, 'import {big.yaml}')
    await succeed(office, 'plan big --quiet')
    await succeed(office, 'approve big --all')
    // It has work for as long as the leaver may take, on any machine.
    const busy = office.sandbox.control.addFault(refused('account.updateProfile', { containing: 'big 300' }))
    const whole = office.type('apply big --quiet')
    const wholeRun = async () => {
      const { items } = await office.client.runs.list({ query: { connection: 'big', limit: 1 } })
      return items[0]
    }
    await until(async () => ((await wholeRun())?.progress?.done ?? 0) > 0)

    const wholeRuns = async () => {
      const { items } = await office.client.runs.list({ query: { connection: 'live', limit: 50 } })
      return items.filter(({ kind }) => kind === 'full').length
    }
    const before = await wholeRuns()
    await setActive(ids[0]!, false)
    await until(() => statusOf('lea.live') === 'suspended')
    await setActive(ids[0]!, true)
    await until(() => statusOf('lea.live') === 'active')
    expect((await wholeRun())?.state).toBe('applying')
    office.sandbox.control.removeFault(busy)
    expect((await whole).code).toBe(0)
    expect(await wholeRuns()).toBe(before)
    const some = async () => {
      const { items } = await office.client.runs.list({ query: { connection: 'live', limit: 50 } })
      return items.filter(({ kind }) => kind === 'incremental')
    }
    await until(async () => (await some()).every(({ endedAt }) => endedAt !== undefined))
    // The site counts its people for whoever is about to read them all; nobody does because of some.
    const calls = (await some()).flatMap((run) => Object.keys(run.calls ?? {}))
    expect(calls).toContain('org.users.search')
    expect(calls).not.toContain('org.users.count')
  })

  it('holds a mass deactivation, while the identity provider gets its 2xx, and gathers it in one plan', async () => {
    const office = open()
    const logins = Array.from({ length: 6 }, (_, index) => `many${index}.mass`)
    const { ids, setActive } = await started('mass', logins, { deactivations: '{ floor: 2, percent: 0, cap: 2 }' })
    const { items: earlier } = await office.client.runs.list({ query: { connection: 'mass', limit: 50 } })
    for (const id of ids) await setActive(id, false)
    const held = async () => {
      const { items } = await office.client.runs.list({ query: { connection: 'mass', limit: 50 } })
      return items.find(
        ({ kind, state, number }) =>
          kind === 'full' && (state === 'held' || state === 'partial') && !earlier.some((run) => run.number === number),
      )
    }
    await until(async () => (await held()) !== undefined)
    const off = logins.filter((login) => statusOf(login) === 'suspended').length
    expect(off).toBeLessThanOrEqual(2)
    const plan = await office.client.plans.get({ params: { plan: (await held())?.planId ?? '' } })
    expect(plan.guards.map(({ guard, tripped }) => [guard, tripped])).toContainEqual(['guard:deactivations', true])
    expect(plan.summary.held).toBe(logins.length - off)
  })

  it('waits until the target is back', async () => {
    const { ids, setActive } = await started('down', ['dora.down'])
    const { control } = open().sandbox
    onTestFinished(() => control.calm())
    control.addFault({ operations: '*', kind: 'status', status: 503, when: 'before' })
    await setActive(ids[0]!, false)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(statusOf('dora.down')).toBe('active')
    control.calm()
    await until(() => statusOf('dora.down') === 'suspended')
  })

  it('is looked at for one person when somebody asks, also at a source that is read', async () => {
    const office = open()
    const two = team('one', 2)
    office.write('one.json', JSON.stringify({ users: two.people, groups: two.groups }))
    office.write('one.yaml', configurationYaml(office.sandbox, { one: 'path: one.json' }))
    await succeed(office, 'import {one.yaml}')
    await firstRun(office, 'one')
    const off = two.people.map((each) => ({ ...each, active: false }))
    office.write('one.json', JSON.stringify({ users: off, groups: two.groups }))
    const { said } = await succeed(office, 'sync one --person one-1@acme.example')
    expect(said).toContain('1 account deactivated')
    expect([statusOf('one-1'), statusOf('one-2')]).toEqual(['suspended', 'active'])
    expect((await office.type('sync one --person nobody')).said).toContain('Nobody at one is called "nobody"')
  })

  it('survives a kill between the 2xx and the delivery', async () => {
    // Another installation, so another site: two of them do not write to one directory.
    const sandbox = await startSandbox({ latencyMs: 40 })
    onTestFinished(() => sandbox.stop())
    const folder = mkdtempSync(join(tmpdir(), 'muster-live-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, 'api-token'), sandbox.credentials.apiToken)
    writeFileSync(join(folder, 'org-key'), sandbox.credentials.orgApiKey)
    writeFileSync(join(folder, 'muster.yaml'), settings('killed', {}, sandbox))
    const serve = async () => {
      const server = startMuster(['serve', '--config', 'muster.yaml', '--data-dir', 'data', '--port', '0'], {
        cwd: folder,
      })
      return { server, url: await answering(server) }
    }
    const on = ['--data-dir', 'data', '--config', 'muster.yaml']
    const first = await serve()
    const made = await muster(['token', 'create', '--source', 'killed', '--json', ...on], { cwd: folder })
    const { value } = JSON.parse(made.stdout) as { value: string }
    const idp = await provider('killed', first.url, value)
    const id = await idp.add('kit.killed')
    await until(() => statusOf('kit.killed', sandbox) === 'active')
    await muster(['sources', 'baseline', 'killed', ...on], { cwd: folder })
    sandbox.control.addFault({ operations: '*', kind: 'status', status: 503, when: 'before' })
    await idp.setActive(id, false)
    first.server.child.kill('SIGKILL')
    await first.server.finished
    sandbox.control.calm()
    expect(statusOf('kit.killed', sandbox)).toBe('active')
    const second = await serve()
    await until(() => statusOf('kit.killed', sandbox) === 'suspended')
    second.server.child.kill('SIGTERM')
    await second.server.finished
  })
})
