import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replaceSection, table } from '../../scripts/generators/markdown.ts'
import { asProvisioningError } from '../../src/domain/errors.ts'
import type { Order, Target } from '../../src/ports/target.ts'
import type { Fault } from '../../src/sandbox/server/faults.ts'
import { applyOne, listed, shortly } from '../doubles/atlassian-answers.ts'
import { type Credentials, idsOf, startTwin, type TwinAndTarget } from '../doubles/jira-cloud-twin.ts'
import { repositoryRoot } from '../support/temporary.ts'

/**
 * Every operation under every fault: what comes out, and that nothing is lost and nothing taken away. The table of the
 * outcomes stands in the page of the connector.
 */

const signal = new AbortController().signal
const ruby = 'ruby.hughes@acme.example'
const fresh = 'fresh@acme.example'

/** Struck when the target has been opened. */
const faults: Readonly<Record<string, Fault>> = {
  '429, Retry-After': { kind: 'too-many-requests', retryAfterSeconds: 7, operations: '*', times: 2 },
  '429 without': { kind: 'too-many-requests', operations: '*', times: 2 },
  '503, not applied': { kind: 'status', status: 503, when: 'before', operations: '*', times: 1 },
  'answer lost': { kind: 'close', when: 'after', operations: '*', times: 1 },
  'page cut for good': { kind: 'short-page', keep: 0, operations: '*' },
  'taken for anonymous': { kind: 'anonymous', operations: '*' },
  'expired credential': { kind: 'expired', operations: '*' },
  'wrong organization': { kind: 'wrong-organization', operations: '*' },
}

type Read = (target: Target, twin: TwinAndTarget) => Promise<readonly string[]>

const reads: Readonly<Record<string, Read>> = {
  'list accounts': async (target) => (await listed(target.users(signal))).map(({ id }) => id),
  'list groups': async (target) => (await listed(target.groups(signal))).map(({ id }) => id),
  'list members': async (target, twin) => {
    const id = idsOf(twin).group('developers')
    if (target.membershipsComeWith === 'calls')
      return await listed(target.members({ id, name: 'developers', grantsAdmin: false }, signal))
    return (await listed(target.users(signal))).filter(({ memberOf }) => memberOf?.includes(id)).map((each) => each.id)
  },
  'find by address': async (target) => [...(await target.accountsByEmail([ruby], signal)).values()].map(({ id }) => id),
}

const writes: Readonly<Record<string, (twin: TwinAndTarget) => Omit<Order, 'seq'>>> = {
  'create an account': () => ({ kind: 'account.create', after: { email: fresh } }),
  'create a group': () => ({ kind: 'group.create', after: { name: 'newcomers' } }),
  'add to a group': (twin) => ({ kind: 'membership.add', ...pairOf(twin, ruby, 'developers') }),
  'take out of a group': (twin) => ({ kind: 'membership.remove', ...pairOf(twin, ruby, 'Support') }),
  deactivate: (twin) => ({ kind: 'account.deactivate', accountId: idsOf(twin).person(ruby) }),
  reactivate: (twin) => ({ kind: 'account.activate', accountId: idsOf(twin).person('chloe.darcy@acme.example') }),
  'change a profile': (twin) => ({
    kind: 'account.update',
    accountId: idsOf(twin).person(ruby),
    before: { displayName: 'Ruby Hughes' },
    after: { displayName: 'Ruby Miller' },
  }),
  'switch an account off': (twin) => ({ kind: 'account.disable', accountId: idsOf(twin).person(ruby) }),
  'give a role': (twin) => ({
    kind: 'access.grant',
    accountId: idsOf(twin).person('ines.castano@freelance.example'),
    access: { product: `jira-software@${twin.sandbox.cloudId}`, role: 'user' },
  }),
  'write custom attributes': (twin) => ({
    kind: 'custom.update',
    accountId: idsOf(twin).person(ruby),
    after: { a1: 'room 7' },
  }),
  'hand over a lead': (twin) => ({
    kind: 'lead.handover',
    accountId: idsOf(twin).person('tomas.dvorak@acme.example'),
    lead: {
      kind: 'project',
      id: webOf(twin)?.id ?? '',
      name: 'Website (WEB)',
      project: 'WEB',
      to: { id: idsOf(twin).person('aoife.obrien@acme.example'), label: 'Aoife' },
    },
  }),
}

