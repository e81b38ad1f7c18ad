import type { ChangeRecord, Plan } from '../../src/domain/plan.ts'
import type { Run } from '../../src/domain/run.ts'
import type { ActualGroup, TargetSnapshot } from '../../src/domain/snapshot.ts'
import { newId } from '../../src/platform/ids.ts'
import type { Fence } from '../../src/ports/leases.ts'
import type { Store } from '../../src/ports/store.ts'

/** Small worlds for tests of the store. */

export const directoryKey = 'atlassian:acme/main'
export const noon = Date.UTC(2026, 10, 21, 12)

export function sampleRun(patch: Partial<Run> = {}): Omit<Run, 'number'> {
  const { number: _, ...run } = { number: 0, ...patch }
  return {
    id: newId(noon),
    connection: 'staff',
    kind: 'full',
    trigger: 'cli',
    startedBy: 'os:anna',
    state: 'planning',
    startedAt: noon,
    outcomes: {},
    ...run,
  }
}

export function samplePlan(runId: string, patch: Partial<Plan> = {}): Plan {
  return {
    id: newId(noon),
    runId,
    connection: 'staff',
    directoryKey,
    createdAt: noon,
    connectionVersion: 1,
    semanticsVersion: 1,
    sourceSnapshotId: 'source-1',
    targetSnapshotId: 'target-1',
    fingerprint: 'f'.repeat(64),
    guards: [],
    summary: { counts: {}, total: 0, ready: 0, held: 0, blocked: 0, read: {}, notices: [] },
    ...patch,
  }
}

export function change(seq: number, patch: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    seq,
    kind: 'membership.add',
    account: { id: `account-${seq}` },
    accountLabel: `person${seq}@example.test`,
    group: { id: 'group-dev' },
    groupLabel: 'Développeurs',
    person: { key: `key-${seq}`, label: `Person ${seq}` },
    sourceGroup: { key: 'g-dev', label: 'dev' },
    reason: 'member-at-source',
    rule: 'groups.byName',
    state: 'ready',
    stateReasons: [],
    needs: [],
    ...patch,
  }
}

export async function savedPlan(store: Store, changes: readonly ChangeRecord[], patch: Partial<Plan> = {}) {
  const run = await store.runs.create(sampleRun(patch.connection === undefined ? {} : { connection: patch.connection }))
  const plan = samplePlan(run.id, patch)
  await store.plans.save(plan, [changes])
  return { run, plan }
}

export async function takenFence(store: Store, holder = 'process-1'): Promise<Fence> {
  const fence = await store.leases.acquire(directoryKey, holder, 60_000)
  if (fence === undefined) throw new Error('The lease is taken.')
  return fence
}

/** A complete read: members by group name; group ids are `group-<name>`, account ids the names of the members. */
export function targetRead(
  groups: Readonly<Record<string, readonly string[]>>,
  patch: Partial<TargetSnapshot> = {},
): TargetSnapshot {
  const names = [...new Set(Object.values(groups).flat())].sort()
  const asGroup = ([name, members]: [string, readonly string[]]): ActualGroup => ({
    id: `group-${name}`,
    name,
    grantsAdmin: false,
    accounts: Int32Array.from(members, (member) => names.indexOf(member)).sort(),
    membersComplete: true,
  })
  return {
    id: newId(noon),
    takenAt: noon,
    directoryKey,
    accounts: names.map((id) => ({ id, kind: 'person', state: 'active', email: `${id}@example.test` })),
    groups: Object.entries(groups).map(asGroup),
    membershipsUnknown: new Set(),
    accountsComplete: true,
    groupsComplete: true,
    unproven: [],
    ...patch,
  }
}
