import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { callsOfRun, type RunFacts, sumOf } from '../../src/connectors/kit/atlassian-cloud/forecast.ts'
import type { Run } from '../../src/domain/run.ts'
import { writeJson } from '../../src/sandbox/company/write.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'

/** The sample company from one file to the products of Atlassian Cloud besides Jira, and its calls beside the formula. */

const current = sharedProgram()
const product = 'confluence-cloud'
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ confluenceOnly: true })
  const { folder, applyFile } = current()
  await writeJson(sandbox.directory, join(folder, 'company.json'))
  const { site, apiBase, credentials } = sandbox
  writeFileSync(join(folder, 'token'), credentials.apiToken)
  writeFileSync(join(folder, 'key'), credentials.orgApiKey)
  await applyFile(`sources:
  company: { type: file, path: company.json }
targets:
  ${product}: { type: ${product}, site: "${site}", apiBase: "${apiBase}", email: "${credentials.email}", apiToken: { file: token }, orgApiKey: { file: key } }
connections:
  ${product}: { source: company, target: ${product}, mode: review, groups: { byName: {} }, users: { create: true, onDisabled: [{ after: 0d, action: deactivate }], onLeft: [{ after: 0d, action: deactivate }] } }
`)
})
afterAll(() => sandbox.stop())

async function told(run: Run) {
  const { client } = current()
  const plan = await client.plans.get({ params: { plan: run.planId ?? '' } })
  const { items } = await client.plans.changes({ params: { plan: plan.id }, query: { limit: 200 } })
  return { plan, changes: items }
}

it('the sample company goes there within the formula of calls, and a second plan is empty', {
  timeout: 300_000,
}, async () => {
  const { client, runner } = current()
  const { control } = sandbox
  const asked = { trigger: 'cli', startedBy: 'os:tester', kind: 'preview' } as const
  const preview = async () => told(await (await runner.start(product, asked)).done)
  const { state } = control.twin
  const accounts = state.accounts.items.filter(
    ({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0,
  ).length
  const groups = state.groups.items.length
  const planned = await preview()
  const body = { fingerprint: planned.plan.fingerprint, release: { all: true as const } }
  await client.plans.approve({ params: { plan: planned.plan.id }, body })
  control.resetCounters()
  const done = await told(await (await runner.apply(planned.plan.id, 'os:tester')).done)
  const carriedOut = done.changes.filter(({ outcome }) => outcome === 'applied' || outcome === 'alreadyTrue')
  const count = (kind: string) => carriedOut.filter((change) => change.kind === kind).length
  expect(done.changes.filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven')).toEqual([])
  expect(count('account.create')).toBeGreaterThan(5)
  expect(count('membership.add')).toBeGreaterThan(20)

  const created = new Set(
    carriedOut.filter(({ kind }) => kind === 'account.create').map(({ accountLabel }) => accountLabel),
  )
  const singles = carriedOut.filter(
    ({ kind, accountLabel }) => kind !== 'account.create' && kind !== 'group.create' && !created.has(accountLabel),
  )
  const kinds = [...new Set(singles.map(({ kind }) => kind))]
  const facts: RunFacts = {
    key: true,
    token: true,
    accounts,
    groups,
    isApproved: true,
    isFirst: true,
    created: created.size,
    profiles: created.size,
    // At most: everybody has groups of their own, which ride on an invitation of their own.
    invitations: created.size,
    newGroups: count('group.create'),
    singles: singles.length,
    changed: kinds.map(
      (kind) => new Set(singles.filter((each) => each.kind === kind).map(({ accountLabel }) => accountLabel)).size,
    ),
  }
  const { total, operations } = control.counters()
  const formula = callsOfRun(facts)
  expect(total, JSON.stringify({ total, formula, facts, operations })).toBeLessThanOrEqual(1.05 * sumOf(formula))

  const again = await preview()
  const open = again.changes.filter(({ state: each }) => each !== 'blocked')
  expect(open.map(({ kind, accountLabel, groupLabel, reason }) => [kind, accountLabel, groupLabel, reason])).toEqual([])
})
