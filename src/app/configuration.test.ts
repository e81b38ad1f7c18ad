import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Program, sharedProgram, startProgram } from '../../test/support/program.ts'
import { allRoutes } from '../contract/routes.ts'

const file = `sources:
  hr: { type: local, displayName: People }
targets:
  acme: { type: jira-cloud, site: "https://acme.atlassian.net", orgApiKey: { env: ORG_KEY } }
connections:
  staff: { source: hr, target: acme, mode: review }
`

const jira = (rest: object) => ({ document: { type: 'jira-cloud', site: 'https://acme.atlassian.net', ...rest } })

describe('the configuration file', () => {
  it('owns what it names, and nobody else may write that', async () => {
    const { applyFile, client } = await startProgram({ variables: { ORG_KEY: 'x' } })
    expect((await applyFile(file)).created).toHaveLength(3)
    expect((await applyFile(file)).unchanged).toHaveLength(3)
    expect((await client.connections.get({ params: { key: 'staff' } })).version).toBe(1)

    const refused = { code: 'not-writable', message: expect.stringContaining('managed by the configuration file') }
    const document = { type: 'local' }
    await expect(client.sources.put({ params: { key: 'hr' }, body: { document } })).rejects.toMatchObject(refused)
    await expect(client.sources.delete({ params: { key: 'hr' } })).rejects.toMatchObject(refused)
    await expect(client.connections.delete({ params: { key: 'staff' } })).rejects.toMatchObject(refused)
    const other = { sources: { hr: document, new: document } }
    await expect(client.configuration.import({ body: { document: other } })).rejects.toMatchObject({
      code: 'not-writable',
      problems: [{ where: 'source:hr' }],
    })
    expect((await client.sources.list()).items.map(({ key }) => key)).toEqual(['hr'])
  })

  it('takes out of use what it no longer names, only where a server is started with it', async () => {
    const { applyFile, client } = await startProgram()
    await applyFile(file)
    await client.sources.put({ params: { key: 'own' }, body: { document: { type: 'local' } } })
    const shorter = 'sources: { hr: { type: local } }\n'
    expect((await applyFile(shorter)).removed).toEqual([])
    expect((await client.connections.list()).items).toHaveLength(1)
    const { removed } = await applyFile(shorter, { removesUnnamed: true })
    expect(removed).toEqual([
      { kind: 'connection', key: 'staff' },
      { kind: 'target', key: 'acme' },
    ])
    expect((await client.sources.list()).items.map(({ key, owner }) => [key, owner])).toEqual([
      ['hr', 'file'],
      ['own', 'store'],
    ])
    expect((await client.connections.history({ params: { key: 'staff' } })).items.length).toBeGreaterThan(0)
  })

  it('changes nothing when anything in it is wrong', async () => {
    const { applyFile, client } = await startProgram()
    await expect(applyFile(`${file}  other: { source: none, target: acme }\n`)).rejects.toMatchObject({
      code: 'config-invalid',
      message: 'muster.yaml has a problem; nothing was changed.',
      problems: [{ where: 'muster.yaml:7:20' }],
    })
    expect((await client.sources.list()).items).toEqual([])
  })
})

const server = 'server: { publicUrl: "https://muster.example.test" }\n'
const hook = { type: 'webhook', url: 'https://hooks.example.test/muster' }
const oidc = {
  issuer: 'https://sso.example.test/realms/corp',
  clientId: 'muster',
  roles: [{ group: 'admins', roles: ['admin', 'approver'] }],
}

