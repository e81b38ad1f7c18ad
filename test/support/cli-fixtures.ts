import type { ChangeView, PlanView } from '../../src/contract/plans.ts'
import type { RunView } from '../../src/contract/runs.ts'

/** Objects of the contract for tests of what is printed. */
export function aRun(patch: Partial<RunView> = {}): RunView {
  return {
    id: '01a20000-0000-7000-8000-000000000001',
    number: 12,
    connection: 'staff',
    kind: 'full',
    trigger: 'cli',
    startedBy: 'os:anna',
    state: 'planned',
    startedAt: '2026-11-21T12:00:00.000Z',
    outcomes: {},
    ...patch,
  }
}

export function aPlan({
  guards = [],
  tally = [],
  approval,
  notices = [],
  read = {},
  total = 1,
}: Partial<Pick<PlanView, 'guards' | 'tally' | 'approval'>> &
  Partial<Pick<PlanView['summary'], 'notices' | 'read' | 'total'>>): PlanView {
  return {
    id: '01a20000-0000-7000-8000-000000000002',
    run: aRun(),
    connection: 'staff',
    directoryKey: 'atlassian:acme',
    createdAt: '2026-11-21T12:00:00.000Z',
    connectionVersion: 1,
    semanticsVersion: 1,
    fingerprint: 'f',
    guards,
    customNames: {},
    tally,
    summary: { counts: {}, total, ready: 0, held: 0, blocked: 0, read, notices },
    ...(approval === undefined ? {} : { approval }),
  }
}

export function aChange(patch: Partial<ChangeView> = {}): ChangeView {
  return {
    seq: 1,
    kind: 'membership.add',
    sign: '+',
    reason: 'member-at-source',
    sentence: 'is a member of the source group',
    rule: 'groups.byName',
    state: 'ready',
    stateReasons: [],
    needs: [],
    outcome: 'open',
    ...patch,
  }
}
