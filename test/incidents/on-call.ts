import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { createClient } from '../../src/contract/client.ts'
import type { ChangeView, PlanView } from '../../src/contract/plans.ts'
import type { RunView } from '../../src/contract/runs.ts'
import { notificationsSchema } from '../../src/domain/notifications.ts'
import { createDispatcher } from '../../src/notify/dispatcher.ts'
import { openChannels } from '../../src/notify/open-channels.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Store } from '../../src/ports/store.ts'
import { type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { startTinyServer } from '../doubles/tiny-server.ts'
import {
  configurationYaml,
  joined,
  type Member,
  member,
  type Office,
  personOf,
  settle,
  succeed,
  type Team,
  team,
  withoutMember,
} from '../journeys/office.ts'
import { cli } from '../support/cli-environment.ts'
import { type Program, runProgram } from '../support/program.ts'

/**
 * A company with a site and a Muster that serves, and whoever is on call for it: types commands, which go to the server over
 * HTTP, and carries a pager, which is a webhook.
 */
export interface OnCall extends Office {
  readonly program: Program
  readonly clock: Clock
  /** Lets time go by: for schedules, for the stages of a leaver, for what settles. */
  pass(ms: number): void
  /** What the pager showed about a connection since it was last asked, e.g. `held`. */
  paged(connection: string): Promise<readonly string[]>
}

export const hour = 3_600_000
export const day = 24 * hour

/** No wait is longer than this in truth. Time itself goes as always, so that a slow machine runs into no time-out. */
const longestWaitMs = 200

function impatientClock(): Pick<OnCall, 'clock' | 'pass'> {
  let passed = 0
  return {
    pass: (ms) => {
      passed += ms
    },
    clock: {
      now: () => systemClock.now() + passed,
      sleep: (ms, signal) => systemClock.sleep(Math.min(ms, longestWaitMs), signal),
    },
  }
}

/** One for all stories of a file; each of them has its own people and its own connection. */
export function onCall(options: SandboxOptions = {}): () => OnCall {
  let opened: Awaited<ReturnType<typeof open>> | undefined
  beforeAll(async () => {
    opened = await open(options)
  })
  afterAll(async () => {
    await opened?.close()
  })
  return () => {
    if (opened === undefined) throw new Error('Nobody is on call but while stories run.')
    return opened.onCall
  }
}

async function open(options: SandboxOptions) {
  const { clock, pass } = impatientClock()
  const [sandbox, { program, stop }] = await Promise.all([startSandbox(options), runProgram({ clock })])
  const { folder, url, store } = program
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('api-token', sandbox.credentials.apiToken)
  write('org-key', sandbox.credentials.orgApiKey)
  const token = await program.tokenWith(['admin', 'approver'])
  const asOnCall = (init: RequestInit): RequestInit => ({
    ...init,
    headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` },
  })
  const pager = await startPager(store, clock)
  const here: OnCall = {
    program,
    sandbox,
    clock,
    pass,
    folder,
    dataDir: folder,
    url,
    token,
    client: createClient({ fetch, baseUrl: url, token }),
    logged: () => JSON.stringify(program.logged),
    write,
    paged: pager.paged,
    async type(line, { stdin } = {}) {
      const words = line.split(' ').map((word) => word.replace(/^\{(.+)\}$/, (_, name: string) => join(folder, name)))
      const answer = await cli(words, {
        api: { baseUrl: url, fetch: (to, init) => fetch(to, asOnCall(init)) },
        ...(stdin === undefined ? {} : { stdin }),
      })
      return { ...answer, said: joined(`${answer.stdout}\n${answer.stderr}`) }
    },
  }
  const close = async () => {
    await stop()
    await Promise.all([sandbox.stop(), pager.close()])
  }
  return { onCall: here, close }
}

/** A webhook receiver, and the outbox whose turn comes when somebody looks at it. */
async function startPager({ notices }: Store, clock: Clock) {
  const server = await startTinyServer(() => ({ status: 204 }))
  let ahead = 0
  const later: Clock = { now: () => clock.now() + ahead, sleep: clock.sleep }
  const { channels } = await openChannels({
    settings: notificationsSchema.parse({ pager: { type: 'webhook', url: server.url, secret: 'pager' } }),
    secretOf: async () => new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    consoleUrl: undefined,
    clock: later,
  })
  const dispatcher = createDispatcher({ notices, channels: () => channels, clock: later, log: () => undefined })
  const { signal } = new AbortController()
  // A channel begins with what comes after it was first seen.
  await dispatcher.turn(signal)
  let read = 0
  const unseen: { readonly kind: string; readonly connection: string }[] = []
  return {
    async paged(connection: string) {
      ahead += 2 * 60_000
      await dispatcher.turn(signal)
      for (const { body } of server.seen.slice(read)) unseen.push(...(body as { notices: typeof unseen }).notices)
      read = server.seen.length
      const about = unseen.filter((each) => each.connection === connection)
      unseen.splice(0, unseen.length, ...unseen.filter((each) => each.connection !== connection))
      return about.map(({ kind }) => kind)
    },
    close: () => server.close(),
  }
}

// --- what is looked at after an incident ------------------------------------------------------------------------------

/** All people and groups of the site in a fixed order, without ids and dates. */
export const everything = ({ sandbox }: Pick<OnCall, 'sandbox'>): readonly string[] => [...sandbox.control.export()]

export interface Report {
  readonly run: RunView
  readonly plan?: PlanView
  readonly changes: readonly ChangeView[]
}

/** The newest run of a connection as `muster runs` tells it. */
export async function newestRun(on: OnCall, connection: string): Promise<Report> {
  const { items } = await on.client.runs.list({ query: { connection, limit: 1 } })
  return JSON.parse((await succeed(on, `runs ${items[0]?.number ?? 0} --json`)).stdout) as Report
}

/** Each change in a few words, with why it waits. */
export const inWords = ({ changes }: Report): readonly string[] =>
  changes.map(({ kind, accountLabel, groupLabel, stateReasons }) =>
    [
      kind,
      /<(.*)@/.exec(accountLabel ?? '')?.[1],
      kind.startsWith('account') ? undefined : groupLabel,
      ...stateReasons.map(({ reason }) => `(${reason})`),
    ]
      .filter((word) => word !== undefined)
      .join(' '),
  )

// --- teams whose first run is behind them -------------------------------------------------------------------------------

export interface Rules {
  /** What stands between the braces of `users` and `groups` in YAML. */
  readonly users?: string
  readonly groups?: string
  readonly mode?: string
  /** Limits that are not as wide as those of the others, and other guards, each as YAML. */
  readonly guards?: Readonly<Record<string, string>>
}

export interface Settled {
  save(team: Team): void
  /** The account of a member of the team, as it stands on the site. */
  account(number: number): ReturnType<typeof personOf>
}

/** A team from a file, with its own connection, settled on the site. */
export async function settled(on: OnCall, key: string, rules: Rules = {}, saved: Team = team(key)): Promise<Settled> {
  const { guards = {}, ...others } = rules
  const save = (next: Team) => on.write(`${key}.json`, JSON.stringify(next))
  save(saved)
  let yaml = configurationYaml(on.sandbox, { [key]: `path: ${key}.json` }, others)
  for (const [name, text] of Object.entries(guards)) {
    yaml = yaml.replace(new RegExp(`\\n {6}${name}: .*`), '').replace('guards:', `guards:\n      ${name}: ${text}`)
  }
  await settle(on, yaml, [key])
  await on.paged(key)
  return { save, account: (number) => personOf(on.sandbox, member(key, number).mail) }
}

/** The team without somebody, as if there had never been such a person. */
export function without({ people, groups }: Team, id: string): Team {
  return { people: people.filter((each) => each.id !== id), groups: withoutMember({ people, groups }, id).groups }
}

/** The team with one more group, whose members are named by number. */
export function withGroup(key: string, name: string, numbers: readonly number[], before: Team = team(key)): Team {
  const members = numbers.map((number) => ({ id: `${key}-${number}` }))
  return { ...before, groups: [...before.groups, { id: `${key}-more`, name, members }] }
}

/** The team with something else in the record of somebody. */
export function withRecord(before: Team, id: string, patch: Partial<Member>): Team {
  return { ...before, people: before.people.map((each) => (each.id === id ? { ...each, ...patch } : each)) }
}
