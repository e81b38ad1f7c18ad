import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type Client, createClient } from '../../src/contract/client.ts'
import type { Fault, Narrowing } from '../../src/sandbox/server/faults.ts'
import { type Sandbox, type SandboxFacts, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { type CliTry, cli } from '../support/cli-environment.ts'
import { type MusterProcess, muster, startMuster } from '../support/muster.ts'
import { prefill } from '../support/ready-store.ts'

/** A site, a served Muster in a process of its own, and an administrator who types commands that go to it over HTTP. */
export interface Office {
  readonly sandbox: Sandbox
  readonly folder: string
  readonly dataDir: string
  readonly url: string
  readonly token: string
  readonly client: Client
  /** What the server wrote to its log so far. */
  logged(): string
  write(name: string, text: string): void
  /** One command; `{name}` stands for the path of a file in the folder. */
  type(line: string, options?: { readonly stdin?: string }): Promise<Answer>
}

export interface Answer extends CliTry {
  /** Everything a person sees, with wrapped lines joined. */
  readonly said: string
}

/** Limits so wide that only the guard under test can trip. */
const wideGuards = ['deactivations', 'membershipRemovals', 'groupRemovals', 'groupsEmptied', 'creates']
  .map((limit) => `\n      ${limit}: { floor: 1000, percent: 100, cap: 1000 }`)
  .join('')

/** One office for all tests of a file. */
export function sharedOffice(options: SandboxOptions = {}, env: Readonly<Record<string, string>> = {}): () => Office {
  let opened: { readonly office: Office; readonly close: () => Promise<void> } | undefined
  beforeAll(async () => {
    opened = await openOffice(options, env)
  })
  afterAll(async () => {
    await opened?.close()
  })
  return () => {
    if (opened === undefined) throw new Error('The office is open only while tests run.')
    return opened.office
  }
}

async function openOffice(options: SandboxOptions, env: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-office-'))
  const dataDir = join(folder, 'data')
  prefill(dataDir)
  const sandbox = await startSandbox(options)
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('api-token', sandbox.credentials.apiToken)
  write('org-key', sandbox.credentials.orgApiKey)
  const server = startMuster(['serve', '--data-dir', dataDir, '--port', '0'], {
    cwd: folder,
    env,
    timeoutMs: 600_000,
  })
  let log = ''
  server.child.stderr?.on('data', (part) => {
    log += String(part)
  })
  const close = async () => {
    server.child.kill('SIGTERM')
    await server.finished
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const url = await answering(server).catch(async (error: unknown) => {
    await close()
    throw error
  })
  const made = await muster(
    ['token', 'create', 'office', '--role', 'admin', '--role', 'approver', '--data-dir', dataDir, '--json'],
    { cwd: folder },
  )
  const { value: token } = JSON.parse(made.stdout) as { value: string }
  const office: Office = {
    sandbox,
    folder,
    dataDir,
    url,
    token,
    client: createClient({ fetch, baseUrl: url, token }),
    logged: () => log,
    write,
    async type(line, { stdin } = {}) {
      const words = line.split(' ').map((word) => word.replace(/^\{(.+)\}$/, (_, name: string) => join(folder, name)))
      const answer = await cli(words, {
        api: { baseUrl: url, fetch: (to, init) => fetch(to, withToken(init, token)) },
        ...(stdin === undefined ? {} : { stdin }),
      })
      return { ...answer, said: joined(`${answer.stdout}\n${answer.stderr}`) }
    },
  }
  return { office, close }
}

/** The address a server says it answers at. */
export function answering({ child, finished }: MusterProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = ''
    child.stdout?.on('data', (part) => {
      seen += String(part)
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(seen)
      if (found !== null) resolve(found[0])
    })
    finished.then(({ stdout, stderr }) => reject(new Error(`It ended: ${stdout}${stderr}`)), reject)
  })
}

