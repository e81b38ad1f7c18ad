import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type RunFacts as CloudFacts,
  callsOfRun as callsOfCloud,
} from '../../src/connectors/kit/atlassian-cloud/forecast.ts'
import { callsOfRun as callsOfDataCenter } from '../../src/connectors/kit/data-center/forecast.ts'
import { callsOfRun as callsOfScim } from '../../src/connectors/kit/scim/forecast.ts'
import { costs as guard } from '../../src/connectors/targets/atlassian-scim/capabilities.ts'
import { callsBeside as besideBitbucket } from '../../src/connectors/targets/bitbucket-cloud/capabilities.ts'
import { costs as bitbucket } from '../../src/connectors/targets/bitbucket-dc/capabilities.ts'
import { callsBeside as besideConfluence } from '../../src/connectors/targets/confluence-cloud/capabilities.ts'
import { costs as confluence } from '../../src/connectors/targets/confluence-dc/capabilities.ts'
import { costs as crowd } from '../../src/connectors/targets/crowd/capabilities.ts'
import { costs as jira } from '../../src/connectors/targets/jira-dc/capabilities.ts'
import { costs as scim } from '../../src/connectors/targets/scim/capabilities.ts'
import type { Run } from '../../src/domain/run.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import { writeJson } from '../../src/sandbox/company/write.ts'
import { type Place, places } from '../doubles/target-places.ts'
import { sharedProgram } from '../support/program.ts'
import { repositoryRoot } from '../support/temporary.ts'

/** The sample company from one file to every kind of target there is, and its calls beside the formulas of their pages. */

type Told = Awaited<ReturnType<typeof told>>
type Changes = Told['changes']
type Here = ReturnType<Place['here']>

/** Calls by the formula of a plan that is approved and applied, from what the plan said. */
const formulas: Readonly<Record<string, (here: Here, done: Changes) => number>> = {
  'atlassian-scim': (here, done) => sumOf(callsOfScim(guard, scimFacts(here, done))),
  'bitbucket-cloud': (here, done) => ofCloud(here, done, besideBitbucket),
  'bitbucket-dc': (here, done) => sumOf(callsOfDataCenter(bitbucket, dataCenterFacts(here, done, true))),
  'confluence-cloud': (here, done) => ofCloud(here, done, besideConfluence),
  'confluence-dc': (here, done) => sumOf(callsOfDataCenter(confluence, dataCenterFacts(here, done))),
  crowd: (here, done) => sumOf(callsOfDataCenter(crowd, dataCenterFacts(here, done))),
  'jira-cloud': (here, done) => ofCloud(here, done),
  'jira-dc': (here, done) => sumOf(callsOfDataCenter(jira, dataCenterFacts(here, done))),
  scim: (here, done) => sumOf(callsOfScim(scim, scimFacts(here, done))),
}

const sumOf = (calls: object) => Object.values(calls).reduce((sum: number, each: number) => sum + each, 0)
const isSent = ({ outcome, state }: Changes[number]) => outcome !== undefined && state !== 'blocked'
const count = (done: Changes, kind: string) => done.filter((change) => change.kind === kind && isSent(change)).length
const others = /^account\.(update|deactivate|activate)$/

function scimFacts(here: Here, done: Changes) {
  const groups = done.filter((change) => change.kind.startsWith('membership.') && isSent(change) && isWritten(change))
  return {
    ...here,
    created: count(done, 'account.create'),
    newGroups: count(done, 'group.create'),
    memberRequests: new Set(groups.map(({ kind, groupLabel }) => `${kind} ${groupLabel}`)).size,
    others: done.filter((change) => others.test(change.kind) && isSent(change)).length,
  }
}

/** Adopting and releasing are notes of ours, without a call. */
const isWritten = ({ kind }: Changes[number]) => /\.(add|remove|create|update|deactivate|activate)$/.test(kind)

function dataCenterFacts(here: Here, done: Changes, writesGroupsAtOnce = false) {
  const changed = done.filter(
    (change) => isSent(change) && (others.test(change.kind) || /^membership\.(add|remove)$/.test(change.kind)),
  )
  const added = done.filter((change) => change.kind === 'membership.add' && isSent(change))
  const additions = writesGroupsAtOnce ? new Set(added.map(({ groupLabel }) => groupLabel)).size : added.length
  return {
    ...here,
    isApproved: true,
    isFirst: true,
    created: count(done, 'account.create'),
    newGroups: count(done, 'group.create'),
    membershipCalls: additions + count(done, 'membership.remove'),
    others:
      2 * (count(done, 'account.deactivate') + count(done, 'account.activate')) + 2 * count(done, 'account.update'),
    refused: done.filter(({ outcome }) => outcome === 'failed').length,
    looks: new Set(changed.map(({ kind, accountLabel }) => `${kind} ${accountLabel}`)).size,
  }
}

