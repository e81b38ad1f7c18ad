import { afterEach } from 'vitest'
import { jiraCloud } from '../../src/connectors/targets/jira-cloud/index.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Target } from '../../src/ports/target.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { judge } from '../support/sandbox-judge.ts'
import { type QuickClock, quickClock } from './quick-clock.ts'

export type Credentials = 'token and key' | 'key alone' | 'token alone' | 'token with scopes alone'

/** A twin and the Jira Cloud connector, both on one quick clock. */
export interface TwinAndTarget {
  readonly sandbox: Sandbox
  readonly clock: QuickClock
  /** A new instance; `settings` replace those of the credentials. */
  open(settings?: Readonly<Record<string, unknown>>): Target
  /** Everything the instances logged. */
  logged(): string
  /** Closes every instance and stops the twin. */
  stop(): Promise<void>
}

/** Twins that end with their test. */
export function twinsForTest(): (...how: Parameters<typeof startTwin>) => Promise<TwinAndTarget> {
  let started: TwinAndTarget[] = []
  afterEach(async () => {
    const ending = started
    started = []
    for (const twin of ending) await twin.stop()
  })
  return async (...how) => {
    const twin = await startTwin(...how)
    started.push(twin)
    return twin
  }
}

/** Ids by the names people use, of what the twin holds now. */
export function idsOf({ sandbox }: TwinAndTarget) {
  const { state } = sandbox.control.twin
  return {
    person: (email: string) => state.accountByEmail(email)?.accountId ?? `no account ${email}`,
    group: (name: string) => state.groupByName(name)?.groupId ?? `no group ${name}`,
  }
}

/** People in the company of the twin: more than one page of everything. */
const people = 260

export async function startTwin(credentials: Credentials, options: SandboxOptions = {}): Promise<TwinAndTarget> {
  const clock = quickClock()
  const sandbox = await startSandbox({ company: people, target: 'ten-years', clock, ...options })
  const verdict = judge(sandbox, { strict: true })
  const usual = settingsOf(sandbox, credentials)
  const opened: Target[] = []
  let logged = ''
  return {
    sandbox,
    clock,
    logged: () => logged,
    open: (settings = {}) => {
      const target = jiraCloud.connect(jiraCloud.config.parse({ ...usual, ...settings }), {
        key: 'twin',
        now: clock.now,
        sleep: clock.sleep,
        log: (message, fields) => {
          logged += JSON.stringify({ message, ...fields })
        },
        baseDir: '.',
        localDirectory: undefined as never,
        instanceId: 'test',
      })
      opened.push(target)
      return target
    },
    stop: async () => {
      for (const target of opened) await target.close()
      await sandbox.stop()
      if (verdict.problems.length > 0) throw new Error(`Unlike the vendor's documents:\n${verdict.problems.join('\n')}`)
    },
  }
}

function settingsOf({ site, apiBase, credentials: given }: Sandbox, credentials: Credentials) {
  const apiToken = credentials === 'token with scopes alone' ? given.scopedApiToken : given.apiToken
  const token = { email: given.email, apiToken: new Secret(apiToken) }
  const key = { orgApiKey: new Secret(given.orgApiKey) }
  return {
    site,
    apiBase,
    ...(credentials === 'key alone' ? {} : token),
    ...(credentials.startsWith('token') && credentials.endsWith('alone') ? {} : key),
  }
}
