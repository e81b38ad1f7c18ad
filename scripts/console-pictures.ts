// `npm run console:pictures`: takes the pictures of docs/console anew, of the demo as it runs right now. Needs the system's
// Chromium. Look at each of them before they are committed.
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Locator, Page } from 'playwright-core'
import { openChromium } from '../test/support/chromium.ts'

const root = join(fileURLToPath(import.meta.url), '..', '..')
const folder = join(root, 'docs', 'console')
/** Small enough for the repository, and every letter can still be read. */
const quality = 0.8
const size = { width: 1180, height: 760 }

interface Running {
  readonly url: string
  readonly signIn: string
  readonly token: string
  stop(): Promise<void>
}

/** The demo, once its story is told and it waits for a reader. */
async function startDemo(): Promise<Running> {
  const child = spawn(process.execPath, [join(root, 'bin', 'muster.js'), 'demo', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TZ: 'UTC' },
  })
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  let text = ''
  for await (const part of child.stdout) {
    text += String(part)
    const [, signIn] = /Console +(\S+link\S+)/.exec(text) ?? []
    const [, url, token] = /MUSTER_URL=(\S+) MUSTER_TOKEN=(\S+)/.exec(text) ?? []
    if (signIn === undefined || url === undefined || token === undefined) continue
    const stop = async () => {
      child.kill('SIGINT')
      await ended
    }
    return { url, signIn, token, stop }
  }
  throw new Error(`The demo ended before its story was told:\n${text}`)
}

/** A connection that the store keeps, so that its rules can be changed; the one of the demo stands in a file. */
async function saveRules({ url, token }: Running): Promise<void> {
  const jobTitle = { from: 'title', steps: [{ trim: true }, { lower: true }] }
  const document = {
    displayName: 'People',
    source: 'company',
    target: 'sandbox',
    mode: 'preview',
    users: { mapping: { jobTitle } },
    groups: { byName: {} },
  }
  const answer = await fetch(`${url}/api/v1/connections/people`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ document }),
  })
  if (!answer.ok) throw new Error(`The rules were not saved: ${answer.status} ${await answer.text()}`)
}

async function pageIn(browser: Browser, { signIn }: Running): Promise<Page> {
  const context = await browser.newContext({ viewport: size, colorScheme: 'light', timezoneId: 'UTC', locale: 'en' })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(signIn)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  return page
}

/** Scrolls something into the middle, as a person does. */
async function show(what: Locator): Promise<void> {
  const page = what.page()
  await page.waitForLoadState('networkidle')
  const box = await what.first().boundingBox()
  if (box === null) throw new Error('What is to be shown is not on the page.')
  await page.mouse.move(size.width / 2, size.height / 2)
  await page.mouse.wheel(0, box.y - size.height / 2)
  // The wheel is answered by an animation of the browser.
  await page.waitForTimeout(1_000)
}

async function keep(page: Page, name: string, browser: Browser): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate('document.fonts.ready')
  const png = (await page.screenshot({ animations: 'disabled', caret: 'hide' })).toString('base64')
  const drawing = await browser.newPage()
  const address = (await drawing.evaluate(`new Promise((done) => {
    const image = new Image()
    image.onload = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
      canvas.getContext('2d').drawImage(image, 0, 0)
      done(canvas.toDataURL('image/webp', ${quality}))
    }
    image.src = 'data:image/png;base64,${png}'
  })`)) as string
  await drawing.close()
  const bytes = Buffer.from(address.slice(address.indexOf(',') + 1), 'base64')
  await writeFile(join(folder, `${name}.webp`), bytes)
  console.log(`${name}.webp ${bytes.length} bytes`)
}

const demo = await startDemo()
const browser = await openChromium()
try {
  const page = await pageIn(browser, demo)
  const main = page.getByRole('main')
  await page.getByRole('region', { name: 'Run timeline' }).waitFor()
  await keep(page, 'overview', browser)

  const changes = page.getByRole('region', { name: 'Changes' }).getByRole('button').first()
  await page.goto(`${demo.url}/runs/2`)
  await changes.waitFor()
  await keep(page, 'plan-light', browser)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(`${demo.url}/runs/1`)
  await changes.waitFor()
  await keep(page, 'plan-dark', browser)

  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(`${demo.url}/people?person=nora.fischer%40acme.example&fresh=true`)
  await main.getByText('groups.byName').first().waitFor()
  await keep(page, 'why', browser)

  await saveRules(demo)
  await page.goto(`${demo.url}/connections/people/rules?part=attributes`)
  await main.getByLabel(/^Show on a real person/).fill('tomas.dvorak')
  await main.getByRole('button', { name: /^Show$/ }).click()
  await main.getByText('head of engineering').first().waitFor()
  await main.getByRole('button', { name: /^Change: jobTitle$/ }).click()
  await main
    .getByRole('button', { name: /^Close/ })
    .first()
    .waitFor()
  await show(main.getByText('Only where the target has no value yet'))
  await keep(page, 'mapping', browser)

  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(`${demo.url}/connections/people/rules?part=groups`)
  await main.getByRole('button', { name: /^Try on the groups of the source$/ }).click()
  await main.getByText('by name').last().waitFor()
  await show(main.getByText('What this does in an example'))
  await keep(page, 'groups-dark', browser)
} finally {
  await browser.close()
  await demo.stop()
}
