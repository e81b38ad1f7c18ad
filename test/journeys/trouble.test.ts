import { describe, expect, it, onTestFinished } from 'vitest'
import type { ChangeView, PlanView } from '../../src/contract/plans.ts'
import type { RunView } from '../../src/contract/runs.ts'
import { startSandbox } from '../../src/sandbox/start.ts'
import { Installation } from '../support/installation.ts'
import { muster } from '../support/muster.ts'
import {
  configurationYaml,
  disabled,
  joined,
  member,
  type Office,
  personOf,
  settle,
  sharedOffice,
  succeed,
  type Team,
  team,
  withoutEffect,
  withoutMember,
} from './office.ts'

const open = sharedOffice()

interface Told {
  readonly run: RunView
  readonly plan: PlanView
  readonly changes: readonly ChangeView[]
}

const asJson = (value: unknown) => JSON.stringify(value, undefined, 1)

/** The plan of the newest run of a connection, with its changes. */
async function newest(office: Office, connection: string): Promise<Told> {
  return JSON.parse((await succeed(office, `runs ${await numberOf(office, connection)} --json`)).stdout) as Told
}

async function numberOf(office: Office, connection: string): Promise<number> {
  const { items } = await office.client.runs.list({ query: { connection, limit: 1 } })
  return items[0]?.number ?? 0
}

/** A command that must leave the site exactly as it was. */
function typeWithoutEffect(office: Office, line: string) {
  return withoutEffect(office.sandbox, () => office.type(line))
}

/** A team from a JSON file, after its first run. */
async function settledTeam(key: string, size = 3): Promise<{ office: Office; save: (team: Team) => void; team: Team }> {
  const office = open()
  const save = (saved: Team) => office.write(`${key}.json`, asJson(saved))
  save(team(key, size))
  await settle(office, configurationYaml(office.sandbox, { [key]: `path: ${key}.json` }), [key])
  return { office, save, team: team(key, size) }
}

const withNewcomer = (old: Team, key: string, number = 9): Team => ({
  ...old,
  people: [...old.people, member(key, number)],
})

// --- files ------------------------------------------------------------------------------------------------------------

const csv = ({ people, groups }: Team) => ({
  'people.csv': `id,login,mail,displayName\n${people.map((each) => `${each.id},${each.login},${each.mail},"${each.displayName}"\n`).join('')}`,
  'memberships.csv': `group,member\n${groups.flatMap(({ name, members }) => members.map(({ id }) => `${name},${id}\n`)).join('')}`,
})
const ldif = ({ people, groups }: Team) => ({
  'people.ldif': [
    ...people.map(
      ({ login, mail, displayName }) =>
        `dn: uid=${login},dc=acme,dc=example\nobjectClass: inetOrgPerson\nuid: ${login}\nmail: ${mail}\ncn: ${displayName}\n\n`,
    ),
    ...groups.map(
      ({ name, members }) =>
        `dn: cn=${name},dc=acme,dc=example\nobjectClass: groupOfNames\ncn: ${name}\n${members.map(({ id }) => `member: uid=${id},dc=acme,dc=example\n`).join('')}\n`,
    ),
  ].join(''),
})

const brokenFiles = [
  {
    format: 'CSV',
    key: 'csv',
    settings: 'people: people.csv, memberships: memberships.csv',
    files: csv,
    broken: { name: 'people.csv', find: '"csv 3"', replace: '"csv 3' },
    says: /people\.csv:4:\d+: a quote is opened here and never closed/,
  },
  {
    format: 'JSON',
    key: 'json',
    settings: 'path: people.json',
    files: (saved: Team) => ({ 'people.json': asJson(saved) }),
    broken: { name: 'people.json', find: '"login": "json-2",', replace: '"login" "json-2",' },
    says: /people\.json:\d+:\d+: /,
  },
  {
    format: 'LDIF',
    key: 'ldif',
    settings: 'path: people.ldif',
    files: ldif,
    broken: { name: 'people.ldif', find: 'mail: ldif-2@acme.example', replace: 'mail ldif-2@acme.example' },
    says: /people\.ldif:10:\d+: there is no colon after the name of the attribute/,
  },
]

