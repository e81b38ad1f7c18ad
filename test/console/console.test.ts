import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { builtWeb } from '../../src/platform/built-web.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { startTinyServer } from '../doubles/tiny-server.ts'
import { chromiumPresent, openChromium, seriousFindings, type Watched, watch } from '../support/chromium.ts'
import { companyFile, sharedProgram } from '../support/program.ts'
import { repositoryRoot } from '../support/temporary.ts'
import { hands, keyboard } from './flows.ts'

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
    sandbox = await startSandbox({ company: 'small', ldap: { flavour: 'openldap' } })
    writeFileSync(join(program.folder, 'company.json'), companyFile(sandbox))
    writeFileSync(join(program.folder, 'token'), sandbox.credentials.apiToken)
    writeFileSync(join(program.folder, 'key'), sandbox.credentials.orgApiKey)
    await program.applyFile(configuration(sandbox))
    browser = await openChromium()
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
    watched = watch(context)
    page = await context.newPage()
    page.setDefaultTimeout(90_000)
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

  it('previews, releases a part, applies it live and says what was left, by keyboard alone', async () => {
    const { press, reach, key, where } = keyboard(page)
    const dialog = page.getByRole('dialog')
    await reach(page.getByRole('link', { name: 'Staff', exact: true }))
    await key('Enter')
    await press(/^Preview now$/)
    await press(/^Preview now$/, dialog)
    await page.getByRole('heading', { name: 'Run 1' }).waitFor()
    await button(/^Approve \d+ changes$/).waitFor()
    await expect.poll(where).toBe('seen')
    // Two groups with members exist already and are held; one of them is let go, the other stays.
    await press(/^Manage existing groups/)
    await reach(page.getByRole('checkbox', { name: /^Select change/ }).first())
    await key('Space')
    await press(/^Release 1 selected change$/)
    // Whoever thinks better of it is where they were.
    await dialog.waitFor()
    await key('Escape')
    await dialog.waitFor({ state: 'detached' })
    await press(/^Release 1 selected change$/)
    await press(/^Release 1 selected change$/, dialog)
    await dialog.waitFor({ state: 'detached' })
    await press(/^Apply \d+ changes$/)
    await press(/^Apply \d+ changes$/, dialog)
    await page.getByText('Applied in part').first().waitFor()
    await expect.poll(where).toBe('seen')
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
    // Until the server answered, the list is the one before; a row of this person is in both, and stays open.
    const rows = page.getByRole('region', { name: 'Changes' }).getByRole('button')
    const row = rows.filter({ hasText: person?.mail ?? '' }).first()
    await row.waitFor()
    await row.press('Enter')
    await page.getByText('Rule', { exact: true }).waitFor()
    const { items } = await running().client.runs.list({ query: { connection: 'staff' } })
    const found = await running().client.plans.changes({
      params: { plan: items.at(-1)?.planId ?? '' },
      query: { text: person?.mail ?? '' },
    })
    for (const [form, written] of [
      ['CSV', /^\uFEFFnumber,kind,person,/],
      ['JSON', /^\{\s+"items"/],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        button(new RegExp(`^Download ${form}$`)).click(),
      ])
      const text = readFileSync(await download.path(), 'utf8')
      expect(text).toMatch(written)
      if (form === 'JSON') expect(JSON.parse(text)).toEqual({ items: found.items })
    }
    await page.getByRole('button', { name: 'Clear filters' }).click()
  })

  it('is searched from everywhere, by keyboard alone and by the words of other products', async () => {
    const search = page.getByRole('combobox', { name: 'Search' })
    const option = (name: RegExp) => page.getByRole('option', { name, selected: true })
    await page.keyboard.press('Control+k')
    await search.fill('keep existing')
    await option(/^Ownership of memberships/).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByText(/^Whether memberships that were there before/).waitFor()
    await page.keyboard.press('Control+k')
    await search.fill('1')
    await option(/^Run 1$/).waitFor()
    await page.keyboard.press('Escape')
    await search.waitFor({ state: 'detached' })
    const mail = sandbox.directory.people[0]?.mail ?? ''
    await page.keyboard.press('Control+k')
    await search.fill(mail.slice(0, -3))
    await page
      .getByRole('option', { name: new RegExp(mail) })
      .first()
      .waitFor()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    // Everything about one person; from there to why.
    const glance = page.getByRole('table', { name: 'At a glance' })
    await glance.getByRole('row', { name: /^staff .*Active/ }).waitFor()
    await page
      .getByRole('region', { name: 'staff' })
      .getByRole('link', { name: /^Why: / })
      .first()
      .press('Enter')
    await page.getByText('What was planned and done').first().waitFor()
    await page.goto(`${running().url}/people/one?person=nobody%40nowhere.example`)
    await page.getByRole('heading', { name: /^Nobody called “nobody@nowhere.example”/ }).waitFor()
  })

  it('goes from an LDAP directory to the first preview of a Jira Cloud site, in the wizard by keyboard alone', async () => {
    const { ldap, site, apiBase, credentials } = sandbox
    const { press, fill, choose, reach, key, effort } = keyboard(page)
    const { sees } = hands(page)
    await page.goto(`${running().url}/connections/new`)
    await reach(page.getByRole('link', { name: 'Skip to content' }))
    await key('Enter')
    await press(/^LDAP or Active Directory/)
    await fill(/^Name \(never changes\)/, 'corp')
    await fill(/^Hostname/, '127.0.0.1')
    await fill(/^Port/, String(ldap?.port))
    await choose(/^Security/, 'none')
    await fill(/^Username/, ldap?.bindDn ?? '')
    await fill(/^Password(?! expires)/, ldap?.password ?? '')
    await fill(/^Base DN/, ldap?.baseDn ?? '')
    // What these settings make of the directory, before anything is saved; not counted below.
    const tried = page.getByRole('heading', { name: 'What these settings make of the source' })
    await reach(button(/^Try it$/))
    await key('Enter')
    await tried.waitFor()
    await page.getByRole('region', { name: 'Try it' }).getByRole('row').nth(5).waitFor()
    expect((await running().client.sources.list({})).items.map((each) => each.key)).not.toContain('corp')
    // Whoever goes on typing while the source is asked again is not taken away from it.
    const answered = page.getByRole('region', { name: 'Try it' })
    const typing = Promise.withResolvers<void>()
    await page.route('**/api/v1/sources/*/try', async (route) => {
      await answered.waitFor({ state: 'detached' })
      await page
        .getByRole('main')
        .getByRole('textbox', { name: /^Base DN/ })
        .first()
        .focus()
      typing.resolve()
      await route.continue()
    })
    await button(/^Try it$/).press('Enter')
    await typing.promise
    await answered.getByRole('row').nth(5).waitFor()
    expect(await page.evaluate("document.activeElement?.matches('input')")).toBe(true)
    await page.unroute('**/api/v1/sources/*/try')
    await press(/^Save and test$/)
    await sees('Every step passed')
    await press(/^Next$/)
    await press(/^Jira Cloud/)
    await fill(/^Name \(never changes\)/, 'site')
    await fill(/^Site URL/, site)
    await fill(/^API address/, apiBase)
    await fill(/^Admin e-mail/, credentials.email)
    await fill(/^API token(?! expires)/, credentials.apiToken)
    await fill(/^Organization API key(?! expires)/, credentials.orgApiKey)
    await press(/^Save and test$/)
    await sees('Every step passed')
    await press(/^Next$/)
    await sees('Who takes part')
    await press(/^Next$/)
    await sees('Show on a real person')
    await press(/^Next$/)
    await sees('Which groups take part')
    await press(/^Next$/)
    await sees('What may happen without a person')
    await press(/^Next$/)
    await fill(/^Name \(never changes\)/, 'everybody')
    await press(/^Save and preview$/)
    await page.getByRole('heading', { name: /^Run \d+$/ }).waitFor()
    await page.getByRole('region', { name: 'Changes' }).getByRole('button').first().waitFor()
    // The figures of docs/console/README.md.
    expect(effort).toEqual({ clicks: 11, fields: 14 })
    const { items } = await running().client.runs.list({ query: { connection: 'everybody' } })
    expect(items).toMatchObject([{ kind: 'preview', state: 'planned' }])
  })

  it('edits rules in forms, refuses at the field, and loses nothing when the session ends in between', async () => {
    const { press, fill, choose, sees } = hands(page)
    const rules = `${running().url}/connections/everybody/rules`
    await page.goto(`${rules}?part=attributes`)
    await fill(/^Show on a real person/, sandbox.directory.people[1]?.mail ?? '')
    await press(/^Show$/)
    await press(/^Change: displayName$/)
    await choose(/^Add a step$/, 'capital letters')
    const name = sandbox.directory.people[1]?.displayName ?? ''
    await sees(name.toUpperCase())

    await page.getByRole('tab', { name: 'Schedule' }).click()
    await choose(/^Schedule/, 'At an interval')
    await fill(/^Every/, '5 hours')
    await page.getByRole('main').getByText('Use a whole number and a unit').first().waitFor()
    expect(await button(/^Save$/).isDisabled()).toBe(true)
    await fill(/^Every/, '5h')
    await sees('Not saved yet')

    await page.getByRole('tab', { name: 'Groups' }).click()
    await choose(/^Add a step$/, 'put in front')
    await fill(/^text$/, 'dir-')
    await press(/^Try on the groups of the source$/)
    await sees(/^dir-/)
    const [anna] = (await running().client.users.list({})).items
    await running().client.users.endSessions({ params: { id: anna?.id ?? '' } })
    // Whatever asks the server next brings the dialog: the judgement of what is typed now, or a list that is asked again.
    await fill(/^text$/, 'dirs-')
    const dialog = page.getByRole('dialog', { name: 'Sign in again' })
    await dialog.getByLabel('User name').fill('anna')
    await dialog.getByRole('textbox', { name: 'Password' }).fill(password)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    // Everybody's login is read, and everybody's name would be in capital letters.
    await page
      .getByRole('main')
      .getByText(/^[1-9]\d* people would change otherwise than now/)
      .first()
      .waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await press(/^Save$/)
    await sees('As it is saved.')
    const { document } = await running().client.connections.get({ params: { key: 'everybody' } })
    expect(document).toMatchObject({
      schedule: { every: '5h' },
      groups: { byName: { transform: [{ prefix: 'dirs-' }] } },
    })
    expect(JSON.stringify(document.users)).toContain('"upper":true')
  })

  it('previews what an identity provider pushed, through the wizard with what exists', async () => {
    const { value } = await running().client.push.createToken({ params: { key: 'idp' }, body: {} })
    const pushed = await fetch(`${running().url}/scim/idp/v2/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${value}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ userName: 'pia.push@acme.example', displayName: 'Pia Push' }),
    })
    expect(pushed.status).toBe(201)
    const { press, fill, choose, sees } = hands(page)
    await page.goto(`${running().url}/connections/new`)
    await choose(/^Use one that exists/, /^idp /)
    await press(/^Test/)
    await sees('Every step passed')
    await press(/^Next$/)
    await choose(/^Use one that exists/, /^acme /)
    await press(/^Test/)
    await sees('Every step passed')
    for (let step = 0; step < 5; step++) await press(/^Next$/)
    await fill(/^Name \(never changes\)/, 'pushed')
    await press(/^Save and preview$/)
    await page.getByRole('heading', { name: /^Run \d+$/ }).waitFor()
    await page.getByRole('region', { name: 'Changes' }).getByText('Pia Push').first().waitFor()
  })

  it('takes a run back', async () => {
    const { press, inDialog } = hands(page)
    await page.goto(`${running().url}/runs/1`)
    await press(/^Undo this run$/)
    await inDialog(/^Undo/)
    await page.getByText('Takes back run 1').first().waitFor()
    await page.getByRole('region', { name: 'Changes' }).getByRole('button').first().waitFor()
    const { items } = await running().client.runs.list({ query: { connection: 'staff' } })
    expect(items[0]).toMatchObject({ kind: 'undo' })
    expect(items[0]?.outcomes.applied ?? 0).toBe(0)
    // Every picture has its table, with the figures of the plan.
    await page.getByRole('navigation', { name: 'Where this page is' }).getByRole('link', { name: 'staff' }).click()
    for (const [picture, figure] of [
      ['What each run planned', items.at(-1)?.planned?.create],
      ['What was read over time', items.at(-1)?.read?.targetAccounts],
    ] as const) {
      const twin = page.getByRole('region', { name: picture })
      await twin.getByText('The same as a table').press('Enter')
      await twin
        .getByRole('row', { name: /^#1 / })
        .getByRole('cell', { name: String(figure), exact: true })
        .first()
        .waitFor()
    }
  })

  it('tells why, from what is remembered, after a run, and with another record', async () => {
    const { press, fill, sees } = hands(page)
    const margit = sandbox.directory.people[0]?.mail ?? ''
    await page.goto(`${running().url}/people`)
    await fill(/^Person/, margit)
    await press(/^Why/)
    await sees('What was planned and done')
    await fill(/^As after run/, '1')
    await press(/^Why/)
    await sees('Who vouches')
    await page.goto(`${running().url}/people?fresh=true&person=${encodeURIComponent(margit)}`)
    await page.getByText('What if the record were another one?').first().click()
    await fill(/^Attribute of the source/, 'displayName')
    await fill(/^has the value/, 'Somebody Else')
    await press(/^What would a run do/)
    await sees(/^A run would do/)
  })

  it('answers what no rule can decide, by keyboard, and the answer stands', async () => {
    const [item] = (await running().client.workItems.list({ query: { connection: 'staff' } })).items.filter(
      ({ choices }) => choices.length > 0,
    )
    await page.goto(`${running().url}/work?connection=staff`)
    const entry = page.getByRole('listitem').filter({ hasText: `#${item?.number} ·` })
    await entry.getByRole('button', { name: /^Decide: / }).press('Enter')
    const dialog = page.getByRole('dialog', { name: item?.label ?? '' })
    await dialog.getByRole('radio').first().waitFor()
    expect(await dialog.getByRole('radio').count()).toBe(item?.choices.length)
    await dialog.getByRole('radio').first().press('Space')
    await expect.poll(() => inDialog(/^Decide$/).isEnabled()).toBe(true)
    await inDialog(/^Decide$/).press('Enter')
    await dialog.waitFor({ state: 'detached' })
    const { items } = await running().client.workItems.list({ query: { connection: 'staff' } })
    expect(items.map(({ id }) => id)).not.toContain(item?.id)
    const [act] = (await running().client.audit.list({ query: { limit: 1 } })).items
    expect(act).toMatchObject({
      act: 'item.decide',
      actor: 'user:anna',
      detail: { item: item?.number, decision: item?.choices[0]?.decision },
    })
  })

  it('shows what others did in a target, by kind and by name, and what the next plan makes of it', async () => {
    const { press, fill, sees } = hands(page)
    const [one] = (await running().client.people.find({ query: { person: sandbox.directory.people[0]?.mail ?? '' } }))
      .items
    const filled = one?.connections
      .find(({ connection }) => connection === 'staff')
      ?.memberships.find(({ grants }) => grants.length > 0)
    const email = 'stranger@acme.example'
    sandbox.control.edit({ action: 'add-person', email })
    sandbox.control.edit({ action: 'add-member', group: filled?.name ?? '', email })
    await page.goto(`${running().url}/connections/staff`)
    await page.getByRole('main').getByRole('link', { name: 'Drift' }).click()
    await sees('Nobody has looked yet')
    await press(/^Look now$/)
    const row = page.getByRole('row').filter({ hasText: email })
    await row.getByText(filled?.name ?? '', { exact: true }).waitFor()
    await row.getByText('Membership by others').waitFor()
    await row.getByText(/^Next plan: /).waitFor()
    await fill(/^Search account, group or attribute/, 'no such thing')
    await press(/^Clear filters$/)
    const box = page.getByRole('textbox', { name: /^Search account, group or attribute/ })
    await expect.poll(() => box.inputValue()).toBe('')
    await press(/^Membership by others/)
    await row.waitFor()
    await expect.poll(() => new URL(page.url()).searchParams.get('kind')).toBe('membership-foreign')

    // It is decided there, for good, and taken back where every decision is listed.
    await row.getByRole('checkbox', { name: /^Choose: Membership by others/ }).press('Space')
    await press(/^Keep it as it is$/)
    await page.getByRole('dialog').getByRole('textbox').fill('helps out in spring')
    await inDialog(/^Keep it as it is$/).press('Enter')
    await row.getByText('helps out in spring').waitFor()
    const standing = async () => (await running().client.exceptions.list({ params: { key: 'staff' } })).items
    expect(await standing()).toMatchObject([
      { decision: 'keep', decidedBy: 'user:anna', comment: 'helps out in spring' },
    ])
    await page.goto(`${running().url}/work?tab=decided&connection=staff`)
    await press(/^Take back: .*stranger/)
    await inDialog(/^Take back$/).press('Enter')
    await sees('Nothing was decided beside the rules')
    expect(await standing()).toEqual([])

    // Another word takes the place of the one before.
    await page.goto(`${running().url}/connections/staff/drift?kind=membership-foreign`)
    for (const [word, stands, decision] of [
      ['Vouch for it', 'Vouched for', 'adopt'],
      ['Make it as the rules say', 'To be made as the rules say', 'revert'],
    ] as const) {
      // The dialog gives the focus back a moment after the list was read again, so that a key could get lost.
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await row.getByRole('checkbox', { name: /^Choose: Membership by others/ }).check()
      await press(new RegExp(`^${word}$`))
      await inDialog(new RegExp(`^${word}$`)).press('Enter')
      await row.getByText(stands).waitFor()
      expect(await standing()).toMatchObject([{ decision }])
    }
  })

  it('lists the accounts of nobody; one is kept as it is, one is to be deactivated', async () => {
    const { press, sees } = hands(page)
    await page.goto(`${running().url}/work?tab=unmanaged&connection=staff`)
    const rows = page.getByRole('table', { name: 'Unmanaged accounts' }).getByRole('row')
    await rows
      .getByRole('checkbox', { name: /^Choose: / })
      .first()
      .press('Space')
    await press(/^Keep it as it is$/)
    await inDialog(/^Keep it as it is$/).press('Enter')
    await rows.getByText('Kept as it is').waitFor()
    const [name = ''] = await rows.filter({ hasText: 'Not decided' }).getByRole('link').allTextContents()
    expect(name).not.toBe('')
    const free = rows.filter({ hasText: name })
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await free.getByRole('checkbox', { name: /^Choose: / }).check()
    await press(/^Deactivate it by the next plan$/)
    await inDialog(/^Deactivate it by the next plan$/).press('Enter')
    await free.getByText('To be deactivated').waitFor()
    await press(/^Whose is it\?: /)
    await page.getByRole('dialog').getByRole('textbox', { name: 'Person' }).fill('nobody at all')
    await inDialog(/^It is theirs$/).press('Enter')
    await page.getByRole('dialog').getByRole('alert').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('tab', { name: 'Orphaned accounts' }).click()
    await sees('No account has lost its record')
  })

  it('rejects a plan with the reason, for good', async () => {
    const { press, inDialog } = hands(page)
    const { items } = await running().client.runs.list({ query: { connection: 'pushed' } })
    await page.goto(`${running().url}/runs/${items[0]?.number}`)
    await press(/^Reject$/)
    await page.getByRole('dialog').getByRole('textbox').fill('Pia starts next month')
    await inDialog(/^Reject$/)
    await page.getByText(/Rejected by .*Pia starts next month/).waitFor()
    expect(await running().client.runs.get({ params: { run: String(items[0]?.number) } })).toMatchObject({
      state: 'cancelled',
    })
  })

  it('shows a viewer, after the own password is chosen, everything and nothing to press', async () => {
    const made = await running().client.users.create({ body: { userName: 'vera', grants: [{ role: 'viewer' }] } })
    const other = await browser.newContext()
    try {
      const seen = await other.newPage()
      seen.setDefaultTimeout(90_000)
      await seen.goto(`${running().url}/connections/everybody`)
      await seen.getByLabel('User name').fill('vera')
      await seen.getByRole('textbox', { name: 'Password' }).fill(made.password ?? '')
      await seen.keyboard.press('Enter')
      await seen.getByRole('textbox', { name: 'Present password' }).fill(made.password ?? '')
      await seen.getByRole('textbox', { name: 'Your own password' }).fill(`${password} and more`)
      await seen.keyboard.press('Enter')
      await seen.getByRole('heading', { name: 'History of settings' }).waitFor()
      expect(await seen.getByRole('button', { name: /^(Preview now|Run now|Pause|Delete)/ }).count()).toBe(0)
      await seen.getByRole('link', { name: 'Rules' }).click()
      await seen.getByRole('switch', { name: /^Create accounts/ }).waitFor()
      expect(await seen.getByRole('switch', { name: /^Create accounts/ }).isDisabled()).toBe(true)
      expect(await seen.getByRole('button', { name: /^Save/ }).count()).toBe(0)
    } finally {
      await other.close()
    }
  })

  it('gives a role on one connection', async () => {
    const { press, inDialog } = hands(page)
    await page.goto(`${running().url}/settings`)
    await page.getByRole('tab', { name: 'Users' }).click()
    await press(/^Roles: vera$/)
    const dialog = page.getByRole('dialog')
    await inDialog(/^Add a role$/)
    await dialog.getByRole('combobox', { name: 'Role' }).last().click()
    await page.getByRole('option', { name: 'operator' }).click()
    await dialog.getByRole('combobox', { name: 'Where' }).last().click()
    await page.getByRole('option', { name: 'staff' }).click()
    await inDialog(/^Save$/)
    await dialog.waitFor({ state: 'detached' })
    const { items } = await running().client.users.list({})
    expect(items.find(({ userName }) => userName === 'vera')?.grants).toEqual([
      { role: 'viewer' },
      { role: 'operator', connection: 'staff' },
    ])
  })

  it('makes a channel, tries it before it is saved, and shows what changes', async () => {
    const { press, fill, choose, sees, inDialog } = hands(page)
    const server = await startTinyServer(() => ({ status: 204 }))
    onTestFinished(() => server.close())
    await page.goto(`${running().url}/settings?tab=notifications`)
    await press(/^New channel$/)
    await choose(/^Type/, 'Signed webhook')
    await fill(/^Name \(never changes\)/, 'oncall')
    await fill(/^Address/, `${server.url}/hook`)
    await fill(/^Secret/, 'words of the channel')
    await page.getByRole('checkbox', { name: 'a run failed' }).press('Space')
    await press(/^Send a test with these settings$/)
    await sees('The test message was taken by oncall')
    expect(server.seen.map(({ path }) => path)).toEqual(['/hook'])
    expect((await running().client.notifications.list()).channels).toEqual([])
    await press(/^Review the change$/)
    await page.getByRole('dialog').getByText('secret was changed').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await inDialog(/^Save$/)
    await page.getByRole('button', { name: 'Edit: oncall' }).waitFor()
    expect((await running().client.notifications.list()).channels).toMatchObject([
      { channel: 'oncall', owner: 'store', kinds: ['failed'] },
    ])
    await page.getByRole('button', { name: 'Edit: oncall' }).press('Enter')
    await sees(/Kept as it is unless you write a new one/)

    // Somebody else changes it: whoever opens it again sees that.
    await press(/^Cancel$/)
    const params = { channel: 'oncall' }
    const { document } = await running().client.notifications.get({ params })
    await running().client.notifications.put({
      params,
      body: { document: { ...document, url: `${server.url}/other` } },
    })
    await page.getByRole('button', { name: 'Edit: oncall' }).press('Enter')
    const address = page.getByRole('main').getByRole('textbox', { name: /^Address/ })
    await address.waitFor()
    expect(await address.inputValue()).toBe(`${server.url}/other`)

    // Somebody else saves while it is open: nothing of theirs is overwritten unseen, and nothing typed is lost.
    const addressKept = async () => (await running().client.notifications.get({ params })).document.url
    const others = async (path: string) => {
      const body = { document: { ...document, url: `${server.url}/${path}` } }
      await running().client.notifications.put({ params, body })
    }
    const dialog = page.getByRole('dialog')
    await fill(/^Address/, `${server.url}/mine`)
    await press(/^Review the change$/)
    await dialog.getByRole('button', { name: /^Save$/ }).waitFor()
    await others('theirs')
    await inDialog(/^Save$/)
    await dialog.getByText(/was saved by .* since version/).waitFor()
    expect(await addressKept()).toBe(`${server.url}/theirs`)
    await inDialog(/^Cancel$/)
    await sees(/^Saved by .* while you were editing$/)
    expect(await address.inputValue()).toBe(`${server.url}/mine`)
    await dialog.waitFor({ state: 'detached' })
    // Once more, before the change is even reviewed.
    await others('again')
    await press(/^Review the change$/)
    await sees(/was saved by .* since version/)
    expect(await address.inputValue()).toBe(`${server.url}/mine`)
    await press(/^Review the change$/)
    await inDialog(/^Save$/)
    await expect.poll(addressKept).toBe(`${server.url}/mine`)
  })

  it('has no serious finding of axe on any page, in light and in dark', { timeout: 300_000 }, async () => {
    const findings: string[] = []
    const cut: string[] = []
    const person = encodeURIComponent(sandbox.directory.people[0]?.mail ?? '')
    for (const path of [...paths, `/people/one?person=${person}`]) {
      await page.goto(running().url + path)
      await page.getByRole('main').getByRole('heading').first().waitFor()
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' })
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const finding of await seriousFindings(page)) findings.push(`${colorScheme} ${path} ${finding}`)
      }
      // What 200 % zoom leaves of a window of 1280 points: nothing may need a second scroll bar.
      await page.setViewportSize({ width: 640, height: 400 })
      const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      if (over !== 0) cut.push(`${path} ${over}`)
      await page.setViewportSize({ width: 1280, height: 800 })
    }
    expect(findings).toEqual([])
    expect(cut).toEqual([])
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
  '/connections/staff/rules',
  '/connections/staff/drift',
  '/connections/everybody/rules?part=attributes',
  '/connections/everybody/rules?part=groups',
  '/connections/everybody/rules?part=safety',
  '/connections/everybody/rules?part=schedule',
  '/connections/new',
  '/sources',
  '/sources/new',
  '/sources/hr',
  '/sources/idp/push',
  '/targets/acme',
  '/local',
  '/runs',
  '/runs/1',
  '/reports',
  '/people',
  '/groups',
  '/approvals',
  '/work?tab=unmanaged&connection=staff',
  '/audit',
  '/account',
  '/settings',
  '/settings?tab=users',
  '/settings?tab=sign-on',
  '/settings?tab=notifications',
  '/settings?tab=secrets',
  '/help',
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
