import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { muster, startMuster } from '../support/muster.ts'
import { sharedDatabase } from '../support/postgres.ts'
import { isSame, serialStates, type Written } from '../support/push-writers.ts'
import { postgresComponent } from '../support/store.ts'
import { answering, configurationYaml, until } from './office.ts'

const clients = 16
const requestsEach = 6
const people = Array.from({ length: 12 }, (_, index) => `w${index}.push`)

interface Served {
  readonly urls: readonly string[]
  readonly token: string
  readonly sandbox: Sandbox
  stop(): Promise<void>
}

/** Two processes on one PostgreSQL with one pushed source, its connection, and a site. */
async function serveTwo(databaseUrl: string): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-writers-'))
  const sandbox = await startSandbox()
  const yaml = configurationYaml(sandbox, { idp: 'path: none.json' }).replace(
    'type: file, path: none.json',
    'type: scim-push, requestsPerSecond: 10000',
  )
  writeFileSync(join(folder, 'muster.yaml'), yaml)
  writeFileSync(join(folder, 'api-token'), sandbox.credentials.apiToken)
  writeFileSync(join(folder, 'org-key'), sandbox.credentials.orgApiKey)
  const env = { DATABASE_URL: databaseUrl }
  const on = ['--config', 'muster.yaml', '--data-dir', 'data']
  const serve = () => startMuster(['serve', '--port', '0', ...on], { cwd: folder, env, timeoutMs: 600_000 })
  const first = serve()
  const url = await answering(first)
  const second = serve()
  const other = answering(second)
  const made = await muster(['token', 'create', '--source', 'idp', '--json', ...on], { cwd: folder, env })
  const { value } = JSON.parse(made.stdout) as { value: string }
  await muster(['sources', 'baseline', 'idp', ...on], { cwd: folder, env })
  return {
    urls: [url, await other],
    token: value,
    sandbox,
    async stop() {
      for (const { child, finished } of [first, second]) {
        child.kill('SIGTERM')
        await finished
      }
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

describe.skipIf(!postgresComponent.present)(`one group and sixteen clients${postgresComponent.skipReason}`, () => {
  let served: Served
  let ids: readonly string[] = []
  beforeAll(async () => {
    served = await serveTwo(await sharedDatabase())
    const made = people.map((login) => call(0, 'POST', '/Users', { userName: `${login}@acme.example`, title: login }))
    ids = (await Promise.all(made)).map(({ body }) => body.id)
  }, 300_000)
  afterAll(async () => {
    await served?.stop()
  })

  const call = async (door: number, method: string, path: string, body?: unknown, ifMatch?: number) => {
    const response = await fetch(`${served.urls[door % served.urls.length]}/scim/idp/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${served.token}`,
        'content-type': 'application/scim+json',
        ...(ifMatch === undefined ? {} : { 'if-match': `W/"${ifMatch}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const version = Number(/\d+/.exec(response.headers.get('etag') ?? '')?.[0])
    return { status: response.status, version, body: text === '' ? undefined : JSON.parse(text) }
  }
  const group = async (displayName: string, members: readonly string[]) => {
    const made = await call(0, 'POST', '/Groups', { displayName, members: members.map((value) => ({ value })) })
    return made.body.id as string
  }
  const look = async (door: number, id: string) => {
    const { version, body } = await call(door, 'GET', `/Groups/${id}`)
    const members = new Set<string>((body.members ?? []).map((each: { value: string }) => each.value))
    expect(body.meta.version).toBe(`W/"${version}"`)
    return { version, state: { members, mark: body.externalId as string | undefined } }
  }

  /** One client: joins and leaves that overlap with those of the others, a part of them only for the version it has seen. */
  async function client(number: number, doors: number, id: string, stranger: string): Promise<readonly Written[]> {
    const written: Written[] = []
    for (let n = 0; n < requestsEach; n += 1) {
      const at = number * 7 + n * 5
      const asked = {
        add: [ids[at % ids.length] ?? '', ids[(at + 3) % ids.length] ?? ''],
        remove: [ids[(at + 1) % ids.length] ?? '', ids[(at + 6) % ids.length] ?? ''],
        ...(n % 3 === 0 ? { mark: `c${number}-${n}` } : {}),
      }
      const ifMatch = n % 2 === 0 ? undefined : (await look(number % doors, id)).version
      const Operations = [
        { op: 'Remove', path: 'members', value: asked.remove.map((value) => ({ value })) },
        { op: 'add', path: 'members', value: asked.add.map((value) => ({ value })) },
        ...(asked.mark === undefined ? [] : [{ op: 'replace', value: { externalId: asked.mark } }]),
      ]
      const answer = await call(number % doors, 'PATCH', `/Groups/${id}`, { Operations }, ifMatch)
      const isDone = answer.status === 204
      written.push({
        ...asked,
        status: answer.status,
        ...(isDone ? { version: answer.version } : {}),
        ...(ifMatch === undefined ? {} : { ifMatch }),
      })
    }
    // Half of it is possible, so none of it happens.
    const half = [
      { op: 'add', path: 'members', value: [{ value: stranger }] },
      { op: 'replace', path: 'members', value: [{}] },
    ]
    const { status } = await call(number % doors, 'PATCH', `/Groups/${id}`, { Operations: half })
    return [...written, { add: [], remove: [], status }]
  }

  it.each([
    { name: 'one process', doors: 1 },
    { name: 'two processes', doors: 2 },
  ])('P15 P17: $name: every request whole, in one order, nothing lost', { timeout: 300_000 }, async ({ doors }) => {
    const start = ids.slice(0, 4)
    const stranger = (await call(0, 'POST', '/Users', { userName: `stranger${doors}@acme.example` })).body.id as string
    const name = `writers-${doors}`
    const id = await group(name, start)
    const seen: Awaited<ReturnType<typeof look>>[] = []
    let isOver = false
    const reader = (async () => {
      while (!isOver) seen.push(await look(seen.length % doors, id))
    })()
    const answers = (
      await Promise.all(Array.from({ length: clients }, (_, number) => client(number, doors, id, stranger)))
    ).flat()
    isOver = true
    await reader
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].filter((status) => ![204, 400, 412].includes(status))).toEqual([])
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(clients)

    const states = serialStates({ members: new Set(start), mark: undefined }, answers)
    const end = await look(0, id)
    expect(end.version).toBe(Math.max(...states.keys()))
    for (const { version, state } of [...seen, end]) {
      expect(isSame(state, states.get(version) ?? { members: new Set(), mark: 'no such version' })).toBe(true)
    }
    expect(seen.map(({ version }) => version)).toEqual(seen.map(({ version }) => version).toSorted((a, b) => a - b))

    // What the identity provider was told is what the site comes to, whichever process delivered it.
    const wanted = people.filter((_, index) => end.state.members.has(ids[index] ?? '')).sort()
    const there = () =>
      served.sandbox.control
        .state()
        .people.filter(({ groups }) => groups.includes(name))
        .map(({ email }) => email?.split('@')[0])
        .sort()
    await until(() => JSON.stringify(there()) === JSON.stringify(wanted)).catch(() => expect(there()).toEqual(wanted))
    // What no request named is as it was (P15).
    const { body } = await call(1, 'GET', `/Users/${ids[0]}`)
    expect(body).toMatchObject({ title: people[0], active: true, meta: { version: 'W/"1"' } })
  })
})