describe('a source file', () => {
  it.each(brokenFiles)('in $format that is broken is named by line and takes nothing away', async (each) => {
    const { key, settings, files, broken, says } = each
    const office = open()
    const save = (saved: Team) => {
      for (const [name, text] of Object.entries(files(saved))) office.write(name, text)
    }
    save(team(key))
    await settle(office, configurationYaml(office.sandbox, { [key]: settings }), [key])
    const text = (files(team(key)) as Record<string, string>)[broken.name] ?? ''
    expect(text).toContain(broken.find)
    office.write(broken.name, text.replace(broken.find, broken.replace))
    for (const command of [`plan ${key}`, `sync ${key}`]) {
      const failed = await typeWithoutEffect(office, command)
      expect(failed.code).toBe(4)
      expect(failed.said).toContain('incomplete-read')
      expect(failed.said).toMatch(says)
      expect(failed.said).toContain('What to do: ')
    }
    expect((await office.type(`check ${key} --as source`)).code).toBe(4)
    save(withNewcomer(team(key), key))
    expect((await succeed(office, `sync ${key}`)).said).toContain('1 account created')
  })

  it('with an id that stands twice names both places and takes nothing away', async () => {
    const { office, save, team: old } = await settledTeam('twice')
    save({ ...old, people: [...old.people.slice(0, 2), { ...member('twice', 9), id: 'twice-1' }] })
    const failed = await typeWithoutEffect(office, 'sync twice')
    expect(failed.code).toBe(4)
    expect(failed.said).toMatch(
      /twice\.json:\d+(:\d+)?: the id "twice-1" is also that of the person in twice\.json:\d+/,
    )
    save(withNewcomer(old, 'twice'))
    await succeed(office, 'sync twice')
  })

  it.each([
    ['nothing', ''],
    ['no people', '{ "people": [], "groups": [] }'],
  ])('with %s in it never means that everybody left', async (_, content) => {
    const { office, save, team: old } = await settledTeam('empty')
    office.write('empty.json', content)
    const failed = await typeWithoutEffect(office, 'sync empty')
    expect(failed.code).toBe(4)
    expect(failed.said).toContain('empty.json')
    expect(failed.said).toContain('is never taken for "nobody"')
    save(old)
    await succeed(office, 'sync empty')
  })

  it('that was cut in the middle takes nothing away', async () => {
    const { office, save, team: old } = await settledTeam('cut')
    office.write('cut.json', asJson(old).slice(0, 300))
    const failed = await typeWithoutEffect(office, 'sync cut')
    expect(failed.code).toBe(4)
    expect(failed.said).toContain('the file ends inside the JSON document; it is cut off')
    save(old)
    await succeed(office, 'sync cut')
  })

  it('that is gone is named with its path', async () => {
    const { office, save, team: old } = await settledTeam('gone')
    await succeed(office, 'sources put gone --set type=file --set path=nowhere.json')
    const failed = await typeWithoutEffect(office, 'sync gone')
    expect([2, 4]).toContain(failed.code)
    expect(failed.said).toContain('nowhere.json')
    await succeed(office, 'sources put gone --set type=file --set path=gone.json')
    save(withNewcomer(old, 'gone'))
    // Settings that are again what they were at the last applied run need no look.
    expect((await succeed(office, 'sync gone')).said).toContain('1 account created')
  })

  it('that lost nine tenths of its people takes nothing away until a person looked', async () => {
    const { office, save, team: old } = await settledTeam('shrunk', 30)
    const tenth = withoutMember({ ...old, people: old.people.slice(0, 3) }, 'shrunk-2')
    const [group] = tenth.groups
    const left: Team = {
      people: tenth.people,
      groups: group === undefined ? [] : [{ ...group, members: group.members.slice(0, 2) }],
    }
    save(left)
    for (let turn = 1; turn <= 2; turn += 1) {
      const held = await typeWithoutEffect(office, 'sync shrunk')
      expect(held.code).toBe(5)
      expect(held.said).toContain('the last good read had 30')
      const { run, changes } = await newest(office, 'shrunk')
      expect(run.state).toBe('held')
      const taking = changes.filter(({ sign }) => sign === '-')
      expect(new Set(taking.map(({ kind }) => kind))).toEqual(new Set(['account.deactivate', 'membership.remove']))
      expect(taking.filter(({ kind }) => kind === 'account.deactivate')).toHaveLength(27)
      for (const { state, stateReasons } of taking) {
        expect(state).toBe('held')
        expect(stateReasons.map(({ reason }) => reason)).toContain('guard:source-shrunk')
      }
    }
    save(old)
    expect((await succeed(office, 'sync shrunk')).said).toContain('Nothing to do')
  })
})