function webOf({ sandbox }: TwinAndTarget) {
  const { state } = sandbox.control.twin
  return state.sites[0] && state.projects.get(state.sites[0], 'WEB')
}

function pairOf(twin: TwinAndTarget, email: string, group: string) {
  return { accountId: idsOf(twin).person(email), groupId: idsOf(twin).group(group) }
}

async function withTwin<Result>(credentials: Credentials, work: (twin: TwinAndTarget) => Promise<Result>) {
  const variants = { wrongCredentialOnAnonymousEndpoint: '200-empty' }
  const twin = await startTwin(credentials, { company: 'small', variants })
  try {
    return await work(twin)
  } finally {
    await twin.stop()
  }
}

/** Complete, or an error that says so; a shorter list that passes for the whole is what must never happen. */
async function readUnder(fault: Fault, credentials: Credentials, read: Read): Promise<string> {
  return withTwin(credentials, async (twin) => {
    const target = twin.open()
    await target.identify(signal)
    const truth = (await read(twin.open(), twin)).toSorted()
    twin.sandbox.control.addFault(fault)
    try {
      const told = (await read(target, twin)).toSorted()
      // A search has no end to be proven: nobody found is believed, and a creation then meets the account that is there.
      if (fault.kind === 'short-page' && read === reads['find by address'])
        return told.length === 0 ? 'nobody' : 'complete'
      expect(told).toEqual(truth)
      return 'complete'
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      if (error.code === 'bug') throw thrown
      return error.code
    }
  })
}

/** Carries it out under the fault, then once more without; the site must come out as if there had been no fault. */
async function writeUnder(fault: Fault, credentials: Credentials, write: keyof typeof writes): Promise<string> {
  return withTwin(credentials, async (twin) => {
    const { control } = twin.sandbox
    const order = writes[write]!(twin)
    const target = twin.open()
    await target.identify(signal)
    if (target.operations[order.kind] === undefined) return '-'
    control.addFault(fault)
    const outcome = await applyOne(target, order, true).then(
      shortly,
      (thrown: unknown) => asProvisioningError(thrown).code,
    )
    control.calm()
    const after = await applyOne(twin.open(), order, true)
    expect(['applied', 'alreadyTrue'], `${write} afterwards`).toContain(shortly(after))
    expect(control.digest(), `${write} under ${JSON.stringify(fault)}`).toBe(await untroubled(credentials, write))
    expect(control.counters().invitations[fresh]?.invitations ?? 1).toBe(1)
    return outcome === 'alreadyTrue' ? 'applied' : (outcome ?? 'no answer')
  })
}

const wanted = new Map<string, Promise<string>>()

/** How the site looks after the write without any fault. */
function untroubled(credentials: Credentials, write: keyof typeof writes): Promise<string> {
  const name = `${credentials} ${write}`
  const known =
    wanted.get(name) ??
    withTwin(credentials, async (twin) => {
      await applyOne(twin.open(), writes[write]!(twin), true)
      return twin.sandbox.control.digest()
    })
  wanted.set(name, known)
  return known
}

it.each(['token and key', 'token alone'] as const)(
  'nothing is lost and nothing taken away, whatever goes wrong: %s',
  { timeout: 300_000 },
  async (credentials) => {
    const rows: string[][] = []
    for (const [name, read] of Object.entries(reads)) {
      const cells = []
      for (const fault of Object.values(faults)) cells.push(await readUnder(fault, credentials, read))
      rows.push([name, ...cells])
    }
    for (const write of Object.keys(writes)) {
      const cells = []
      for (const fault of Object.values(faults)) cells.push(await writeUnder(fault, credentials, write))
      if (cells.some((cell) => cell !== '-')) rows.push([write, ...cells])
    }
    const page = readFileSync(join(repositoryRoot, 'docs/connectors/jira-cloud.md'), 'utf8')
    const made = table([credentials, ...Object.keys(faults)], rows)
    expect(page).toBe(replaceSection(page, `faults with ${credentials}`, made))
  },
)
