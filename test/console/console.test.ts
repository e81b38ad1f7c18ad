import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from '../../src/platform/built-web.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { chromiumPresent, openChromium, seriousFindings, type Watched, watch } from '../support/chromium.ts'
import { companyFile, sharedProgram } from '../support/program.ts'
import { repositoryRoot } from '../support/temporary.ts'

const installed = await chromiumPresent()
const password = 'plenty of words to remember'

describe.skipIf(!installed.present)(`the console in a browser${installed.skipReason}`, () => {
  const web = join(repositoryRoot, 'dist', 'web')
  const running = sharedProgram({ console: () => ({ folder: web }) })
  let sandbox: Sandbox
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let watched: Watched

  beforeAll(async () => {
    const program = running()
    const signal = new AbortController().signal
    expect(await builtWeb({ root: repositoryRoot, say: () => undefined, signal })).toEqual({ folder: web })
    sandbox = await startSandbox({ company: 'small' })
    writeFileSync(join(program.folder, 'company.json'), companyFile(sandbox))
    writeFileSync(join(program.folder, 'token'), sandbox.credentials.apiToken)
    writeFileSync(join(program.folder, 'key'), sandbox.credentials.orgApiKey)
    await program.applyFile(configuration(sandbox))
    browser = await openChromium()
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
    watched = watch(context)
    page = await context.newPage()
    page.setDefaultTimeout(30_000)
  })
  afterAll(async () => {
    await browser?.close()
    await sandbox?.stop()
  })

  const button = (name: RegExp) => page.getByRole('main').getByRole('button', { name })
  const inDialog = (name: RegExp) => page.getByRole('dialog').getByRole('button', { name })

  it('makes the first administrator with the code of the terminal, by keyboard alone', async () => {
    const code = (await running().app.offerSetup()) ?? ''
    await page.goto(running().url)
    await page.getByLabel('Set-up code').waitFor()
    await reach('Set-up code')
    await page.keyboard.type(code)
    await page.keyboard.press('Tab')
    await page.keyboard.type('anna')
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })

  it('previews, releases a part, applies it live and says what was left', async () => {
    await page.getByRole('link', { name: 'Staff' }).click()
    await button(/^Preview now$/).click()
    await inDialog(/^Preview now$/).click()
    await page.getByRole('heading', { name: 'Run 1' }).waitFor()
    await button(/^Approve \d+ changes$/).waitFor()
    // Two groups with members exist already and are held; one of them is let go, the other stays.
    await page.getByRole('button', { name: /^Manage existing groups/ }).click()
    const box = page.getByRole('checkbox', { name: /^Select change/ }).first()
    await box.press('Space')
    await button(/^Release 1 selected change$/).press('Enter')
    await inDialog(/^Release 1 selected change$/).press('Enter')
    await button(/^Apply \d+ changes$/).click()
    await inDialog(/^Apply \d+ changes$/).click()
    await page.getByText('Applied in part').first().waitFor()
    const { items } = await running().client.runs.list({})
    expect(items[0]).toMatchObject({ number: 1, state: 'partial' })
    expect(items[0]?.outcomes.applied).toBeGreaterThan(50)
    const params = { plan: items[0]?.planId ?? '' }
    const held = await running().client.plans.changes({ params, query: { kind: ['group.adopt'], state: ['held'] } })
    expect(held.items).toHaveLength(1)
  })

  it('finds changes by text and shows each with its reason and values', async () => {
    await page.goto(`${running().url}/runs/1`)
    const [person] = sandbox.directory.people
    await page.getByRole('textbox', { name: 'Search account, group or person' }).fill(person?.mail ?? '')
    await page.waitForURL(/text=/)
    const row = page.getByRole('region', { name: 'Changes' }).getByRole('button').first()
    await row.waitFor()
    await row.press('Enter')
    await page.getByText('Rule', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
  })

  it('has no serious finding of axe on any page, in light and in dark', { timeout: 120_000 }, async () => {
    const findings: string[] = []
    for (const path of paths) {
      await page.goto(running().url + path)
      await page.getByRole('main').getByRole('heading').first().waitFor()
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' })
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const finding of await seriousFindings(page)) findings.push(`${colorScheme} ${path} ${finding}`)
      }
    }
    expect(findings).toEqual([])
  })

  it('has asked its own origin only, and the browser had nothing to complain about', () => {
    expect([...watched.origins]).toEqual([running().url])
    expect(watched.complaints).toEqual([])
  })

  /** Moves the focus by Tab until it is on a field with this label. */
  async function reach(label: string) {
    for (let step = 0; step < 20; step++) {
      if (await page.getByLabel(label).evaluate((element) => element === element.ownerDocument.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab never reaches "${label}".`)
  }
})

const paths = [
  '/',
  '/connections',
  '/connections/staff',
  '/connections/new',
  '/sources',
  '/sources/new',
  '/sources/hr',
  '/sources/idp/push',
  '/targets/acme',
  '/local',
  '/runs',
  '/runs/1',
  '/people',
  '/groups',
  '/approvals',
  '/audit',
  '/settings',
]

function configuration({ site, apiBase, credentials }: Sandbox): string {
  return `
sources:
  hr: { type: file, path: company.json }
  idp: { type: scim-push }
  own: { type: local }
targets:
  acme:
    type: jira-cloud
    site: ${JSON.stringify(site)}
    apiBase: ${JSON.stringify(apiBase)}
    email: ${JSON.stringify(credentials.email)}
    apiToken: { file: token }
    orgApiKey: { file: key }
connections:
  staff:
    displayName: Staff
    source: hr
    target: acme
    mode: review
    groups: { byName: {} }
`
}