describe('export and import', () => {
  it('give the same configuration again, with references and without secrets', async () => {
    const { client } = await startProgram()
    await client.sources.put({ params: { key: 'hr' }, body: { document: { type: 'local' } } })
    await client.targets.put({
      params: { key: 'acme' },
      body: jira({ orgApiKey: { value: 'marker-secret' }, email: 'a@acme.example', apiToken: { env: 'TOKEN' } }),
    })
    const rules = { groups: { protected: [{ matches: 'adm.*' }], byName: { transform: [{ lower: true }] } } }
    await client.connections.put({
      params: { key: 'staff' },
      body: { document: { source: 'hr', target: 'acme', ...rules } },
    })

    const exported = await client.configuration.export()
    expect(exported.yaml).not.toContain('marker-secret')
    expect(exported.yaml).toContain('apiToken: { env: TOKEN }')
    expect(exported.yaml).toMatch(/orgApiKey: \{ sealed: true \} # sealed in the store/)
    const again = await client.configuration.import({ body: { yaml: exported.yaml, file: 'export.yaml' } })
    expect(again).toEqual({
      dryRun: false,
      created: [],
      changed: [],
      unchanged: [
        { kind: 'source', key: 'hr' },
        { kind: 'target', key: 'acme' },
        { kind: 'connection', key: 'staff' },
      ],
      warnings: [],
    })
    // The sealed key still opens the target.
    const { secrets } = await client.targets.get({ params: { key: 'acme' } })
    expect(secrets).toEqual([
      { field: 'apiToken', from: 'env', name: 'TOKEN', set: false },
      { field: 'orgApiKey', from: 'sealed', set: true },
    ])
  })

  it('carry channels and single sign-on that the store keeps, for administrators alone', async () => {
    const { client, clientWith, store } = await startProgram({ yaml: server })
    await client.notifications.put({
      params: { channel: 'oncall' },
      body: { document: { ...hook, secret: { value: 'marker-secret' } } },
    })
    await client.singleSignOn.put({ body: { document: { ...oidc, clientSecret: { value: 'marker-secret' } } } })
    const exported = await client.configuration.export()
    expect(exported.yaml).not.toContain('marker-secret')
    expect(exported.document).toMatchObject({
      auth: { oidc: { ...oidc, clientSecret: { sealed: true } } },
      notifications: { oncall: { ...hook, secret: { sealed: true } } },
    })
    const viewer = await clientWith(['viewer', 'operator', 'approver'])
    const { document, yaml, withheld } = await viewer.configuration.export()
    expect([Object.keys(document), withheld]).toEqual([
      ['sources', 'targets', 'connections'],
      ['auth', 'notifications'],
    ])
    expect(yaml).not.toContain('example.test')

    // Back to where it came from nothing changes, and the secrets stay.
    const same = await client.configuration.import({ body: { yaml: exported.yaml } })
    expect(same).toMatchObject({ created: [], changed: [], warnings: [] })
    expect(same.unchanged).toEqual([
      { kind: 'channel', key: 'oncall' },
      { kind: 'sign-in', key: 'oidc' },
    ])
    expect(await store.secrets.get('channel:oncall', 'secret')).toBe('marker-secret')

    // Elsewhere everything arrives but what was sealed, and a second time changes nothing.
    const other = await startProgram({ yaml: server })
    const dry = await other.client.configuration.import({ body: { yaml: exported.yaml, dryRun: true } })
    expect(await other.store.settings.list()).toEqual([])
    const arrived = await other.client.configuration.import({ body: { yaml: exported.yaml } })
    expect({ ...arrived, dryRun: true }).toEqual(dry)
    expect(arrived.created).toHaveLength(2)
    expect(arrived.warnings.map(({ hint }) => hint)).toEqual(
      expect.arrayContaining([
        'Enter it: muster notifications put oncall --merge --secret-stdin secret',
        'Enter it: muster single-sign-on put --merge --secret-stdin clientSecret',
      ]),
    )
    expect(await other.client.configuration.export()).toEqual(exported)
    expect((await other.client.configuration.import({ body: { yaml: exported.yaml } })).unchanged).toHaveLength(2)
    expect((await other.client.configuration.validate({ body: { yaml: exported.yaml } })).valid).toBe(true)
  })

  it('say which settings of a channel and of single sign-on would change, and change all or nothing', async () => {
    const { client, store } = await startProgram({ yaml: server })
    const document = { auth: { oidc }, notifications: { oncall: { ...hook, secret: { env: 'HOOK' } } } }
    await client.configuration.import({ body: { document } })
    const fewer = { ...oidc, roles: [{ group: 'staff', roles: ['viewer'] }] }
    const more = { ...document, notifications: { oncall: { ...document.notifications.oncall, tell: ['held'] } } }
    expect((await client.configuration.import({ body: { document: more, dryRun: true } })).changed).toEqual([
      { kind: 'channel', key: 'oncall', changes: ['tell: (not set) -> ["held"]'] },
    ])
    // Rules that leave nobody who can administer are refused, and the channel beside them is not saved either.
    await expect(
      client.configuration.import({ body: { document: { ...more, auth: { oidc: fewer } } } }),
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('nobody could administer') })
    const plain = { notifications: { oncall: { ...hook, secret: 'marker-secret' } } }
    const refused = await client.configuration.import({ body: { document: plain } }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'config-invalid' })
    expect(JSON.stringify(refused)).not.toContain('marker-secret')
    expect((await store.settings.list()).map(({ version }) => version)).toEqual([1, 1])
  })

  it('leave alone what the configuration file says the same way, and refuse to say it otherwise', async () => {
    const { client, store } = await startProgram({
      yaml: `${server}auth: { oidc: ${JSON.stringify(oidc)} }\nnotifications: { chat: { type: slack, url: { env: SLACK } } }\n`,
      channels: () => ({ channels: [], problems: ['notifications.chat: The variable SLACK is not set.'] }),
    })
    const document = { auth: { oidc }, notifications: { chat: { type: 'slack', url: { env: 'SLACK' } } } }
    expect((await client.configuration.import({ body: { document } })).unchanged).toHaveLength(2)
    for (const other of [
      { auth: { oidc: { ...oidc, clientId: 'other' } } },
      { notifications: { chat: { type: 'slack', url: { env: 'OTHER' } } } },
    ]) {
      await expect(client.configuration.import({ body: { document: other } })).rejects.toMatchObject({
        code: 'not-writable',
      })
    }
    expect(await store.settings.list()).toEqual([])
  })

  it('say what would happen and do nothing on a dry run', async () => {
    const { client } = await startProgram()
    const dry = await client.configuration.import({ body: { yaml: file, dryRun: true } })
    expect(dry.created).toHaveLength(3)
    expect((await client.sources.list()).items).toEqual([])
    expect(await client.configuration.validate({ body: { yaml: 'a: 1\n', file: 'f.yaml' } })).toMatchObject({
      valid: false,
      problems: [{ where: 'f.yaml:1:1' }],
    })
  })

  it('refuse rules that contradict each other, and only warn where such rules were saved before and stay', async () => {
    const { client, store } = await startProgram({ variables: { ORG_KEY: 'x' } })
    await client.configuration.import({ body: { yaml: file } })
    const groups = { scope: { include: ['dev'], exclude: ['dev'] }, protected: [{ matches: '.*' }] }
    const document = { source: 'hr', target: 'acme', groups }
    const why = expect.stringContaining('groups.scope.exclude[0] excludes "dev"')
    const refusal = { code: 'config-invalid', problems: [{ message: why }] }
    await expect(client.connections.put({ params: { key: 'staff' }, body: { document } })).rejects.toMatchObject(
      refusal,
    )
    const connections = { staff: document }
    await expect(client.configuration.import({ body: { document: { connections } } })).rejects.toMatchObject(refusal)

    await store.configuration.save({ kind: 'connection', key: 'staff', document, owner: 'store', savedBy: 'before' })
    const shown = await client.connections.get({ params: { key: 'staff' } })
    expect(shown.state.state).toBe('ready')
    expect(shown.warnings).toHaveLength(2)
    const kept = await client.configuration.import({ body: { document: { connections } } })
    expect(kept.unchanged).toEqual([{ kind: 'connection', key: 'staff' }])
    expect(kept.warnings.map(({ message }) => message)).toContainEqual(why)
    const other = { ...document, groups: { protected: groups.protected } }
    const saved = await client.connections.put({ params: { key: 'staff' }, body: { document: other } })
    expect(saved.warnings).toMatchObject([{ message: expect.stringContaining('nobody is ever taken out') }])
  })
})

