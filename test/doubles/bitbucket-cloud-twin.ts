import { afterEach } from 'vitest'
import { bitbucketCloud } from '../../src/connectors/targets/bitbucket-cloud/index.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Order, Target } from '../../src/ports/target.ts'
import type { Account, Group } from '../../src/sandbox/atlassian/model.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { judge } from '../support/sandbox-judge.ts'
import { applyOne, shortly } from './atlassian-answers.ts'
import { type QuickClock, quickClock } from './quick-clock.ts'

/** The twin of Bitbucket Cloud with its organization, and the target that writes to it, both on one quick clock. */

const signal = new AbortController().signal

/** With an API token of Bitbucket beside the organization API key, or with the key alone. */
export type BitbucketCredentials = 'token and key' | 'key alone'

export interface BitbucketTwin {
  readonly sandbox: Sandbox
  readonly clock: QuickClock
  /** A new instance; `settings` replace those of the credentials. */
  open(settings?: Readonly<Record<string, unknown>>): Target
  logged(): string
  account(email: string): Account
  group(name: string): Group
  stop(): Promise<void>
}

export async function startBitbucketTwin(
  credentials: BitbucketCredentials = 'token and key',
  options: SandboxOptions = {},
): Promise<BitbucketTwin> {
  const clock = quickClock()
  const sandbox = await startSandbox({ bitbucketOnly: true, clock, ...options })
  const verdict = judge(sandbox, { strict: true })
  const { bitbucket, apiBase, credentials: given } = sandbox
  if (bitbucket === undefined || given.bitbucket === undefined) throw new Error('The twin has no workspace.')
  const usual = {
    workspace: bitbucket.workspace,
    orgApiKey: new Secret(given.orgApiKey),
    apiBase,
    bitbucketApi: `${bitbucket.baseUrl}/2.0`,
    ...(credentials === 'key alone' ? {} : { email: given.email, apiToken: new Secret(given.bitbucket.apiToken) }),
  }
  const opened: Target[] = []
  let logged = ''
  const { state } = sandbox.control.twin
  return {
    sandbox,
    clock,
    logged: () => logged,
    account: (email) => {
      const account = state.accountByEmail(email)
      if (account === undefined) throw new Error(`The twin has no account ${email}.`)
      return account
    },
    group: (name) => {
      const group = state.groupByName(name)
      if (group === undefined) throw new Error(`The twin has no group ${name}.`)
      return group
    },
    open: (settings = {}) => {
      const target = bitbucketCloud.connect(bitbucketCloud.config.parse({ ...usual, ...settings }), {
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

/** Starts twins that end with their test, with what a test does to the target before them. */
export function bitbucketScenes() {
  let started: BitbucketTwin[] = []
  afterEach(async () => {
    const ending = started
    started = []
    for (const twin of ending) await twin.stop()
  })
  return async (options: SandboxOptions & { readonly credentials?: BitbucketCredentials } = {}) => {
    const { credentials, ...rest } = options
    const twin = await startBitbucketTwin(credentials, rest)
    started.push(twin)
    const target = twin.open()
    return {
      ...twin,
      target,
      apply: async (order: Omit<Order, 'seq'>) => {
        if (target.operations[order.kind] === undefined) await target.identify(signal)
        return shortly(await applyOne(target, order, true))
      },
      failure: async (order: Omit<Order, 'seq'>) => {
        await target.identify(signal)
        const answer = await applyOne(target, order, true)
        return answer?.outcome === 'failed' ? answer.error : undefined
      },
      /** Rows of the doctor by name. */
      doctor: async (of: Target = target) => {
        const found: Record<string, string> = {}
        for await (const { name, status, message } of of.check(signal)) found[name] = `${status}: ${message}`
        return found
      },
    }
  }
}

/** People and groups to try things on; each order is about somebody of its own. */
export function bitbucketSamples(twin: BitbucketTwin) {
  const { control } = twin.sandbox
  const add = (name: string, domain = 'acme.example') => {
    control.edit({ action: 'add-person', email: `${name}@${domain}` })
    const account = twin.account(`${name}@${domain}`)
    // The person answers the first mail; before that nobody may change their profile.
    account.emailVerified = true
    return account.accountId
  }
  const [renamed, married, leaver, off, deleted] = ['renamed', 'married', 'leaver', 'off', 'deleted'].map((name) =>
    add(name),
  ) as [string, string, string, string, string]
  control.edit({ action: 'deactivate', email: 'off@acme.example' })
  const guest = add('guest', 'partner.example')
  add('seatless')
  const user = add('user')
  const stranger = add('stranger')
  const away = add('away')
  control.edit({ action: 'suspend', email: 'away@acme.example' })
  const group = twin.group('developers')
  const member = add('inside')
  control.edit({ action: 'add-member', group: 'developers', email: 'inside@acme.example' })
  const access = { product: `bitbucket@${twin.sandbox.bitbucket?.uuid.replace(/[{}]/g, '')}`, role: 'user' }
  const more: readonly Omit<Order, 'seq'>[] = [
    { kind: 'account.update', accountId: renamed, after: { displayName: 'Mia Kowalski', department: 'R&D' } },
    {
      kind: 'account.update',
      accountId: married,
      before: { email: 'married@acme.example' },
      after: { email: 'newly-married@acme.example' },
    },
    { kind: 'account.disable', accountId: leaver },
    { kind: 'account.enable', accountId: off },
    { kind: 'account.delete', accountId: deleted },
    { kind: 'account.delete', accountId: guest },
    { kind: 'access.grant', accountId: user, access },
  ]
  return {
    member: { accountId: member, groupId: group.groupId },
    stranger: { accountId: stranger, groupId: group.groupId },
    activeAccountId: stranger,
    suspendedAccountId: away,
    knownEmail: 'stranger@acme.example',
    knownGroupName: 'developers',
    unusedEmail: 'brand.new@acme.example',
    unusedGroupName: 'brand-new-group',
    more,
  }
}