function withToken(init: RequestInit, token: string): RequestInit {
  return { ...init, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` } }
}

/** Lines as they were before they were wrapped to the width of the terminal. */
export function joined(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}

// --- small teams: each test has its own people, its own connection and the same site ----------------------------------

export interface Member {
  readonly id: string
  readonly login: string
  readonly mail: string
  readonly displayName: string
  readonly active: boolean
}

export interface Team {
  readonly people: readonly Member[]
  readonly groups: readonly {
    readonly id: string
    readonly name: string
    readonly members: readonly { id: string }[]
  }[]
}

/** `key-1@acme.example` and so on, all of them in the group `key-team`. */
export function team(key: string, size = 3): Team {
  const people = Array.from({ length: size }, (_, index) => member(key, index + 1))
  return { people, groups: [{ id: `${key}-g`, name: `${key}-team`, members: people.map(({ id }) => ({ id })) }] }
}

export function member(key: string, number: number): Member {
  const login = `${key}-${number}`
  return { id: login, login, mail: `${login}@acme.example`, displayName: `${key} ${number}`, active: true }
}

/** The team with somebody no longer in any group. */
export function withoutMember({ people, groups }: Team, id: string): Team {
  return {
    people,
    groups: groups.map((group) => ({ ...group, members: group.members.filter((each) => each.id !== id) })),
  }
}

/** The same team with somebody disabled. */
export function disabled({ people, groups }: Team, id: string): Team {
  return { people: people.map((each) => (each.id === id ? { ...each, active: false } : each)), groups }
}

/** A target of a configuration file; its secrets are files of the office. */
export function targetYaml({ site, apiBase, credentials }: SandboxFacts, key: string): string {
  return `  ${key}:
    type: jira-cloud
    site: "${site}"
    apiBase: "${apiBase}"
    email: ${credentials.email}
    apiToken: { file: api-token }
    orgApiKey: { file: org-key }
`
}

const leaversAtOnce = 'onLeft: [{ after: 0d, action: deactivate }]'

/** A connection that applies by itself, takes leavers out at once, and whose limits are wide. */
function connectionYaml(
  key: string,
  {
    target = 'acme',
    mode = 'automatic',
    source = key,
    users = leaversAtOnce,
    groups = 'byName: {}',
    priority = 0,
  } = {},
): string {
  return `  ${key}:
    source: ${source}
    target: ${target}
    mode: ${mode}
    priority: ${priority}
    groups: { ${groups} }
    users: { ${users} }
    guards:${wideGuards}
`
}

/** Sources (key -> settings of the file), and for each a connection to one target. */
export function configurationYaml(
  sandbox: SandboxFacts,
  sources: Readonly<Record<string, string>>,
  rules: Parameters<typeof connectionYaml>[1] & { readonly connections?: readonly string[] } = {},
): string {
  const { target = 'acme', connections = Object.keys(sources) } = rules
  const lines = Object.entries(sources).map(([key, settings]) => `  ${key}: { type: file, ${settings} }\n`)
  const joining = connections.map((key) => connectionYaml(key, rules))
  return `sources:\n${lines.join('')}targets:\n${targetYaml(sandbox, target)}connections:\n${joining.join('')}`
}

/** Imports a configuration and takes each of its connections through its first, reviewed run. */
export async function settle(office: Office, yaml: string, keys: readonly string[]): Promise<void> {
  office.write('settle.yaml', yaml)
  await succeed(office, 'import {settle.yaml}')
  for (const key of keys) await firstRun(office, key)
}

export async function firstRun(office: Office, key: string): Promise<void> {
  await succeed(office, `plan ${key} --quiet`)
  await succeed(office, `approve ${key} --all`)
  await succeed(office, `apply ${key}`)
}

export async function succeed(office: Office, line: string): Promise<Answer> {
  const answer = await office.type(line)
  if (answer.code !== 0) throw new Error(`"${line}" ended with ${answer.code}:\n${answer.stdout}${answer.stderr}`)
  return answer
}

/** Does something and fails if anything changed in the site by it. */
export async function withoutEffect<Result>(sandbox: Sandbox, work: () => Promise<Result>): Promise<Result> {
  const look = () => ({ effects: sandbox.control.counters().effects, digest: sandbox.control.digest() })
  const before = look()
  const result = await work()
  const after = look()
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    throw new Error(`The site changed: ${JSON.stringify(before)} became ${JSON.stringify(after)}`)
  }
  return result
}

/** Somebody in the site, by address. */
export function personOf(sandbox: Sandbox, email: string) {
  return sandbox.control.state().people.find((each) => each.email === email)
}

/** Asks whoever writes something to come again in a second, for minutes if need be: work lasts until the test lets it end. */
export function refused(operations: string, narrowing: Pick<Narrowing, 'containing' | 'skip'> = {}): Fault {
  return { operations, ...narrowing, kind: 'too-many-requests', retryAfterSeconds: 1 }
}

/**
 * Waits until something holds; the time is only there to end a test that cannot succeed. Then it says what was waited for,
 * and `seen`: what there was instead.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  patience: number | { readonly seen?: () => unknown; readonly timeoutMs?: number } = {},
): Promise<void> {
  const { seen, timeoutMs = 120_000 } = typeof patience === 'number' ? { timeoutMs: patience } : patience
  const end = performance.now() + timeoutMs
  while (!(await holds())) {
    if (performance.now() > end) {
      const last = seen === undefined ? '' : `\nLast seen: ${JSON.stringify(await seen(), undefined, 1)}`
      throw new Error(`It did not come true within ${timeoutMs / 1000} s: ${holds}${last}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