describe('people and groups that cannot be', () => {
  it('two people with one address wait for a person, and all others go on', async () => {
    const { office, save, team: old } = await settledTeam('same')
    const rival = { ...member('same', 5), mail: member('same', 4).mail }
    save({ ...old, people: [...old.people, member('same', 4), rival, member('same', 6)] })
    const partly = await office.type('sync same')
    expect(partly.code).toBe(1)
    expect(partly.said).toContain('1 account created')
    expect(partly.said).toContain('2 changes blocked')
    expect(personOf(office.sandbox, 'same-6@acme.example')).toBeDefined()
    expect(personOf(office.sandbox, 'same-4@acme.example')).toBeUndefined()
    const waiting = (await succeed(office, 'items --connection same')).said
    for (const login of ['same 4', 'same 5']) expect(waiting).toContain(login)
    expect(waiting).toContain('same-4@acme.example belongs to more than one person; give each their own address')
    save({ ...old, people: [4, 5, 6].map((number) => member('same', number)).concat(old.people) })
    expect((await succeed(office, 'sync same')).said).toContain('2 accounts created')
    expect((await succeed(office, 'items --connection same')).said).toContain('Nothing waits for a decision.')
  })

  it('members nobody knows are told, and nobody loses anything by them', async () => {
    const { office, save, team: old } = await settledTeam('stranger')
    const groups = old.groups.map((each) => ({ ...each, members: [...each.members, { id: 'nobody-at-all' }] }))
    save({ people: [...old.people, member('stranger', 4)], groups })
    const told = await succeed(office, 'sync stranger')
    expect(told.said).toContain('1 account created')
    const { plan } = await newest(office, 'stranger')
    expect(plan.summary.notices.join('\n')).toMatch(/nobody-at-all|1 group members? at the source/)
    expect(personOf(office.sandbox, 'stranger-1@acme.example')?.groups).toEqual(['stranger-team'])
  })

  it('groups that contain each other have the members of both', async () => {
    const { office, save } = await settledTeam('circle', 2)
    const groups = [
      { id: 'circle-g', name: 'circle-team', members: [{ id: 'circle-1' }, { id: 'circle-h' }] },
      { id: 'circle-h', name: 'circle-other', members: [{ id: 'circle-2' }, { id: 'circle-g' }] },
    ]
    save({ people: team('circle', 2).people, groups })
    await succeed(office, 'sync circle')
    for (const number of [1, 2]) {
      expect(personOf(office.sandbox, `circle-${number}@acme.example`)?.groups).toEqual(['circle-other', 'circle-team'])
    }
    expect((await succeed(office, 'sync circle')).said).toContain('Nothing to do')
  })
})

// --- settings ---------------------------------------------------------------------------------------------------------

describe('a setting', () => {
  it('that is misspelt is named by line, column and field, with a remedy, and nothing is saved', async () => {
    const office = open()
    office.write(
      'typo.yaml',
      `sources:
  typo: { type: file, pth: typo.json }
connections:
  typo:
    source: typo
    target: acme
    mode: automatik
    users: { onLeft: [{ after: 7x, action: deactivate }] }
    guards: { deactivation: { cap: 3 } }
`,
    )
    // Judging a file needs no server, so that is a process of its own.
    const judged = await muster(['validate', 'typo.yaml'], { cwd: office.folder })
    const refusals = [
      { code: judged.code, said: joined(judged.stdout + judged.stderr) },
      await office.type('import {typo.yaml}'),
      await office.type('import {typo.yaml} --dry-run'),
    ]
    for (const refused of refusals) {
      expect(refused.code).toBe(2)
      expect(refused.said).toMatch(/typo\.yaml:2:\d+: .*pth/)
      expect(refused.said).toContain('Did you mean "path"')
      expect(refused.said).toMatch(/typo\.yaml:7:11: .*mode/)
      expect(refused.said).toMatch(/typo\.yaml:8:\d+: .*after/)
      expect(refused.said).toMatch(/typo\.yaml:9:\d+: .*deactivation/)
      expect(refused.said).toContain('Did you mean "deactivations"')
    }
    expect((await succeed(office, 'sources list')).stdout).not.toContain('typo')
    office.write('typo.yaml', 'sources:\n  typo: { type: file\n')
    const unreadable = await office.type('import {typo.yaml}')
    expect(unreadable).toMatchObject({ code: 2, said: expect.stringMatching(/typo\.yaml:\d+:\d+/) })
  })

  it('that names a variable which is not set says its name, and works as soon as it is', async () => {
    const { sandbox } = open()
    using home = new Installation(sandbox)
    await home.writeCompany(sandbox.directory)
    for (const command of [
      ['plan', 'staff'],
      ['sync', 'staff', '--json'],
    ]) {
      const refused = await withoutEffect(sandbox, () => home.run(command, { env: { JIRA_TOKEN: '' } }))
      expect(refused.code).toBe(2)
      const said = joined(refused.stdout + refused.stderr)
      expect(said).toContain('names the environment variable JIRA_TOKEN, which is empty')
      expect(said).toContain('Set JIRA_TOKEN where Muster is started.')
    }
    expect((await home.run(['plan', 'staff', '--quiet'])).code).toBe(0)
  })
})