function ofCloud(here: Here, done: Changes, beside = 10): number {
  const written = done.filter((change) => isSent(change) && isWritten(change))
  const created = new Set(written.filter(({ kind }) => kind === 'account.create').map((each) => each.accountLabel))
  const singles = written.filter(
    ({ kind, accountLabel }) => kind !== 'account.create' && kind !== 'group.create' && !created.has(accountLabel),
  )
  const changed = [...new Set(singles.map(({ kind }) => kind))].map(
    (kind) => new Set(singles.filter((each) => each.kind === kind).map(({ accountLabel }) => accountLabel)).size,
  )
  const facts: CloudFacts = {
    key: true,
    token: true,
    beside,
    ...here,
    created: created.size,
    profiles: created.size,
    // At most: everybody has groups of their own, which ride on an invitation of their own.
    invitations: created.size,
    newGroups: count(done, 'group.create'),
    singles: singles.length,
    changed,
  }
  // A plan reads everything; once it is approved, only who we are is asked again.
  const reading = callsOfCloud(facts)['read before']
  return reading + sumOf(callsOfCloud({ ...facts, isApproved: true, isFirst: true }))
}

/** What the page says: target, formula, measured. */
const documented = new Map(
  [
    ...readFileSync(join(repositoryRoot, 'docs/connectors/README.md'), 'utf8').matchAll(
      /^\| \[`([a-z-]+)`\]\([a-z-]+\.md#calls-of-a-run\) \|.*\| (\d+) \| (\d+) \|$/gm,
    ),
  ].map(([, kind = '', formula, measured]) => [kind, { formula: Number(formula), measured: Number(measured) }]),
)

/**
 * A run takes as many changes at a time as are done in a certain time. On a clock that hardly moves it takes all it can, so that
 * the calls are the same on every machine, however busy.
 */
let at = systemClock.now()
const unhurried: Clock = {
  now: () => {
    at += 1
    return at
  },
  sleep: systemClock.sleep,
}
const current = sharedProgram({ clock: unhurried })
const started = new Map<string, Place>()

beforeAll(async () => {
  for (const [kind, start] of Object.entries(places)) started.set(kind, await start())
  const { folder, applyFile } = current()
  const company = started.get('jira-cloud')?.directory
  if (company === undefined) throw new Error('The sandbox has no company')
  await writeJson(company, join(folder, 'company.json'))
  const targets: string[] = []
  const connections: string[] = []
  for (const [kind, { settings, secrets }] of started) {
    mkdirSync(join(folder, kind))
    for (const [name, value] of Object.entries(secrets)) writeFileSync(join(folder, kind, name), value)
    targets.push(`  ${kind}: { type: ${kind}, ${settings.replaceAll('{ file: ', `{ file: ${kind}/`)} }\n`)
    const stage = `[{ after: 0d, action: ${kind === 'bitbucket-dc' ? 'remove-access' : 'deactivate'} }]`
    connections.push(
      `  ${kind}: { source: company, target: ${kind}, mode: review, groups: { byName: {} }, users: { onDisabled: ${stage}, onLeft: ${stage} } }\n`,
    )
  }
  const source = '  company: { type: file, path: company.json }\n'
  await applyFile(`sources:\n${source}targets:\n${targets.join('')}connections:\n${connections.join('')}`)
})
afterAll(async () => {
  for (const place of started.values()) await place.stop()
})

async function told(run: Run) {
  const { client } = current()
  const plan = await client.plans.get({ params: { plan: run.planId ?? '' } })
  const { items } = await client.plans.changes({ params: { plan: plan.id }, query: { limit: 200 } })
  return { run, plan, changes: items }
}

describe.each(Object.keys(places))('the sample company goes to %s', (kind) => {
  const asked = { trigger: 'cli', startedBy: 'os:tester', kind: 'preview' } as const
  const preview = async () => told(await (await current().runner.start(kind, asked)).done)

  it('is planned, applied within the calls that are written down, and then there is nothing left to do', {
    timeout: 300_000,
  }, async () => {
    const { client, runner } = current()
    const place = started.get(kind) as Place
    const here = place.here()
    place.reset()
    const planned = await preview()
    const body = { fingerprint: planned.plan.fingerprint, release: { all: true as const } }
    await client.plans.approve({ params: { plan: planned.plan.id }, body })
    const done = await told(await (await runner.apply(planned.plan.id, 'os:tester')).done)
    const { total, words } = place.counted()

    // Henry comes from a directory that is only read: Bitbucket says so beforehand, the others when it is tried.
    const failed = done.changes.filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven')
    const readsHenry = ['confluence-dc', 'crowd', 'jira-dc'].includes(kind)
    expect(failed.map(({ accountLabel, errorCode }) => [accountLabel?.split(' ')[0], errorCode])).toEqual(
      readsHenry ? Array(2).fill(['Henry', 'not-writable']) : [],
    )
    expect(count(done.changes, 'account.create')).toBeGreaterThan(5)
    expect(count(done.changes, 'membership.add')).toBeGreaterThan(20)

    const formula = formulas[kind]?.(here, done.changes) ?? 0
    expect(total, words).toBeLessThanOrEqual(1.05 * formula)
    const page = documented.get(kind)
    expect(page?.formula, `docs/connectors/README.md, formula of ${kind}; ${total} were measured`).toBe(formula)
    expect(page?.measured, `docs/connectors/README.md, measured for ${kind}`).toBeLessThanOrEqual(1.05 * formula)

    // What was refused for good is not tried again: it is blocked, with that reason.
    const open = (await preview()).changes.filter(({ state }) => state !== 'blocked')
    expect(
      open.map(({ kind: each, accountLabel, groupLabel, reason }) => [each, accountLabel, groupLabel, reason]),
    ).toEqual([])
  })
})
