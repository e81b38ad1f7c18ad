import type { Connection } from '../../src/domain/connection.ts'
import type { MappingRule } from '../../src/domain/mapping.ts'
import type { SourceSnapshot, TargetSnapshot } from '../../src/domain/snapshot.ts'
import { collectSource, collectTarget } from '../../src/engine/collect.ts'
import type { PlanDraft } from '../../src/engine/planner/input.ts'
import { makePlan } from '../../src/engine/planner/planner.ts'
import type { Page } from '../../src/ports/readable.ts'
import type { Source } from '../../src/ports/source.ts'
import type { Target } from '../../src/ports/target.ts'
import { type CompanyRows, now } from './company.ts'

/** The product's way from rows to a plan: the engine's own collecting and planning, rows given page by page. */
type EndRows = Pick<CompanyRows, 'users' | 'groups' | 'accounts' | 'targetGroups'>

export async function productPlan(
  rows: CompanyRows,
  connection: Connection,
): Promise<{ readonly plan: PlanDraft; readonly collectMs: number }> {
  const started = performance.now()
  const { signal } = new AbortController()
  const source = await collectSource(
    sourceOf(rows),
    's',
    () => now,
    signal,
    () => {},
  )
  const target = await collectTarget(
    targetOf(rows),
    'dir',
    't',
    () => now,
    signal,
    () => {},
  )
  const collectMs = performance.now() - started
  const plan = makePlan({
    connection,
    source,
    target,
    memory: {
      links: rows.links,
      groupLinks: rows.groupLinks,
      grants: rows.grants,
      access: [],
      custom: [],
      accountGrants: rows.accountGrants,
      deliveries: [],
      taken: [],
      written: [],
      deactivations: rows.deactivated.map((accountId) => ({
        accountId,
        connection: connection.key,
        how: 'suspended',
        since: 0,
      })),
      departures: rows.departures,
      decisions: [],
      exceptions: [],
      appliedLastDay: {},
      settling: new Set(rows.settling),
    },
    lastGood: rows.lastGood,
    ends: {
      defaultMapping: {},
      defaultMatch: ['link', 'id', 'email'],
      writableAttributes: [
        { name: 'email', required: true, when: 'create', seen: '' },
        { name: 'displayName', required: false, when: 'always', seen: '' },
        { name: 'department', required: false, when: 'always', seen: '' },
        { name: 'title', required: false, when: 'always', seen: '' },
      ],
      groupNameLimit: 255,
      offered: new Set([
        'account.create',
        'account.update',
        'account.activate',
        'account.deactivate',
        'group.create',
        'membership.add',
        'membership.remove',
      ]),
      notOffered: {},
    },
    trust: { firstRun: false, rulesChanged: false, upgraded: false },
    others: [{ key: 'partners', priority: 0 }],
    now,
  })
  return { plan, collectMs }
}

export async function collectRows(
  rows: EndRows,
): Promise<{ readonly source: SourceSnapshot; readonly target: TargetSnapshot }> {
  const { signal } = new AbortController()
  return {
    source: await collectSource(
      sourceOf(rows),
      's',
      () => now,
      signal,
      () => {},
    ),
    target: await collectTarget(
      targetOf(rows),
      'dir',
      't',
      () => now,
      signal,
      () => {},
    ),
  }
}

async function* pages<Item>(items: readonly Item[]): AsyncGenerator<Page<Item>> {
  for (let at = 0; at < items.length; at += 1000) yield { items: items.slice(at, at + 1000) }
}

async function* nothing(): AsyncGenerator<never> {}

function sourceOf(rows: EndRows): Source {
  return {
    membershipsComeWith: 'groups',
    readFingerprint: 'all',
    defaultMapping: {} satisfies Record<string, MappingRule>,
    check: nothing,
    users: () => pages(rows.users),
    groups: () => pages(rows.groups),
    members: nothing,
    notices: () => [],
    close: async () => {},
  }
}

function targetOf(rows: EndRows): Target {
  return {
    identify: async () => ({ directoryKey: 'dir', title: 'bench', notOffered: {} }),
    check: nothing,
    membershipsComeWith: 'groups',
    defaultMatch: ['link', 'id', 'email'],
    writableAttributes: [],
    groupNameLimit: 255,
    users: () => pages(rows.accounts),
    groups: () => pages(rows.targetGroups),
    members: nothing,
    accountsNow: async () => new Map(),
    accountsByEmail: async () => new Map(),
    groupsByName: async () => new Map(),
    operations: {},
    concurrency: 1,
    calls: () => ({}),
    close: async () => {},
  }
}