// --- credentials ------------------------------------------------------------------------------------------------------

describe('a credential', () => {
  const wrongOnes = [
    { what: 'API token', how: 'is wrong', file: 'api-token', value: () => 'made-up-token-000' },
    { what: 'organization key', how: 'is wrong', file: 'org-key', value: () => 'made-up-key-000' },
    {
      what: 'API token',
      how: 'is an organization key',
      file: 'api-token',
      value: ({ sandbox }: Office) => sandbox.credentials.orgApiKey,
    },
    {
      what: 'organization key',
      how: 'is an API token',
      file: 'org-key',
      value: ({ sandbox }: Office) => sandbox.credentials.apiToken,
    },
    {
      what: 'organization key',
      how: 'may only read its own name',
      file: 'org-key',
      value: ({ sandbox }: Office) => sandbox.credentials.narrowOrgKey,
    },
  ]

  it('that is refused ends the run before anything is read, and the next one goes on with a good one', async () => {
    const { office, save, team: old } = await settledTeam('key')
    const { credentials } = office.sandbox
    for (const { what, how, file, value } of wrongOnes) {
      office.write(file, value(office))
      const failed = await typeWithoutEffect(office, 'sync key')
      expect(failed.code, `${what} ${how}`).toBe(3)
      expect(failed.said).toMatch(/Error \((auth-failed|forbidden)\): /)
      expect(failed.said).toContain('What to do: ')
      expect((await office.type('check acme')).code, `${what} ${how}`).toBe(3)
      expect((await succeed(office, 'targets list')).stdout).toMatch(/acme.*needs-attention/)
      office.write('api-token', credentials.apiToken)
      office.write('org-key', credentials.orgApiKey)
    }
    for (const credential of ['apiToken', 'orgApiKey']) {
      office.sandbox.control.edit({ action: 'expire-credential', credential })
      const failed = await typeWithoutEffect(office, 'sync key')
      expect(failed.code).toBe(3)
      expect(failed.said).toContain('Error (auth-failed): ')
      office.sandbox.control.edit({ action: 'renew-credential', credential })
    }
    save(withNewcomer(old, 'key'))
    expect((await succeed(office, 'sync key')).said).toContain('1 account created')
  })

  it('with scopes is found out and used through the gateway', async () => {
    const { office, save, team: old } = await settledTeam('scoped')
    const { credentials, control, cloudId } = office.sandbox
    office.write('api-token', credentials.scopedApiToken)
    onTestFinished(() => office.write('api-token', credentials.apiToken))
    expect((await succeed(office, 'check acme')).said).toContain('with scopes')
    control.resetCounters()
    save(withNewcomer(old, 'scoped'))
    expect((await succeed(office, 'sync scoped')).said).toContain('1 account created')
    const paths = control
      .log()
      .filter(({ operation }) => operation.startsWith('jira.') && operation !== 'jira.tenantInfo')
    const [first, ...others] = paths
    expect(first).toMatchObject({ operation: 'jira.myself', status: 401 })
    expect(others.length).toBeGreaterThan(1)
    for (const { path } of others) expect(path).toContain(`/ex/jira/${cloudId}/`)
  })
})

// --- the target -------------------------------------------------------------------------------------------------------

