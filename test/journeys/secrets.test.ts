import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { muster } from '../support/muster.ts'
import { configurationYaml, firstRun, sharedOffice, succeed, team } from './office.ts'

const open = sharedOffice({}, { MUSTER_LOG_LEVEL: 'debug' })

/** Commands of which every form is typed; what they print must hold no secret, whether they succeed or not. */
const typed: Readonly<Record<string, readonly string[]>> = {
  check: ['check acme', 'check team --as source', 'check nobody'],
  find: ['find team team-1', 'find hr nobody', 'find team team-1@acme.example --depth groups'],
  'sources attributes': ['sources attributes team', 'sources attributes nobody'],
  import: ['import {settings.yaml} --dry-run', 'import {plain.yaml}', 'import {nowhere.yaml}'],
  export: ['export'],
  'sources list': ['sources list'],
  'sources show': ['sources show team', 'sources show nobody'],
  'sources put': ['sources put team --merge --set displayName=Team', 'sources put team --merge --set pth=x'],
  'sources history': ['sources history team'],
  'sources kinds': ['sources kinds', 'sources kinds file'],
  'sources remove': ['sources remove nobody'],
  'sources push': ['sources push entra', 'sources push nobody'],
  'sources setup': ['sources setup entra', 'sources setup nobody'],
  'sources baseline': ['sources baseline entra', 'sources baseline nobody'],
  'sources gallery': ['sources gallery', 'sources gallery okta', 'sources gallery nobody'],
  'sources try': ['sources try team', 'sources try nobody'],
  'sources requests': ['sources requests entra', 'sources requests entra --failed'],
  'targets list': ['targets list'],
  'targets show': ['targets show acme'],
  'targets put': ['targets put acme --merge --set email=nonsense', 'targets put acme --merge --set displayName=Acme'],
  'targets history': ['targets history acme'],
  'targets kinds': ['targets kinds jira-cloud'],
  'targets attributes': ['targets attributes acme', 'targets attributes nobody'],
  'targets remove': ['targets remove nobody'],
  'targets take-over': ['targets take-over acme', 'targets take-over nobody'],
  'targets re-key': ['targets re-key nobody'],
  'connections list': ['connections list'],
  'connections show': ['connections show team --effective'],
  'connections put': ['connections put team --merge --set priority=3'],
  'connections history': ['connections history team'],
  'connections remove': ['connections remove nobody'],
  'connections retire': ['connections retire nobody --clean-up'],
  'local <source> people list': ['local team people list', 'local hr people list'],
  'local <source> people add': ['local hr people add anna --set mail=anna@acme.example'],
  'local <source> people edit': ['local hr people edit anna --set title=Engineer'],
  'local <source> groups list': ['local hr groups list'],
  'local <source> groups add': ['local hr groups add dev --name Developers'],
  'local <source> groups edit': ['local hr groups edit dev --name Devs'],
  'local <source> members list': ['local hr members list dev'],
  'local <source> members add': ['local hr members add dev anna'],
  'local <source> members remove': ['local hr members remove dev anna'],
  'local <source> people remove': ['local hr people remove anna'],
  'local <source> groups remove': ['local hr groups remove dev'],
  plan: ['plan team', 'plan latest --all'],
  approve: ['approve latest --all', 'approve 999'],
  reject: ['reject 999 --comment nothing'],
  apply: ['apply latest', 'apply 999'],
  sync: ['sync team'],
  runs: ['runs', 'runs latest --all'],
  cancel: ['cancel 1'],
  undo: ['undo 999', 'undo 999 --person nobody', 'undo --since 1h --person nobody'],
  pause: ['pause team --why maintenance', 'pause nobody'],
  resume: ['resume team', 'resume nobody'],
  items: ['items'],
  'items decide': ['items decide 999 forget'],
  'items decisions': ['items decisions'],
  'items revoke': ['items revoke 999'],
  person: ['person team-1', 'person nobody'],
  why: ['why team-1', 'why team-1 --fresh', 'why nobody'],
  drift: ['drift team', 'drift team --last --json', 'drift nobody'],
  'drift decide': ['drift decide team keep nobody'],
  'drift decisions': ['drift decisions team'],
  'drift revoke': ['drift revoke team 999'],
  'accounts unmanaged': ['accounts unmanaged team', 'accounts unmanaged team --all --csv'],
  'accounts orphaned': ['accounts orphaned team --json'],
  'accounts decide': ['accounts decide team unmanaged keep nobody'],
  'people link': ['people link team nobody nothing'],
  report: ['report', 'report --json'],
  'report group': ['report group nobody'],
  'report person': ['report person nobody'],
  notifications: ['notifications'],
  'notifications test': ['notifications test nobody'],
  'notifications deliveries': ['notifications deliveries'],
  'notifications put': ['notifications put nobody --set url=x', 'notifications put mail --merge --set port=9'],
  'notifications show': ['notifications show mail', 'notifications show nobody'],
  'notifications try': ['notifications try mail --merge --set host=nowhere.example'],
  'notifications kinds': ['notifications kinds', 'notifications kinds smtp'],
  'notifications remove': ['notifications remove nobody'],
  'notifications resend': ['notifications resend 999'],
  users: ['users'],
  'users roles': ['users roles nobody --role viewer'],
  'users disable': ['users disable nobody'],
  'users enable': ['users enable nobody'],
  'users link': ['users link anna kern'],
  'users identities': ['users identities'],
  'users unlink': ['users unlink 999'],
  'users sign-out': ['users sign-out nobody'],
  'single-sign-on': ['single-sign-on'],
  'single-sign-on settings': ['single-sign-on settings'],
  'single-sign-on put': ['single-sign-on put --set issuer=nowhere'],
  'single-sign-on try': ['single-sign-on try --set issuer=nowhere'],
  'single-sign-on claims': ['single-sign-on claims --claims nowhere'],
  'single-sign-on remove': ['single-sign-on remove nobody'],
  'token list': ['token list', 'token list --source entra'],
  'token revoke': ['token revoke nobody'],
  'secrets list': ['secrets list'],
  'audit list': ['audit list'],
  'audit verify': ['audit verify'],
}

