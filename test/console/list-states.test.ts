import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from '../../src/platform/built-web.ts'
import { type FaultyProxy, startFaultyProxy } from '../doubles/faulty-proxy.ts'
import { chromiumPresent, openChromium, seriousFindings, type Watched, watch } from '../support/chromium.ts'
import { sharedProgram } from '../support/program.ts'
import { repositoryRoot } from '../support/temporary.ts'

// Empty, loading, failed, not allowed and filtered to nothing are designed for every list (ux.md 4). The server is real;
// what goes wrong between it and the browser goes wrong in a proxy.
const installed = await chromiumPresent()

interface List {
  readonly path: string
  /** The call that fills it. */
  readonly call: RegExp
  /** What is said where there is nothing; absent = there is always something. */
  readonly empty?: string
  /** The page with filters that nothing passes, and what is said then. */
  readonly filtered?: readonly [path: string, text: string]
  /** Nothing is set up yet, where the list is empty only then. */
  readonly bare?: true
}

const calls = (path: string) => new RegExp(String.raw`^GET /api/v1/${path}(\?|$)`)
const work = '/work?connection=staff&tab='

const lists: readonly List[] = [
  { path: '/', call: calls('connections'), empty: 'Nothing is connected yet', bare: true },
  { path: '/connections', call: calls('connections'), empty: 'No connection yet', bare: true },
  { path: '/sources', call: calls('sources'), empty: 'No source yet', bare: true },
  { path: '/targets', call: calls('targets'), empty: 'No target yet', bare: true },
  { path: '/local', call: calls('local/own/people'), empty: 'Nobody yet' },
  { path: '/local', call: calls('local/own/groups'), empty: 'No group yet' },
  { path: '/connections/staff', call: calls('runs'), empty: 'No run yet' },
  {
    path: '/runs',
    call: calls('runs'),
    empty: 'No run yet',
    filtered: ['/runs?connection=staff', 'No run matches these filters'],
  },
  {
    path: '/reports',
    call: calls('report'),
    empty: 'Nothing was done yet',
    filtered: ['/reports?person=nobody', 'Nothing was done that fits these filters'],
  },
  { path: '/groups', call: calls('groups'), empty: 'No group known' },
  { path: '/approvals', call: calls('runs'), empty: 'Nothing waits for a person' },
  {
    path: '/work',
    call: calls('work-items'),
    empty: 'No question is open',
    filtered: ['/work?connection=staff', 'Nothing matches these filters'],
  },
  {
    path: `${work}unmanaged`,
    call: calls('connections/staff/accounts/unmanaged'),
    empty: 'Every account belongs to somebody of a source',
    filtered: [`${work}unmanaged&text=nobody`, 'Nothing matches these filters'],
  },
  {
    path: `${work}orphaned`,
    call: calls('connections/staff/accounts/orphaned'),
    empty: 'No account has lost its record',
    filtered: [`${work}orphaned&text=nobody`, 'Nothing matches these filters'],
  },
  { path: `${work}decided`, call: calls('decisions'), empty: 'No decision is remembered' },
  {
    path: `${work}decided`,
    call: calls('connections/staff/exceptions'),
    empty: 'Nothing was decided beside the rules',
  },
  { path: '/connections/staff/drift', call: calls('connections/staff/drift/look'), empty: 'Nobody has looked yet' },
  { path: '/sources/idp/push', call: calls('sources/idp/push/requests'), empty: 'No request yet' },
  { path: '/audit', call: calls('audit') },
  { path: '/account', call: calls('me/sessions') },
  { path: '/account', call: calls('me/tokens'), empty: 'No token yet' },
  { path: '/settings', call: calls('tokens'), empty: 'No token yet' },
  { path: '/settings?tab=users', call: calls('users') },
  { path: '/settings?tab=notifications', call: calls('notifications'), empty: 'Nobody is told' },
  { path: '/settings?tab=notifications', call: calls('notifications/deliveries'), empty: 'Nothing was told yet.' },
  { path: '/settings?tab=secrets', call: calls('secrets'), empty: 'No secret is sealed in the store' },
]

