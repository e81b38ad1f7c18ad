import { type Client, createClient } from '../../contract/client.ts'
import type { PlanView } from '../../contract/plans.ts'
import { fail } from '../../domain/errors.ts'
import { HttpClient } from '../../platform/http-client.ts'
import type { Invocation } from '../command.ts'
import { checkLines } from '../commands/check.ts'
import type { DemoStarted } from '../environment.ts'
import { followRun } from '../follow-run.ts'
import type { Output } from '../output.ts'
import { printChanges } from '../plan-changes.ts'
import { effectSentence } from '../render/kinds.ts'
import { planLines } from '../render/plan.ts'
import { outcomeSentence, stateWords } from '../render/run.ts'
import { plain, wrap } from '../render/text.ts'
import { noFilter } from '../show-plan.ts'
import { type DirectoryEdit, type HandEdit, makeDrift } from './drift.ts'

/** Rows of each kind in the first plan: enough to see the reasons, few enough to read; the second plan is short. */
const shownAtFirst = 3
const shownLater = 8

/** Two plans of the story, for the summary and `--json`. */
export interface Told {
  readonly first: PlanView
  readonly second: PlanView
}

/** Tells the demo: check, first plan, apply, drift on both sides, second plan. The second one is left for the reader. */
export async function tellStory(
  started: DemoStarted,
  { output, environment }: Pick<Invocation, 'output' | 'environment'>,
): Promise<Told> {
  const { fetch, baseUrl, token } = started.api
  const client = createClient({ fetch, baseUrl, token })
  const scene: Scene = { client, output, environment, connection: started.connection }
  const { source, target } = await client.connections.get({ params: { key: started.connection } })
  introduce(output, started, source, target)

  title(output, 1, 'Are both sides fit?', `muster check ${source}, muster check ${target}`)
  for (const report of [
    await client.sources.check({ params: { key: source } }),
    await client.targets.check({ params: { key: target } }),
  ]) {
    output.print(checkLines({ ...report, steps: report.steps.map(withoutRemedy) }, output.paint, output.stdout.columns))
  }

  title(output, 2, 'What would a first sync change, and why?', `muster plan ${started.connection}`)
  const planned = await planAndShow(scene, shownAtFirst)
  await tellWhatWaits(scene)

  title(
    output,
    3,
    'Approve it as reviewed, with what is held, and apply it',
    `muster approve ${planned.run.number} --all, muster apply ${planned.run.number}`,
  )
  const first = await approveAndApply(scene, planned)

  title(output, 4, 'Some weeks later', 'in the directory, and by hand in the site')
  const drift = makeDrift(started.company)
  await tellSandbox(started.sandboxUrl, '/__sandbox/ldap/edit', drift.directoryEdits, environment.signal)
  await tellSandbox(started.sandboxUrl, '/__sandbox/edit', drift.edits, environment.signal)
  output.print(['In the directory:', ...drift.inDirectory.map(bullet), 'By hand:', ...drift.byHand.map(bullet)])

  title(output, 5, 'What would the next sync change?', `muster plan ${started.connection}`)
  const second = await planAndShow(scene, shownLater)
  await tellWhatIsLeftAlone(scene, first, second)
  return { first, second }
}

interface Scene {
  readonly client: Client
  readonly output: Output
  readonly environment: Invocation['environment']
  readonly connection: string
}

function introduce(output: Output, started: DemoStarted, source: string, target: string): void {
  output.print([
    output.paint('bold', 'Muster demo: a made-up company and a made-up Atlassian site. Nothing leaves this machine.'),
    `  source "${source}"  the directory of the company: ${started.directory.url}, base DN ${started.directory.baseDn}`,
    `  target "${target}"  a site that years of hand work left behind: ${started.sandboxUrl}`,
    `  connection "${started.connection}" joins them; its mode is review: nothing is sent before a person approves.`,
  ])
}

function title(output: Output, number: number, text: string, typed: string): void {
  output.print(['', output.paint('bold', `${number}. ${text}`), output.paint('grey', `   (${typed})`)])
}

const bullet = (text: string) => `  - ${plain(text)}`

/** The demo makes its own credentials; advice about their expiry would only be noise. */
function withoutRemedy<Step extends { readonly status: string; readonly remedy?: string | undefined }>(step: Step) {
  return step.status === 'failed' ? step : { ...step, remedy: undefined }
}