describe('secrets', () => {
  const running = sharedProgram({ variables: { SET: 'from-variable', EMPTY: '' } })

  const problemsOf = async ({ client }: Program, key: string) =>
    (await client.targets.get({ params: { key } })).state.problems.map(({ message }) => message)

  it('are named by variable, file and field when they cannot be had', async () => {
    const program = running()
    const { client, folder } = program
    writeFileSync(join(folder, 'key.txt'), 'from-file\n')
    const put = (reference: object) =>
      client.targets.put({ params: { key: 'a' }, body: jira({ orgApiKey: reference }) })
    await put({ env: 'UNSET' })
    expect(await problemsOf(program, 'a')).toEqual([
      'targets.a.orgApiKey.env names the environment variable UNSET, which is not set.',
    ])
    await put({ env: 'EMPTY' })
    expect(await problemsOf(program, 'a')).toEqual([expect.stringContaining('which is empty')])
    await put({ file: 'none.txt' })
    expect(await problemsOf(program, 'a')).toEqual([expect.stringMatching(/none\.txt, which does not exist/)])
    await put({ set: true })
    expect(await problemsOf(program, 'a')).toEqual([expect.stringContaining('no secret is sealed for it here')])
    for (const reference of [{ env: 'SET' }, { file: 'key.txt' }, { value: 'given' }, { set: true }]) {
      await put(reference)
      expect(await problemsOf(program, 'a')).toEqual([])
    }
  })

  it('that are missing keep a connection from running, and the message says which', async () => {
    const { client } = running()
    await client.sources.put({ params: { key: 'people' }, body: { document: { type: 'local' } } })
    await client.targets.put({ params: { key: 'b' }, body: jira({ orgApiKey: { env: 'UNSET' } }) })
    await client.connections.put({ params: { key: 'c' }, body: { document: { source: 'people', target: 'b' } } })
    expect((await client.connections.get({ params: { key: 'c' } })).state.state).toBe('incomplete')
    await expect(client.connections.run({ params: { key: 'c' }, body: { kind: 'preview' } })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('UNSET'),
      hint: expect.stringContaining('Set UNSET'),
    })
    const report = await client.targets.check({ params: { key: 'b' } })
    expect(report).toMatchObject({ ok: false, steps: [{ name: 'settings', status: 'failed', code: 'config-invalid' }] })
  })

  it('never come back in any answer', async () => {
    const program = running()
    const { client, url, tokenWith } = program
    const marker = 'marker-5f3a9c'
    // A vendor that repeats whatever it was sent, credentials included.
    const parrot = createServer((incoming, answer) => {
      const { authorization } = incoming.headers
      const decoded = Buffer.from(authorization?.split(' ')[1] ?? '', 'base64').toString()
      answer.writeHead(401, { 'content-type': 'application/json' })
      answer.end(JSON.stringify({ message: `${authorization} ${decoded}`, errorMessages: [authorization, decoded] }))
    })
    await new Promise<void>((done) => parrot.listen(0, '127.0.0.1', done))
    onTestFinished(() => new Promise<void>((done) => parrot.close(() => done())))
    const site = `http://127.0.0.1:${(parrot.address() as AddressInfo).port}`
    await client.sources.put({ params: { key: 'hr' }, body: { document: { type: 'local' } } })
    await client.targets.put({
      params: { key: 'acme' },
      body: jira({
        orgApiKey: { value: `${marker}-1` },
        email: 'a@acme.example',
        apiToken: { value: `${marker}-2` },
        site,
        apiBase: site,
      }),
    })
    await client.connections.put({ params: { key: 'staff' }, body: { document: { source: 'hr', target: 'acme' } } })
    const { run } = await program.runner.start('staff', { kind: 'preview', trigger: 'api', startedBy: 'x' })
    const authorization = `Bearer ${await tokenWith(['admin', 'approver'])}`
    const value = (name: string, path: string): string => {
      if (name === 'run') return run.id
      if (path.includes('/local/')) return name === 'source' ? 'hr' : 'user'
      return path.includes('targets') ? 'acme' : path.includes('sources') ? 'hr' : 'staff'
    }
    for (const [name, endpoint] of allRoutes()) {
      if (['DELETE', 'PUT'].includes(endpoint.method) || endpoint.events === true) continue
      const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, part: string) => value(part, endpoint.path))
      const response = await fetch(`${url}${path}`, {
        method: endpoint.method,
        headers: { authorization, ...(endpoint.body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(endpoint.body === undefined ? {} : { body: '{"kind":"preview"}' }),
      })
      expect(await response.text(), name).not.toContain(marker)
    }
    const bad = client.targets.put({ params: { key: 'acme' }, body: jira({ orgApiKey: { vlaue: marker }, site: 1 }) })
    await expect(bad).rejects.toSatisfy(
      (error) => !JSON.stringify(error).includes(marker) && !String(error).includes(marker),
    )
    for (const page of ['/metrics', '/openapi.json', '/readyz']) {
      expect(await (await fetch(`${url}${page}`)).text()).not.toContain(marker)
    }
    expect(JSON.stringify(program.logged)).not.toContain(marker)
  })

  it('go when the object goes, and when a reference takes their place', async () => {
    const { client } = running()
    const sealed = async () => (await client.secrets.list()).items.filter(({ owner }) => owner === 'target:gone')
    const put = (reference: object) =>
      client.targets.put({ params: { key: 'gone' }, body: jira({ orgApiKey: reference }) })
    await put({ value: 'one' })
    expect(await sealed()).toHaveLength(1)
    await put({ env: 'SET' })
    expect(await sealed()).toEqual([])
    await put({ value: 'two' })
    await client.targets.delete({ params: { key: 'gone' } })
    expect(await sealed()).toEqual([])
  })
})

