import { createHash } from 'node:crypto'
import { atlassianScim } from '../../src/connectors/targets/atlassian-scim/index.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Target } from '../../src/ports/target.ts'
import type { ProvisioningDirectory } from '../../src/sandbox/atlassian/state/provisioning.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { clientsOf } from '../support/sandbox-client.ts'
import { judge } from '../support/sandbox-judge.ts'
import { type QuickClock, quickClock } from './quick-clock.ts'
import { contextOn } from './scim-target.ts'

/** The twin of Atlassian Guard, and the target that writes to it, both on one quick clock. */
export interface GuardTwin {
  readonly sandbox: Sandbox
  readonly clock: QuickClock
  readonly log: readonly string[]
  readonly provisioning: ProvisioningDirectory
  /** A plain client of the same directory, for what somebody else does. */
  readonly client: ReturnType<typeof clientsOf>['guard']
  /** A new instance; `settings` replace those of the twin. */
  open(settings?: object): Target
  /** Differs whenever anything in the directory or the organization differs; without ids. */
  digest(): string
  stop(): Promise<void>
}

/** `more` = settings beside base URL and key. */
export async function startGuard(options: SandboxOptions = {}, more: object = {}): Promise<GuardTwin> {
  const clock = quickClock()
  const sandbox = await startSandbox({ clock, ...options })
  const verdict = judge(sandbox, { strict: true })
  const log: string[] = []
  const opened: Target[] = []
  const { guard, control } = sandbox
  const { provisioning } = control.twin.state
  if (provisioning === undefined) throw new Error('The sandbox has no provisioning directory')
  const usual = { baseUrl: guard.baseUrl, apiKey: new Secret(guard.apiKey), apiBase: sandbox.apiBase, ...more }
  const open = (settings: object = {}) => {
    const parsed = atlassianScim.config.parse({ ...usual, ...settings })
    const target = atlassianScim.connect(parsed, contextOn(clock, log))
    opened.push(target)
    return target
  }
  return {
    sandbox,
    clock,
    log,
    open,
    provisioning,
    client: clientsOf(sandbox).guard,
    digest: () => {
      const users = provisioning.users.map(({ userName, attributes, active }) => [userName, attributes, active])
      const groups = provisioning.groups.map(({ displayName, members }) => [
        displayName,
        [...members].map(({ userName }) => userName).toSorted(),
      ])
      return createHash('sha256')
        .update(JSON.stringify([users, groups, control.digest()]))
        .digest('hex')
    },
    stop: async () => {
      for (const target of opened) await target.close()
      await sandbox.stop()
      if (verdict.problems.length > 0) throw new Error(`Unlike the vendor's documents:\n${verdict.problems.join('\n')}`)
    },
  }
}

/** 25 people and 12 groups, put there by somebody else's provisioning. */
export async function filled({ client }: Pick<GuardTwin, 'client'>): Promise<{ people: string[]; teams: string[] }> {
  const [people, teams]: [string[], string[]] = [[], []]
  for (let at = 1; at <= 25; at += 1) {
    const email = `p${at}@acme.example`
    const body = { userName: email, emails: [{ value: email, type: 'work', primary: true }], active: at !== 9 }
    people.push((await client.scim('POST', '/Users', { body })).body.id)
  }
  for (let at = 1; at <= 12; at += 1) {
    const members = people.slice(at - 1, at + 2).map((value) => ({ value }))
    teams.push((await client.scim('POST', '/Groups', { body: { displayName: `team ${at}`, members } })).body.id)
  }
  return { people, teams }
}