async function planAndShow({ client, output, environment, connection }: Scene, limit: number): Promise<PlanView> {
  const started = await client.connections.run({ params: { key: connection }, body: { kind: 'preview' } })
  const run = await followRun({ client, run: started, output, environment, onSignal: 'leave' })
  if (run.planId === undefined || run.error !== undefined) throw failedRun(run.number, run.error?.message)
  const plan = await client.plans.get({ params: { plan: run.planId } })
  output.print(planLines(plan, output.paint, output.stdout.columns).slice(1))
  if (!output.json) {
    const rest = `muster plan ${run.number} --all`
    await printChanges({ client, call: {}, output, plan, filter: noFilter, limit, outcomes: false, rest })
  }
  return plan
}

async function tellWhatWaits({ client, output, connection }: Scene): Promise<void> {
  const { items } = await client.workItems.list({ query: { connection, limit: 5 } })
  if (items.length === 0) return
  const width = Math.max(60, output.stdout.columns) - 6
  output.print(['', output.paint('bold', 'Nothing is planned for these; a person decides (muster items)')])
  for (const { label, message } of items) {
    const text = message.startsWith(label) ? message : `${label}: ${message}`
    output.print(wrap(plain(text), width).map((line, index) => `  ${index === 0 ? '- ' : '  '}${line}`))
  }
}

/** Members of a taken-over group whom nobody but a person put there, as the last read saw them. */
async function tellWhatIsLeftAlone({ client, output }: Scene, first: PlanView, second: PlanView): Promise<void> {
  const adopted = await client.plans.changes({
    params: { plan: first.id },
    query: { kind: ['group.adopt'], limit: 50 },
  })
  let most: { readonly name: string; readonly labels: readonly string[] } | undefined
  for (const { group, groupLabel } of adopted.items) {
    if (group === undefined || !('id' in group)) continue
    const params = { directoryKey: second.directoryKey, groupId: group.id }
    const { items } = await client.groups.members({ params })
    const labels = items.filter(({ grantedBy }) => grantedBy === undefined).map(({ label }) => label)
    if (labels.length > (most?.labels.length ?? 0)) most = { name: groupLabel ?? group.id, labels }
  }
  if (most === undefined) return
  const { name, labels } = most
  const text = `In "${name}", put there by people and not by us, so they stay: ${labels.slice(0, 6).join(', ')}${labels.length > 6 ? ' ...' : ''}.`
  const width = Math.max(60, output.stdout.columns) - 2
  output.print(['', output.paint('bold', 'Left alone'), ...wrap(plain(text), width).map((line) => `  ${line}`)])
  output.print(['  With groups.ownership: mapped the group would mirror the directory instead.'])
}

async function approveAndApply({ client, output, environment }: Scene, plan: PlanView): Promise<PlanView> {
  const params = { plan: plan.id }
  await client.plans.approve({ params, body: { fingerprint: plan.fingerprint, release: { all: true } } })
  const started = await client.plans.apply({ params })
  const run = await followRun({ client, run: started, output, environment, onSignal: 'leave', restedAs: plan.run })
  if (run.state !== 'applied' && run.state !== 'partial') throw failedRun(run.number, run.error?.message)
  const after = await client.plans.get({ params })
  const done = after.tally.filter(({ outcome }) => outcome === 'applied' || outcome === 'alreadyTrue')
  const { colour, means } = stateWords[run.state]
  output.print([
    output.paint(colour, `Run ${run.number} ${means}. ${outcomeSentence(run.outcomes)}`),
    ...wrap(`Done: ${effectSentence(done)}`, Math.max(60, output.stdout.columns)),
    ...(run.state === 'partial' ? [`What was left, and why: muster runs ${run.number}`] : []),
  ])
  return after
}

/** What somebody does meanwhile, in the directory or in Atlassian's own screens. */
async function tellSandbox(
  sandboxUrl: string,
  path: string,
  edits: readonly (HandEdit | DirectoryEdit)[],
  signal: AbortSignal,
): Promise<void> {
  const http = new HttpClient({ base: sandboxUrl })
  try {
    for (const body of edits) {
      const { status, text } = await http.send({ operation: 'sandbox.edit', method: 'POST', path, body }, signal)
      if (status !== 200) throw fail.rejected(`The sandbox refused an edit: ${plain(text.slice(0, 200))}`)
    }
  } finally {
    http.close()
  }
}

function failedRun(number: number, message: string | undefined) {
  return fail.rejected(
    `Run ${number} of the demo did not end as it should${message === undefined ? '.' : `: ${message}`}`,
  )
}
