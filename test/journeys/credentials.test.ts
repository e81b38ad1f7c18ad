import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replaceSection, table } from '../../scripts/generators/markdown.ts'
import { startSandbox } from '../../src/sandbox/start.ts'
import { companyFile, startProgram } from '../support/program.ts'
import { repositoryRoot } from '../support/temporary.ts'

/** One company, one site, the same rules; each time with other credentials. The page of the connector shows the outcome. */

const token = ['email: ADMIN', 'apiToken: { file: api-token }']
const key = ['orgApiKey: { file: org-key }']
const ways = [
  { name: 'token alone', settings: token, notify: false },
  { name: 'token alone, `users.notify: true`', settings: token, notify: true },
  { name: 'key alone', settings: key, notify: false },
  { name: 'both', settings: [...token, ...key], notify: false },
]

/** What every one of them can do to people who leave. */
const leavers = ['onDisabled', 'onLeft']
  .map((when) => `${when}: [{ after: 0d, action: remove-managed-groups }]`)
  .join(', ')

type Outcome = ReadonlyMap<string, string>

/** The doctor, the first plan, approved as a whole, and what became of it. */
async function outcomeOf({ settings, notify }: (typeof ways)[number]): Promise<Outcome> {
  await using sandbox = await openSandbox()
  const { credentials, site, apiBase, control } = sandbox
  const files = {
    'api-token': credentials.apiToken,
    'org-key': credentials.orgApiKey,
    'company.json': companyFile(sandbox),
  }
  const program = await startProgram({ files })
  const target = [`site: ${site}`, `apiBase: ${apiBase}`, ...settings]
    .join('\n    ')
    .replace('ADMIN', credentials.email)
  await program.applyFile(`sources:
  company: { type: file, path: company.json }
targets:
  acme:
    type: jira-cloud
    ${target}
connections:
  staff: { source: company, target: acme, mode: review, groups: { byName: {} }, users: { notify: ${notify}, ${leavers} } }
`)
  const { client, runner } = program
  const report = await client.targets.check({ params: { key: 'acme' } })
  expect(report.ok, JSON.stringify(report.steps)).toBe(true)
  const asked = { trigger: 'cli', startedBy: 'os:tester', kind: 'preview' } as const
  const { planId = '' } = await (await runner.start('staff', asked)).done
  const params = { plan: planId }
  const { fingerprint } = await client.plans.get({ params })
  await client.plans.approve({ params, body: { fingerprint, release: { all: true } } })
  const run = await (await runner.apply(planId, 'os:tester')).done
  const { items } = await client.plans.changes({ params, query: { limit: 200 } })
  const counts = Object.groupBy(items, ({ kind, outcome, stateReasons: [why] }) =>
    outcome === 'applied' ? kind : `${kind}, ${why?.reason ?? outcome}`,
  )
  const mails = Object.values(control.counters().invitations).reduce((sum, each) => sum + each.mails, 0)
  return new Map([
    ...Object.entries(counts).map(([what, changes]): [string, string] => [what, String(changes?.length)]),
    ['mails to people', String(mails)],
    ['the run ends', run.state],
  ])
}

async function openSandbox() {
  const sandbox = await startSandbox()
  return { ...sandbox, [Symbol.asyncDispose]: () => sandbox.stop() }
}

it('the same plan comes as far as the credentials reach, and the page says so', { timeout: 300_000 }, async () => {
  const outcomes: Outcome[] = []
  for (const way of ways) outcomes.push(await outcomeOf(way))
  const names = [...new Set(outcomes.flatMap((outcome) => [...outcome.keys()]))]
  const last = ['mails to people', 'the run ends']
  const ordered = [...names.filter((name) => !last.includes(name)).toSorted(), ...last]
  const rows = ordered.map((name) => [name, ...outcomes.map((outcome) => outcome.get(name) ?? '-')])
  const page = readFileSync(join(repositoryRoot, 'docs/connectors/jira-cloud.md'), 'utf8')
  expect(page).toBe(replaceSection(page, 'three credentials', table(['', ...ways.map(({ name }) => name)], rows)))
})
