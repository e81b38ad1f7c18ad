import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CallCosts, callsOfRun, type RunFacts, sumOf } from '../../src/connectors/kit/data-center/forecast.ts'
import { costs as bitbucket } from '../../src/connectors/targets/bitbucket-dc/capabilities.ts'
import { costs as confluence } from '../../src/connectors/targets/confluence-dc/capabilities.ts'
import { costs as crowd } from '../../src/connectors/targets/crowd/capabilities.ts'
import { costs as jira } from '../../src/connectors/targets/jira-dc/capabilities.ts'
import type { Run } from '../../src/domain/run.ts'
import { writeJson } from '../../src/sandbox/company/write.ts'
import { type ProductSandbox, startProduct } from '../../src/sandbox/data-center/start.ts'
import { productNamed } from '../../src/sandbox/products.ts'
import { sharedProgram } from '../support/program.ts'

/** The sample company from one file to every Data Center product, and its calls beside the formula of their pages. */

interface Place {
  readonly costs: CallCosts
  readonly secret: string
  /** Settings beside type and base URL, in YAML. */
  readonly settings: string
  readonly leaving: string
}
const byToken = { secret: 'accessToken', settings: 'token: { file: TOKEN }', leaving: 'deactivate' }
const places: Readonly<Record<string, Place>> = {
  'jira-dc': { ...byToken, costs: jira },
  'confluence-dc': { ...byToken, costs: confluence },
  'bitbucket-dc': { ...byToken, costs: bitbucket, leaving: 'remove-access' },
  crowd: {
    costs: crowd,
    secret: 'password',
    settings: 'application: muster, password: { file: TOKEN }',
    leaving: 'deactivate',
  },
}

const current = sharedProgram()
const sandboxes = new Map<string, ProductSandbox>()

beforeAll(async () => {
  for (const product of Object.keys(places)) sandboxes.set(product, await startProduct(productNamed(product)))
  const { folder, applyFile } = current()
  const [first] = sandboxes.values()
  await writeJson(first!.directory, join(folder, 'company.json'))
  const targets: string[] = []
  const connections: string[] = []
  for (const [product, { secret, settings, leaving }] of Object.entries(places)) {
    const { baseUrl, credentials } = sandboxes.get(product)!
    writeFileSync(join(folder, `token-${product}`), credentials[secret] ?? '')
    const more = settings.replace('TOKEN', `token-${product}`)
    targets.push(`  ${product}: { type: ${product}, baseUrl: "${baseUrl}", ${more} }\n`)
    const stage = `[{ after: 0d, action: ${leaving} }]`
    connections.push(
      `  ${product}: { source: company, target: ${product}, mode: review, groups: { byName: {} }, users: { create: true, onDisabled: ${stage}, onLeft: ${stage} } }\n`,
    )
  }
  const source = '  company: { type: file, path: company.json }\n'
  await applyFile(`sources:\n${source}targets:\n${targets.join('')}connections:\n${connections.join('')}`)
})
afterAll(async () => {
  for (const sandbox of sandboxes.values()) await sandbox.stop()
})

async function told(run: Run) {
  const { client } = current()
  const plan = await client.plans.get({ params: { plan: run.planId ?? '' } })
  const { items } = await client.plans.changes({ params: { plan: plan.id }, query: { limit: 200 } })
  return { run, plan, changes: items }
}

describe.each(Object.entries(places))('the sample company goes to %s', (product, { costs }) => {
  const asked = { trigger: 'cli', startedBy: 'os:tester', kind: 'preview' } as const
  const preview = async () => told(await (await current().runner.start(product, asked)).done)

  it('is planned, applied, and then there is nothing left to do', { timeout: 300_000 }, async () => {
    const { client, runner } = current()
    const { control } = sandboxes.get(product)!
    const before = control.state()
    control.resetCounters()
    const planned = await preview()
    const body = { fingerprint: planned.plan.fingerprint, release: { all: true as const } }
    await client.plans.approve({ params: { plan: planned.plan.id }, body })
    const done = await told(await (await runner.apply(planned.plan.id, 'os:tester')).done)
    // Henry comes from a directory that is only read: Bitbucket says so beforehand, the others when it is tried.
    const failed = done.changes.filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven')
    expect(failed.map(({ accountLabel, errorCode }) => [accountLabel?.split(' ')[0], errorCode])).toEqual(
      failed.map(() => ['Henry', 'not-writable']),
    )
    expect(failed.length).toBe(product === 'bitbucket-dc' ? 0 : 2)
    const spent = control.counters().total

    const applied = (kind: string) =>
      done.changes.filter(
        (change) => change.kind === kind && change.outcome !== undefined && change.state !== 'blocked',
      )
    const count = (kind: string) => applied(kind).length
    expect(count('account.create')).toBeGreaterThan(5)
    expect(count('membership.add')).toBeGreaterThan(20)
    const changed = done.changes.filter(
      ({ kind, outcome }) =>
        outcome !== undefined && /^(membership\.(add|remove)|account\.(update|deactivate|activate))$/.test(kind),
    )
    const looks = new Set(changed.map(({ kind, accountLabel }) => `${kind} ${accountLabel}`)).size
    const facts: RunFacts = {
      accounts: before.users.length,
      groups: before.groups.length,
      isFirst: true,
      created: count('account.create'),
      newGroups: count('group.create'),
      membershipCalls: count('membership.add') + count('membership.remove'),
      others: 2 * (count('account.deactivate') + count('account.activate')) + 2 * count('account.update'),
      looks,
    }
    // Whoever is in several groups may be looked at again, as batches happen to fall: a quarter of room.
    const formula = sumOf(callsOfRun(costs, facts))
    expect(
      spent,
      JSON.stringify({ spent, formula, facts, operations: control.counters().operations }),
    ).toBeLessThanOrEqual(1.25 * formula)

    const again = await preview()
    // What was refused for good is not tried again: it is blocked, with that reason.
    const open = again.changes.filter(({ state }) => state !== 'blocked')
    expect(open.map(({ kind, accountLabel, groupLabel, reason }) => [kind, accountLabel, groupLabel, reason])).toEqual(
      [],
    )
  })
})
