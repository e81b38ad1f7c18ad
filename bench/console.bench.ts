import { join } from 'node:path'
import { builtWeb } from '../src/platform/built-web.ts'
import { chromiumPresent, openChromium } from '../test/support/chromium.ts'
import { change, samplePlan, sampleRun } from '../test/support/plans.ts'
import { runProgram } from '../test/support/program.ts'
import { type Bench, type Row, seconds } from './row.ts'

const root = join(import.meta.dirname, '..')
const password = 'plenty of words to remember'
const batch = 5_000

/** A large plan in a real browser: from the address to the first change on the screen, and what a filter takes. */
const bench: Bench = {
  name: 'console',
  async run({ quick, say }) {
    const { present, skipReason } = await chromiumPresent()
    if (!present) {
      say(skipReason)
      return []
    }
    const size = quick ? 5_000 : 100_000
    const built = await builtWeb({ root, say, signal: new AbortController().signal })
    const { program, stop } = await runProgram({ console: () => built })
    const browser = await openChromium()
    try {
      const run = await program.store.runs.create(sampleRun({ state: 'planned' }))
      const summary = { counts: {}, total: size, ready: size, held: 0, blocked: 0, read: {}, notices: [] }
      const plan = samplePlan(run.id, { summary })
      await program.store.plans.save(plan, changesOf(size))
      await program.store.runs.update(run.id, { planId: plan.id })
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      await page.goto(program.url)
      await page.getByLabel('Set-up code').fill((await program.app.offerSetup()) ?? '')
      await page.getByLabel('User name').fill('anna')
      await page.getByRole('textbox', { name: 'Password' }).fill(password)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      const first = page.getByRole('region', { name: 'Changes' }).getByRole('button').first()
      const opening: number[] = []
      for (let round = 0; round < 3; round++) {
        const began = performance.now()
        await page.goto(`${program.url}/runs/${run.number}`)
        await first.waitFor()
        opening.push(performance.now() - began)
      }
      const elements = await page.evaluate('document.querySelectorAll("*").length')
      const filtering: number[] = []
      for (const text of ['person777@', 'person99', 'dev']) {
        const began = performance.now()
        const params = { plan: plan.id }
        await Promise.all([
          program.client.plans.facets({ params, query: { text } }),
          program.client.plans.changes({ params, query: { text, limit: 200 } }),
        ])
        filtering.push(performance.now() - began)
      }
      const rows: Row[] = [
        {
          work: `console: open a plan of ${size.toLocaleString('en')} changes`,
          measured: `${seconds(Math.min(...opening))} to the first change, ${String(elements)} elements`,
          goal: '< 1 s',
        },
        {
          work: `console: filter it by text, page and counts`,
          measured: `${Math.round(median(filtering))} ms (${filtering.map((ms) => Math.round(ms)).join(', ')})`,
          goal: '< 200 ms',
        },
      ]
      return rows
    } finally {
      await browser.close()
      await stop()
    }
  },
}

function* changesOf(size: number) {
  for (let start = 1; start <= size; start += batch)
    yield Array.from({ length: Math.min(batch, size - start + 1) }, (_, index) => change(start + index))
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}

export default bench
