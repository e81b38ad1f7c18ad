import { afterEach, expect } from 'vitest'
import type { TargetHarness } from '../../src/connectors/kit/target-conformance.ts'
import { bitbucketDc } from '../../src/connectors/targets/bitbucket-dc/index.ts'
import { confluenceDc } from '../../src/connectors/targets/confluence-dc/index.ts'
import { crowd } from '../../src/connectors/targets/crowd/index.ts'
import { jiraDc } from '../../src/connectors/targets/jira-dc/index.ts'
import { foldCase } from '../../src/domain/identity.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { TargetKind } from '../../src/ports/catalog.ts'
import type { Order, Target } from '../../src/ports/target.ts'
import { type ProductOptions, type ProductSandbox, startProduct } from '../../src/sandbox/data-center/start.ts'
import { productNamed } from '../../src/sandbox/products.ts'
import { judgeProduct } from '../support/product-judge.ts'
import { applyOne, shortly } from './atlassian-answers.ts'
import { type QuickClock, quickClock } from './quick-clock.ts'

const signal = new AbortController().signal

/** Twins of the Data Center products and the targets that write to them, both on one quick clock. */

/** What differs between the products when their targets are tried. */
interface ProductFacts {
  readonly kind: TargetKind
  settings(sandbox: ProductSandbox): Record<string, unknown>
  /** Lists of the twin by what they tell. */
  readonly lists: Readonly<Record<'users' | 'groups' | 'members', string>>
  /** Requests that change something. */
  readonly writes: string
  readonly secrets: readonly string[]
  /** Id of an account here; its key unless told. */
  idOf?(user: { readonly id: number; readonly key: string }): string
}

const jira: ProductFacts = {
  kind: jiraDc,
  settings: ({ baseUrl, credentials }) => ({ baseUrl, token: new Secret(credentials.accessToken ?? '') }),
  lists: {
    users: 'jiradc.user.list,jiradc.user.search',
    groups: 'jiradc.groups.picker',
    members: 'jiradc.group.members',
  },
  writes:
    'jiradc.user.create,jiradc.user.update,jiradc.user.delete,jiradc.user.setProperty,jiradc.user.deleteProperty,jiradc.group.create,jiradc.group.addMember,jiradc.group.removeMember,jiradc.project.update,jiradc.component.update',
  secrets: ['accessToken'],
}

const crowdApplication: ProductFacts = {
  kind: crowd,
  settings: ({ baseUrl, credentials }) => ({
    baseUrl,
    application: credentials.application,
    password: new Secret(credentials.password ?? ''),
  }),
  lists: { users: 'crowd.search', groups: 'crowd.search', members: 'crowd.group.users' },
  writes:
    'crowd.user.create,crowd.user.update,crowd.user.delete,crowd.user.rename,crowd.user.setAttributes,crowd.user.deleteAttribute,crowd.group.create,crowd.group.addUser,crowd.group.removeUser',
  secrets: ['password'],
}

const confluence: ProductFacts = {
  kind: confluenceDc,
  settings: jira.settings,
  lists: {
    users: 'confluencedc.user.list',
    groups: 'confluencedc.group.list',
    members: 'confluencedc.group.members',
  },
  writes:
    'confluencedc.user.create,confluencedc.user.update,confluencedc.user.delete,confluencedc.user.disable,confluencedc.user.enable,confluencedc.user.addGroup,confluencedc.user.removeGroup,confluencedc.group.create',
  secrets: ['accessToken'],
}

const bitbucket: ProductFacts = {
  kind: bitbucketDc,
  settings: jira.settings,
  lists: {
    users: 'bitbucketdc.user.list',
    groups: 'bitbucketdc.group.list',
    members: 'bitbucketdc.group.members',
  },
  writes:
    'bitbucketdc.user.create,bitbucketdc.user.update,bitbucketdc.user.delete,bitbucketdc.user.rename,bitbucketdc.user.removeGroup,bitbucketdc.group.create,bitbucketdc.group.addUsers',
  secrets: ['accessToken'],
  idOf: ({ id }) => String(id),
}

const productFacts: Readonly<Record<string, ProductFacts>> = {
  'bitbucket-dc': bitbucket,
  'confluence-dc': confluence,
  crowd: crowdApplication,
  'jira-dc': jira,
}

export interface ProductAndTarget {
  readonly sandbox: ProductSandbox
  readonly clock: QuickClock
  /** A new instance; `settings` replace those of the credentials. */
  open(settings?: Readonly<Record<string, unknown>>): Target
  logged(): string
  idOf(user: { readonly id: number; readonly key: string }): string
  /** Id of the account of this user name. */
  person(userName: string): string
  stop(): Promise<void>
}