describe('acts', () => {
  it('are written into the audit log with who did them', async () => {
    const program = await startProgram()
    const admin = await program.clientWith(['admin'])
    await admin.sources.put({ params: { key: 'hr' }, body: { document: { type: 'local' } } })
    await admin.local.putPerson({ params: { source: 'hr', key: '1' }, body: { userName: 'ann' } })
    await admin.local.putGroup({ params: { source: 'hr', key: 'g' }, body: { name: 'dev' } })
    await admin.local.addMember({ params: { source: 'hr', key: 'g' }, body: { kind: 'user', key: '1' } })
    await admin.sources.delete({ params: { key: 'hr' } })
    const { items } = await admin.audit.list()
    expect(items.map(({ actor, act, subject }) => `${actor} ${act} ${subject}`).reverse()).toEqual([
      'token:t-admin source.save source:hr',
      'token:t-admin person.save hr/1',
      'token:t-admin group.save hr/g',
      'token:t-admin member.add hr/g',
      'token:t-admin source.delete source:hr',
    ])
    expect(await admin.audit.verify()).toEqual({ whole: true })
  })

  it('on a source that a connection uses are refused', async () => {
    const { applyFile, client } = await startProgram()
    await applyFile('sources: { hr: { type: local } }\n')
    await client.targets.put({ params: { key: 'acme' }, body: jira({ orgApiKey: { env: 'X' } }) })
    await client.connections.put({ params: { key: 'staff' }, body: { document: { source: 'hr', target: 'acme' } } })
    await expect(client.targets.delete({ params: { key: 'acme' } })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('"staff"'),
    })
    const wrong = { source: 'hr', target: 'acme', mode: 'automatik', users: { match: ['emial'] } }
    await expect(client.connections.put({ params: { key: 'staff' }, body: { document: wrong } })).rejects.toMatchObject(
      {
        code: 'config-invalid',
        problems: [{ hint: 'Did you mean "automatic"?' }, { hint: 'Did you mean "email"?' }],
      },
    )
  })
})