describe.skipIf(!installed.present)(`the states of every list${installed.skipReason}`, () => {
  const web = join(repositoryRoot, 'dist', 'web')
  const running = sharedProgram({ console: () => ({ folder: web }) })
  let browser: Browser
  let context: BrowserContext
  let watched: Watched

  beforeAll(async () => {
    const signal = new AbortController().signal
    expect(await builtWeb({ root: repositoryRoot, say: () => undefined, signal })).toEqual({ folder: web })
    browser = await openChromium()
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    watched = watch(context)
    const page = await context.newPage()
    await page.goto(running().url)
    await page.getByLabel('Set-up code').fill((await running().app.offerSetup()) ?? '')
    await page.getByLabel('User name').fill('anna')
    await page.getByRole('textbox', { name: 'Password' }).fill('plenty of words to remember')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.close()
  })
  afterAll(async () => {
    await browser?.close()
  })

  const main = (page: Page) => page.getByRole('main')

  /** Somebody with a browser, and what stands between it and the server. */
  interface Visitor {
    readonly page: Page
    readonly proxy: FaultyProxy
    /** A cookie counts for a host whatever the port, so who signed in at the server is known behind the proxy, too. */
    open(path: string): Promise<unknown>
  }

  async function visitor(): Promise<Visitor> {
    const page = await context.newPage()
    page.setDefaultTimeout(40_000)
    const proxy = await startFaultyProxy(running().url, Date.now)
    return { page, proxy, open: (path) => page.goto(`${proxy.baseUrl}${path}`) }
  }

  /** Three look at some lists, each at one after the other; tells what was not as it should be. */
  async function each(some: readonly List[], look: (list: List, visitor: Visitor) => Promise<readonly string[]>) {
    const waiting = [...some]
    const findings: string[] = []
    const worker = async () => {
      const somebody = await visitor()
      for (let list = waiting.shift(); list !== undefined; list = waiting.shift()) {
        const { path, call } = list
        const told = await look(list, somebody).catch((thrown: unknown) => [String(thrown).slice(0, 500)])
        findings.push(...told.map((finding) => `${path} (${call.source}): ${finding}`))
        somebody.proxy.calm()
      }
      await somebody.page.close()
      await somebody.proxy.close()
    }
    await Promise.all([worker(), worker(), worker()])
    return findings
  }

  /** What axe finds; of states that look the same in every list it is asked about some. */
  const findingsIn = async (list: List, page: Page) =>
    lists.indexOf(list) % 6 === 0 ? await seriousFindings(page) : []

  async function isSaid({ page, open }: Visitor, path: string, text: string): Promise<readonly string[]> {
    await open(path)
    await main(page).getByText(text, { exact: true }).first().waitFor()
    return await seriousFindings(page)
  }

  it('say what would be here while nothing is', async () => {
    const unread = 'No run has read this target yet'
    const bare = lists.filter((list) => list.bare === true)
    expect(await each(bare, ({ path, empty = '' }, somebody) => isSaid(somebody, path, empty))).toEqual([])
    writeFileSync(join(running().folder, 'people.csv'), 'id,userName,mail\n1,ann,ann@acme.example\n')
    await running().applyFile(configuration)
    const rest = lists.filter((list) => list.bare !== true && list.empty !== undefined)
    const beforeAnyRun = ({ path, empty = '' }: List) => (/tab=(unmanaged|orphaned)$/.test(path) ? unread : empty)
    expect(await each(rest, (list, somebody) => isSaid(somebody, list.path, beforeAnyRun(list)))).toEqual([])
  })

  it('say that nothing matches the filters, and take them away', async () => {
    const findings = (some: readonly List[]) =>
      each(some, async ({ filtered: [path, text] = ['', ''], empty = '' }, { page, open }) => {
        await open(path)
        await main(page).getByText(text, { exact: true }).first().waitFor()
        const found = await seriousFindings(page)
        await main(page).getByRole('button', { name: 'Clear filters' }).last().click()
        await main(page).getByText(empty, { exact: true }).first().waitFor()
        return found
      })
    const filtered = lists.filter((list) => list.filtered !== undefined)
    expect(await findings(filtered.filter(({ path }) => !path.startsWith(work)))).toEqual([])
    const { client } = running()
    const { number } = await client.connections.run({ params: { key: 'staff' }, body: { kind: 'preview' } })
    const run = async () => await client.runs.get({ params: { run: String(number) } })
    await expect.poll(run, { timeout: 60_000 }).toMatchObject({ state: 'planned' })
    expect(await findings(filtered.filter(({ path }) => path.startsWith(work)))).toEqual([])
  })

  it('say that they are loading, to those who do not see it, too', async () => {
    const findings = await each(lists, async (list, { page, proxy, open }) => {
      proxy.add({ matches: list.call, kind: 'hang' })
      await open(list.path)
      await main(page).getByRole('status', { name: 'Loading' }).first().waitFor()
      return await findingsIn(list, page)
    })
    expect(findings).toEqual([])
  })

  it('say what went wrong, and are there as soon as it goes again', async () => {
    const message = 'The store gave an answer nobody understands.'
    const body = { error: { code: 'bug', message, hint: 'Tell whoever runs this server.' } }
    const findings = await each(lists, async (list, { page, proxy, open }) => {
      proxy.add({ matches: list.call, kind: 'answer', status: 500, answer: () => body })
      await open(list.path)
      const alert = main(page).getByRole('alert').filter({ hasText: message }).first()
      await alert.waitFor()
      expect(await alert.textContent()).toContain('Tell whoever runs this server.')
      const found = await findingsIn(list, page)
      proxy.calm()
      await alert.getByRole('button', { name: 'Try again' }).click()
      await alert.waitFor({ state: 'detached' })
      return found
    })
    expect(findings).toEqual([])
  })

  it('say who may see them to those who may not', async () => {
    const body = {
      error: { code: 'not-allowed', message: 'This needs the role admin.', hint: 'Ask an administrator.' },
    }
    const findings = await each(lists, async (list, { page, proxy, open }) => {
      proxy.add({ matches: list.call, kind: 'answer', status: 403, answer: () => body })
      await open(list.path)
      await main(page).getByText('You may not see this').first().waitFor()
      await main(page).getByText('This needs the role admin.').first().waitFor()
      return await findingsIn(list, page)
    })
    expect(findings).toEqual([])
  })

  it('give the browser nothing to complain about', () => {
    expect(watched.complaints).toEqual([])
  })
})

const configuration = `
sources:
  hr: { type: file, path: people.csv }
  idp: { type: scim-push }
  own: { type: local }
targets:
  acme: { type: local, directory: own }
connections:
  staff: { source: hr, target: acme, groups: { byName: {} } }
`