/** `strict`: a request that the vendor's document does not know fails the test even where the twin refused it. */
export async function startProductAndTarget(product: string, options: ProductOptions = {}): Promise<ProductAndTarget> {
  const facts = productFacts[product]
  if (facts === undefined) throw new Error(`There is no target for ${product}`)
  const clock = quickClock()
  const sandbox = await startProduct(productNamed(product), { clock, ...options })
  const verdict = judgeProduct(sandbox, { strict: true })
  const opened: Target[] = []
  let logged = ''
  const { store } = sandbox.control.twin
  const idOf = facts.idOf ?? (({ key }: { readonly key: string }) => key)
  return {
    sandbox,
    idOf,
    clock,
    logged: () => logged,
    person: (userName) => {
      const user = store.user(userName)
      return user === undefined ? `nobody called ${userName}` : idOf(user)
    },
    open: (settings = {}) => {
      const parsed = facts.kind.config.parse({ ...facts.settings(sandbox), ...settings })
      const target = facts.kind.connect(parsed, {
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
export function productScenes(product: string) {
  let started: ProductAndTarget[] = []
  afterEach(async () => {
    const ending = started
    started = []
    for (const twin of ending) await twin.stop()
  })
  return async (options: ProductOptions = {}) => {
    const twin = await startProductAndTarget(product, options)
    started.push(twin)
    const target = twin.open()
    const apply = async (order: Omit<Order, 'seq'>) => shortly(await applyOne(target, order, true))
    return {
      ...twin,
      target,
      apply,
      /** What an order failed with; undefined = it did not. */
      failure: async (order: Omit<Order, 'seq'>) => {
        const answer = await applyOne(target, order, true)
        return answer?.outcome === 'failed' ? answer.error : undefined
      },
      /** Rows of the doctor by name. */
      doctor: async () => {
        const found: Record<string, string> = {}
        for await (const { name, status, message } of target.check(signal)) found[name] = `${status}: ${message}`
        return found
      },
      /** Each is applied, and changes nothing when it is applied again. */
      twice: async (orders: readonly Omit<Order, 'seq'>[]) => {
        for (const order of orders) {
          expect(await apply(order), order.kind).toBe('applied')
          const after = twin.sandbox.control.digest()
          expect(['applied', 'alreadyTrue'], `${order.kind} again`).toContain(await apply(order))
          expect(twin.sandbox.control.digest(), `${order.kind} again`).toBe(after)
        }
      },
    }
  }
}

/** Everything the laws of targets need, for any product. `more`: orders of the kinds only some products have. */
export async function productHarness(
  product: string,
  more: (twin: ProductAndTarget) => readonly Omit<Order, 'seq'>[],
  options: ProductOptions = {},
): Promise<TargetHarness> {
  const twin = await startProductAndTarget(product, options)
  const { sandbox, clock, open, logged, idOf } = twin
  const { control } = sandbox
  const { store } = control.twin
  const { lists, writes, secrets } = productFacts[product]!
  const pair = { accountId: twin.person('linnea.angstrom'), groupId: 'developers' }
  const add = { kind: 'membership.add', ...pair } as const
  const orders = more(twin)
  // Confluence finds people by their user name only: this one has the address as the name.
  control.edit({ action: 'add-user', user: 'sofia.berg@acme.example', email: 'sofia.berg@acme.example' })
  control.resetCounters()
  return {
    open,
    truth: () => ({
      accounts: new Set(store.users.map(idOf)),
      members: new Map(store.groups.map((group) => [group.name, new Set([...group.members].map(idOf))])),
    }),
    digest: () => control.digest(),
    writes: () => writes.split(',').reduce((sum, operation) => sum + control.requests(operation), 0),
    invitations: (email) => store.users.filter((user) => foldCase(user.email) === foldCase(email)).length,
    samples: {
      member: { accountId: twin.person('ruby.hughes'), groupId: 'Support' },
      stranger: pair,
      activeAccountId: twin.person('samuel.knight'),
      suspendedAccountId: twin.person('chloe.darcy'),
      knownEmail: 'sofia.berg@acme.example',
      knownGroupName: 'developers',
      unusedEmail: 'brand.new@acme.example',
      unusedGroupName: 'brand-new-group',
      more: orders,
    },
    refusals: [
      {
        name: 'an expired credential',
        arrange: () => void control.addFault({ kind: 'expired', operations: '*' }),
        order: add,
        code: 'auth-failed',
        throws: true,
      },
      {
        name: 'a person of a read-only directory',
        arrange: () => undefined,
        order: { kind: 'account.deactivate', accountId: twin.person('henry.palmer') },
        code: 'not-writable',
      },
    ],
    faults: {
      cut: (list, times) => {
        control.addFault({
          kind: 'short-page',
          keep: 3,
          operations: lists[list],
          ...(times === undefined ? {} : { times }),
        })
      },
      failReads: (how) => {
        const fault = {
          unavailable: { kind: 'status', status: 503, when: 'before' },
          'not-json': { kind: 'not-json' },
          'cut-off': { kind: 'cut-body' },
          expired: { kind: 'expired' },
        } as const
        control.addFault({ ...fault[how], operations: Object.values(lists).join(','), skip: 1 })
      },
      loseAnswer: (how) => {
        if (how === 'status')
          control.addFault({ kind: 'status', status: 502, when: 'after', operations: writes, times: 1 })
        else control.addFault({ kind: 'close', when: 'after', operations: writes, times: 1 })
      },
      refuseOnce: () =>
        void control.addFault({ kind: 'status', status: 503, when: 'before', operations: writes, times: 1 }),
      slowDown: (times, retryAfterSeconds) =>
        void control.addFault({ kind: 'too-many-requests', retryAfterSeconds, operations: '*', times }),
      hang: () => void control.addFault({ kind: 'hold', when: 'before', ms: 5_000, operations: '*' }),
      calm: () => control.calm(),
    },
    undercut: () => control.counters().limits.reduce((sum, { undercut }) => sum + undercut, 0),
    now: clock.now,
    secrets: secrets.map((name) => sandbox.credentials[name] ?? ''),
    logged,
    close: () => twin.stop(),
  }
}