describe('a target', () => {
  it('that asks for pauses gets them, and the run goes on', async () => {
    const office = open()
    // A site of its own: what is learned about its limits stays with it.
    const busy = await startSandbox()
    onTestFinished(() => busy.stop())
    office.write('storm.json', asJson(team('storm')))
    await settle(office, configurationYaml(busy, { storm: 'path: storm.json' }, { target: 'busy' }), ['storm'])
    busy.control.resetCounters()
    busy.control.addFault({ operations: 'org.*', kind: 'too-many-requests', retryAfterSeconds: 1, times: 3 })
    busy.control.setLimit({ operations: 'jira.*', perSecond: 3, burst: 3 })
    office.write('storm.json', asJson(withNewcomer(team('storm'), 'storm')))
    expect((await succeed(office, 'sync storm')).said).toContain('1 account created')
    const log = busy.control.log()
    const refused = log.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThanOrEqual(3)
    for (const { at, operation } of refused) {
      const next = log.find((each) => each.operation === operation && each.at > at && each.status !== 429)
      expect((next?.at ?? 0) - at).toBeGreaterThanOrEqual(950)
    }
    const { limits, invitations } = busy.control.counters()
    expect(limits.map(({ undercut }) => undercut)).toEqual([0])
    expect(Object.values(invitations).map((each) => each.invitations)).toEqual([1])
  })

  it('that fails after it did what it was asked is not asked twice', async () => {
    const { office, save, team: old } = await settledTeam('after')
    const { control } = office.sandbox
    onTestFinished(() => control.calm())
    control.resetCounters()
    const failing = [
      'org.invite',
      'org.group.create',
      'org.group.addMember',
      'org.group.removeMember',
      'org.user.suspend',
    ]
    for (const operations of failing)
      control.addFault({ operations, kind: 'status', status: 500, when: 'after', times: 1 })
    const more: Team = {
      people: [...old.people, member('after', 4)],
      groups: [
        { id: 'after-g', name: 'after-team', members: [{ id: 'after-1' }, { id: 'after-4' }] },
        { id: 'after-h', name: 'after-more', members: [{ id: 'after-1' }, { id: 'after-4' }] },
      ],
    }
    save(disabled(more, 'after-3'))
    await succeed(office, 'sync after')
    expect(control.faults.map(({ struck }) => struck)).toEqual([1, 1, 1, 1, 1])
    const { effects, invitations } = control.counters()
    expect(effects).toMatchObject({
      accountsCreated: 1,
      peopleAdded: 1,
      groupsCreated: 1,
      membershipsAdded: 3,
      membershipsRemoved: 1,
      suspended: 1,
    })
    expect(Object.values(invitations).map((each) => each.invitations)).toEqual([1])
    expect((await succeed(office, 'sync after')).said).toContain('Nothing to do')
  })

  it('whose connection breaks in the middle of a page loses nobody', { timeout: 300_000 }, async () => {
    const office = open()
    const far = await startSandbox({ company: 150, target: 'ten-years' })
    onTestFinished(() => far.stop())
    office.write('broken.json', asJson(team('broken')))
    // The credentials of one sandbox are those of another; what differs is where they answer.
    await settle(office, configurationYaml(far, { broken: 'path: broken.json' }, { target: 'far' }), ['broken'])
    office.write('broken.json', asJson(disabled(team('broken'), 'broken-2')))
    // The first page comes whole, the second one breaks off however often it is asked for.
    far.control.addFault({ operations: 'org.users.search', kind: 'cut-body', skip: 1 })
    const failed = await withoutEffect(far, () => office.type('sync broken'))
    expect(failed.code).toBe(4)
    expect(failed.said).toMatch(/Error \((unreachable|incomplete-read)\): /)
    const { items } = await office.client.runs.list({ query: { connection: 'broken', limit: 1 } })
    expect(items[0], 'half a read makes no plan').not.toHaveProperty('planId')
    far.control.calm()
    expect((await succeed(office, 'sync broken')).said).toContain('1 account deactivated')
  })

  it('that says too early that a list is complete loses nobody, and the run is not called a success', async () => {
    const { office, save, team: old } = await settledTeam('short')
    onTestFinished(() => office.sandbox.control.calm())
    save(withoutMember(old, 'short-2'))
    for (const operations of ['org.users.search', 'org.groups.search']) {
      office.sandbox.control.addFault({ operations, kind: 'short-page', keep: 5 })
      const failed = await typeWithoutEffect(office, 'sync short')
      expect(failed.code, operations).toBe(4)
      expect(failed.said).toContain('is applied in part.')
      expect(failed.said).toContain(
        'Error (incomplete-read): 1 part of the source or target could not be read completely',
      )
      expect(failed.said).not.toContain('as it should be')
      const told = await typeWithoutEffect(office, 'plan short')
      expect(told.said).toMatch(/Target, (users|groups): .* Nothing is taken away because of it\./)
      office.sandbox.control.calm()
    }
    expect((await succeed(office, 'sync short')).said).toContain('1 membership removed')
  })
})