/** What is typed wrongly on purpose. */
const mistakes = /nobody|999|pth=x|nonsense|plain\.yaml|nowhere|local team|cancel 1/

/** Typed in processes of their own, on the data directory. */
const onDirectory: Readonly<Record<string, readonly string[]>> = {
  validate: ['validate plain.yaml'],
  backup: ['backup whole.backup'],
  restore: ['restore whole.backup'],
  'secrets rotate': ['secrets rotate'],
  serve: ['serve --listen nowhere'],
}

/** These print credentials on purpose: made-up ones of the sandbox, and a new token or first password this once. */
const printSecrets = ['demo', 'sandbox', 'token create', 'token rotate', 'users add', 'users reset']

describe('a secret', () => {
  it('is in no output, log, export, backup or plan, whatever was typed and however it ended', {
    timeout: 300_000,
  }, async () => {
    const office = open()
    const { sandbox, folder, dataDir } = office
    const { apiToken, orgApiKey, email } = sandbox.credentials
    const wrong = 'ATATT3xMarker-of-a-wrong-token-0123456789=ABCDEF01'
    const secrets = [apiToken, orgApiKey, wrong]
    const markers = secrets.flatMap((secret) => [
      secret,
      Buffer.from(`${email}:${secret}`).toString('base64'),
      Buffer.from(secret).toString('base64'),
      encodeURIComponent(secret),
    ])
    const seen: { readonly where: string; readonly text: string }[] = []
    const keep = (where: string, text: string) => void seen.push({ where, text })

    // One secret in a file, one sealed in the store.
    office.write('team.json', JSON.stringify(team('team')))
    const settings = configurationYaml(sandbox, { team: 'path: team.json' })
    office.write('settings.yaml', settings)
    office.write(
      'plain.yaml',
      `sources:\n  odd: { type: file, path: odd.json }\ntargets:\n  odd:\n    type: jira-cloud\n    site: https://odd.example\n    apiToken: "${apiToken}"\n    email: ${email}\n`,
    )
    await succeed(office, 'import {settings.yaml}')
    const sealed = await office.type('targets put acme --merge --secret-stdin orgApiKey', { stdin: orgApiKey })
    expect(sealed.code).toBe(0)
    keep('targets put --secret-stdin', sealed.said)
    const mail = 'type=smtp host=127.0.0.1 port=9 security=none user=m from=m@acme.example to=[m@acme.example]'
    const parts = `${mail} tell=[credential-expiring]`.replaceAll(/(^| )(?=\w+=)/g, ' --set ')
    const told = await office.type(`notifications put mail${parts} --secret-stdin password`, { stdin: orgApiKey })
    expect(told).toMatchObject({ code: 0 })
    keep('notifications put --secret-stdin', told.said)
    await succeed(office, 'sources put hr --set type=local')
    await succeed(office, 'sources put entra --set type=scim-push')
    await firstRun(office, 'team')

    const failed: string[] = []
    const everything = async (situation: string) => {
      for (const line of Object.values(typed).flat()) {
        for (const form of [line, `${line} --json`]) {
          const { stdout, stderr, code } = await office.type(form)
          if (code !== 0) failed.push(`${situation}: ${form}`)
          keep(`${situation}: ${form}`, stdout + stderr)
        }
      }
    }
    await everything('all is well')
    // Most of it must have worked, or there would be little to find a secret in.
    const lines = Object.values(typed).flat()
    expect(failed.filter((line) => !mistakes.test(line) && !line.endsWith('--json'))).toEqual([])
    expect(lines.filter((line) => mistakes.test(line) && !failed.includes(`all is well: ${line}`))).toEqual([])
    office.write('api-token', wrong)
    await everything('the token is wrong')
    expect(failed).toContain('the token is wrong: sync team')
    office.write('api-token', apiToken)
    sandbox.control.addFault({
      operations: 'org.group.addMember',
      kind: 'status',
      status: 400,
      when: 'before',
      times: 1,
    })
    sandbox.control.addFault({ operations: 'org.invite', kind: 'status', status: 500, when: 'after', times: 1 })
    const { people, groups } = team('team', 5)
    const another = { id: 'team-h', name: 'team-more', members: [{ id: 'team-1' }] }
    office.write('team.json', JSON.stringify({ people, groups: [...groups, another] }))
    await everything('the site has trouble')
    expect(sandbox.control.faults.map(({ struck }) => struck)).toEqual([1, 1])

    const env = { ORG_KEY: orgApiKey, MUSTER_LOG_LEVEL: 'debug' }
    for (const line of Object.values(onDirectory).flat()) {
      const done = await muster([...line.split(' '), '--data-dir', dataDir], { cwd: folder, env })
      keep(line, done.stdout + done.stderr)
    }
    keep('the log of the server', office.logged())
    keep('the backup', gunzipSync(readFileSync(join(folder, 'whole.backup'))).toString('latin1'))
    for (const [path, text] of filesIn(dataDir)) keep(`data directory: ${path}`, text)

    // The looking itself works: what is no secret is found in the same places.
    for (const place of ['the backup', 'data directory: ', 'the site has trouble: plan ']) {
      const texts = seen.filter(({ where }) => where.startsWith(place)).map(({ text }) => text)
      expect(texts.join('')).toContain('team-4@acme.example')
    }
    expect(seen.length).toBeGreaterThan(250)
    expect(office.logged()).toContain('"message":"serving"')
    const found = seen.filter(({ text }) => markers.some((marker) => text.includes(marker)))
    expect(found.map(({ where }) => where)).toEqual([])
    // The token of the API itself is shown once, to whoever makes it.
    expect(seen.filter(({ text }) => text.includes(office.token)).map(({ where }) => where)).toEqual([])
  })

  it('is looked for in every command there is', () => {
    const looked = [...Object.keys(typed), ...Object.keys(onDirectory), ...printSecrets]
    expect(commands.map(({ name }) => name).filter((name) => !looked.includes(name))).toEqual([])
  })
})

/** Every file below a folder, read as bytes. */
function filesIn(folder: string): readonly (readonly [path: string, text: string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path, readFileSync(path, 'latin1')] as const
    })
}
