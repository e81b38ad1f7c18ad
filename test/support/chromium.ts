import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type Component, component, findProgram } from './require.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome']
const found = names.map((name) => findProgram(name, ['/usr/bin'])).find((path) => path !== undefined)

/** Whether the system has a Chromium; none is ever downloaded. */
export async function chromiumPresent(): Promise<Component> {
  return await component('chromium', () => found !== undefined || 'chromium is not installed')
}

/** The system's Chromium without a window. The caller closes it. */
export async function openChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: found ?? 'chromium', args: ['--no-sandbox', '--disable-gpu'] })
}

/** What a page did that it must never do: origins it asked, and what the browser complained about. */
export interface Watched {
  readonly origins: Set<string>
  readonly complaints: string[]
}

/** Notes every request and complaint of every page of a context. */
export function watch(context: BrowserContext): Watched {
  const watched: Watched = { origins: new Set(), complaints: [] }
  context.on('request', (request) => void watched.origins.add(new URL(request.url()).origin))
  context.on('console', (message) => {
    // A refused call is an answer the page shows, not a fault of the page.
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (['error', 'warning'].includes(message.type()) && !isRefusal) watched.complaints.push(message.text())
  })
  context.on('weberror', (error) => void watched.complaints.push(String(error.error())))
  return watched
}

interface Violation {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly html: string }[]
}

/** Serious and critical findings of axe on the page as it stands: rule and the first element. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const options = { resultTypes: ['violations'] }
  const violations = (await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )) as readonly Violation[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200) ?? ''}`)
}
