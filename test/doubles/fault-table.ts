import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { replaceSection, table } from '../../scripts/generators/markdown.ts'
import { asProvisioningError } from '../../src/domain/errors.ts'
import type { Order, Target } from '../../src/ports/target.ts'
import type { Fault } from '../../src/sandbox/server/faults.ts'
import { repositoryRoot } from '../support/temporary.ts'
import { applyOne, listed, shortly } from './atlassian-answers.ts'
import { type ProductAndTarget, startProductAndTarget } from './product-targets.ts'

/** Every operation of a product under every fault: what comes out, and that nothing is lost and nothing taken away. */

const signal = new AbortController().signal

const faults: Readonly<Record<string, Fault>> = {
  '429, Retry-After': { kind: 'too-many-requests', retryAfterSeconds: 7, operations: '*', times: 2 },
  '429 without': { kind: 'too-many-requests', operations: '*', times: 2 },
  '503, not applied': { kind: 'status', status: 503, when: 'before', operations: '*', times: 1 },
  'answer lost': { kind: 'close', when: 'after', operations: '*', times: 1 },
  'pages cut for good': { kind: 'short-page', keep: 3, operations: '*' },
  'page of HTML': { kind: 'not-json', operations: '*', times: 1 },
  'taken for anonymous': { kind: 'anonymous', operations: '*' },
  'expired credential': { kind: 'expired', operations: '*' },
}

type Read = (target: Target) => Promise<readonly string[]>

const readsOf = (groupName: string): Readonly<Record<string, Read>> => ({
  'read everything': async (target) => {
    const accounts = await listed(target.users(signal))
    const told = accounts.flatMap(({ id, memberOf = [] }) => [id, ...memberOf.map((group) => `${id} in ${group}`)])
    for (const group of await listed(target.groups(signal))) {
      if (target.membershipsComeWith === 'users') told.push(group.name)
      else for (const id of await listed(target.members(group, signal))) told.push(`${id} in ${group.name}`)
    }
    return told
  },
  'list groups': async (target) => (await listed(target.groups(signal))).map(({ id }) => id),
  'find a group': async (target) => [...(await target.groupsByName([groupName], signal)).values()].map(({ id }) => id),
})

/** What a table needs of a twin and its target. */
export interface FaultScene {
  readonly sandbox: {
    readonly control: { addFault(fault: Fault): unknown; calm(): void; digest(): string }
  }
  open(): Target
  stop(): Promise<void>
}

export type Writes<Scene extends FaultScene = ProductAndTarget> = Readonly<
  Record<string, (twin: Scene) => Omit<Order, 'seq'>>
>

/** What every product of Data Center can be asked to write, about people and groups of the company. */
export const productWrites = {
  'create an account': () => ({
    kind: 'account.create',
    after: { userName: 'fresh', email: 'fresh@acme.example', displayName: 'Fresh Face' },
  }),
  'create a group': () => ({ kind: 'group.create', after: { name: 'newcomers' } }),
  'add to a group': ({ person }) => ({
    kind: 'membership.add',
    accountId: person('ruby.hughes'),
    groupId: 'developers',
  }),
  'take out of a group': ({ person }) => ({
    kind: 'membership.remove',
    accountId: person('ruby.hughes'),
    groupId: 'Support',
  }),
  deactivate: ({ person }) => ({ kind: 'account.deactivate', accountId: person('wilma.stone') }),
  reactivate: ({ person }) => ({ kind: 'account.activate', accountId: person('chloe.darcy') }),
  'change an account': ({ person }) => ({
    kind: 'account.update',
    accountId: person('samuel.knight'),
    after: { displayName: 'Sam Knight', email: 'sam@acme.example' },
  }),
  'delete an account': ({ person }) => ({ kind: 'account.delete', accountId: person('peter.lawson') }),
} satisfies Writes

/** Of those that have a place for them. */
export const customWrite = {
  'write custom attributes': ({ person }) => ({
    kind: 'custom.update',
    accountId: person('ruby.hughes'),
    after: { a1: 'room 7' },
  }),
} satisfies Writes

/** Tries all, and holds the table in the page of the product against what came out. */
export function expectFaultTable(product: string, writes: Writes): Promise<void> {
  return expectFaultTableOf(product, () => startProductAndTarget(product), writes)
}

/** The same for a twin of any other kind. */
export async function expectFaultTableOf<Scene extends FaultScene>(
  product: string,
  start: () => Promise<Scene>,
  writes: Writes<Scene>,
  { find = 'Support' } = {},
): Promise<void> {
  const reads = readsOf(find)
  const clean = await start()
  const digests: string[] = []
  for (const write of Object.values(writes)) {
    await applyOne(clean.open(), write(clean), true)
    digests.push(clean.sandbox.control.digest())
  }
  await clean.stop()
  const columns: string[][] = []
  for (const fault of Object.values(faults)) columns.push(await under(fault, start, reads, writes, digests))
  const names = [...Object.keys(reads), ...Object.keys(writes)]
  const rows = names.map((name, at) => [name, ...columns.map((cells) => cells[at] ?? '')])
  const page = readFileSync(join(repositoryRoot, `docs/connectors/${product}.md`), 'utf8')
  expect(page).toBe(replaceSection(page, 'faults', table(['', ...Object.keys(faults)], rows)))
}

async function under<Scene extends FaultScene>(
  fault: Fault,
  start: () => Promise<Scene>,
  reads: Readonly<Record<string, Read>>,
  writes: Writes<Scene>,
  digests: readonly string[],
): Promise<string[]> {
  const twin = await start()
  const { control } = twin.sandbox
  const cells: string[] = []
  try {
    for (const read of Object.values(reads)) cells.push(await readUnder(fault, twin, read))
    for (const [at, [name, write]] of Object.entries(writes).entries()) {
      const order = write(twin)
      const target = twin.open()
      await target.identify(signal)
      control.addFault(fault)
      const outcome = await applyOne(target, order, true).then(shortly, (thrown: unknown) => codeOf(thrown))
      control.calm()
      // Tried again it would hold in any case: what passes for done must be so already.
      if (outcome === 'applied' || outcome === 'alreadyTrue') {
        expect(control.digest(), `${name} passes for done under ${JSON.stringify(fault)}`).toBe(digests[at])
      }
      const after = shortly(await applyOne(twin.open(), order, true))
      expect(['applied', 'alreadyTrue'], `${name} afterwards`).toContain(after)
      expect(control.digest(), `${name} under ${JSON.stringify(fault)}`).toBe(digests[at])
      cells.push(outcome === 'alreadyTrue' ? 'applied' : (outcome ?? 'no answer'))
    }
  } finally {
    await twin.stop()
  }
  return cells
}

/** Complete, or an error that says so; a shorter list that passes for the whole is what must never happen. */
async function readUnder(fault: Fault, twin: FaultScene, read: Read): Promise<string> {
  const { control } = twin.sandbox
  const target = twin.open()
  await target.identify(signal)
  const truth = (await read(twin.open())).toSorted()
  control.addFault(fault)
  try {
    const told = (await read(target)).toSorted()
    expect(told).toEqual(truth)
    return 'complete'
  } catch (thrown) {
    return codeOf(thrown)
  } finally {
    control.calm()
  }
}

function codeOf(thrown: unknown): string {
  const error = asProvisioningError(thrown)
  if (error.code === 'bug') throw thrown
  return error.code
}
