import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { sandboxForTest } from '../../../test/support/sandbox-for-test.ts'
import type { Account, Site } from '../atlassian/model.ts'
import { startSandbox } from '../start.ts'
import { makeCompany } from './company.ts'
import { type CompanyDirectory, flattener } from './directory.ts'
import { writeCsv, writeJson } from './write.ts'

function checkWhole({ people, groups }: CompanyDirectory): void {
  const ids = new Set(people.map((person) => person.id))
  const groupIds = new Set(groups.map((group) => group.id))
  expect(ids.size).toBe(people.length)
  expect(groupIds.size).toBe(groups.length)
  expect(new Set(people.map((person) => person.mail.toLowerCase())).size).toBe(people.length)
  expect(new Set(groups.map((group) => group.name.toLowerCase())).size).toBe(groups.length)
  for (const { login, manager } of people) {
    expect(login).toMatch(/^[a-z]+\.[a-z]+\d*$/)
    if (manager !== undefined) expect(ids.has(manager)).toBe(true)
  }
  for (const { members } of groups) {
    for (const member of members) {
      expect('user' in member ? ids.has(member.user) : groupIds.has(member.group)).toBe(true)
    }
  }
}

describe('the small company', () => {
  it('has nested groups, a leaver, a contractor and names of the world', () => {
    const { directory } = makeCompany('small')
    checkWhole(directory)
    expect(directory.people).toHaveLength(24)
    expect(directory.people.filter((person) => !person.active)).toHaveLength(1)
    const employees = directory.groups.find((group) => group.name === 'employees')?.id ?? ''
    expect(flattener(directory)(employees).size).toBe(23 + 1 - 1 + 1)
    expect(directory.people.some((person) => person.displayName.includes("'"))).toBe(true)
    expect(directory.people.some((person) => /\p{Script=Han}/u.test(person.displayName))).toBe(true)
  })

  it('meets a site with history: a rename, a foreign member, a synced group', async () => {
    const sandbox = await startSandbox()
    try {
      const state = sandbox.control.state()
      const emails = state.people.map((person) => person.email)
      expect(emails).toContain('johanna.brandt@acme.example')
      expect(emails).not.toContain('johanna.winkler@acme.example')
      expect(state.people.find((person) => person.email.startsWith('auditor@'))?.groups).toEqual(['developers'])
      expect(state.groups.filter((group) => group.synced).map((group) => group.name)).toEqual(['okta-everyone'])
      expect(makeCompany('small', { target: 'fresh' }).target.people).toHaveLength(7)
    } finally {
      await sandbox.stop()
    }
  })
})

describe('a large company', () => {
  it('is the same for the same seed and another for another', () => {
    expect(makeCompany(300, { seed: 5 })).toEqual(makeCompany(300, { seed: 5 }))
    expect(makeCompany(300, { seed: 5 }).directory).not.toEqual(makeCompany(300, { seed: 6 }).directory)
  })

  it('has the size it should have', () => {
    const { directory } = makeCompany(4000)
    checkWhole(directory)
    expect(directory.people).toHaveLength(4000)
    expect(directory.groups.length).toBeGreaterThan(90)
    expect(directory.groups.length).toBeLessThan(110)
    const memberships = directory.groups.flatMap((group) => group.members).filter((member) => 'user' in member).length
    expect(memberships / 4000).toBeGreaterThan(4)
    expect(memberships / 4000).toBeLessThan(5)
    expect(directory.groups.some((group) => group.members.some((member) => 'group' in member))).toBe(true)
    expect(directory.people.some((person) => /\p{Script=Cyrillic}/u.test(person.surname))).toBe(true)
  })

  it('can have an old site that knows most of it, and some it does not know', async () => {
    const sandbox = await startSandbox({ company: 500, target: 'ten-years' })
    try {
      const mails = new Set(sandbox.directory.people.map((person) => person.mail))
      const { people } = sandbox.control.state()
      expect(people.filter((person) => mails.has(person.email)).length).toBeGreaterThan(350)
      expect(people.filter((person) => !mails.has(person.email)).length).toBeGreaterThan(5)
      expect(people.some((person) => person.status === 'suspended')).toBe(true)
    } finally {
      await sandbox.stop()
    }
  })

  it('refuses a size that is none', () => {
    expect(() => makeCompany(0)).toThrow('1 to 1000000')
  })
})

describe('files of the directory', () => {
  it('come back as they were written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'company-'))
    try {
      const { directory } = makeCompany(200)
      await writeJson(directory, join(folder, 'company.json'))
      expect(JSON.parse(await readFile(join(folder, 'company.json'), 'utf8'))).toEqual(directory)
      await writeCsv(directory, folder)
      const rows = async (file: string): Promise<Record<string, string>[]> =>
        parse(await readFile(join(folder, file)), { columns: true })
      expect((await rows('people.csv')).map((row) => [row.id, row.displayName, row.active])).toEqual(
        directory.people.map((person) => [person.id, person.displayName, String(person.active)]),
      )
      expect(await rows('groups.csv')).toHaveLength(directory.groups.length)
      expect(await rows('memberships.csv')).toHaveLength(directory.groups.flatMap((group) => group.members).length)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('the shape of a site', () => {
  it('adds seats, projects, guests, customers, apps, teams, directories and organizations', async () => {
    const shape = {
      seats: 1000,
      projects: 40,
      ledByLeavers: 3,
      guests: 4,
      customers: 5,
      apps: 2,
      teams: 2,
      directories: 2,
      elsewherePercent: 10,
      organizations: 3,
      domains: [{ name: 'acme-new.example', verified: true }],
      hiddenPercent: 20,
      confluencePercent: 25,
      directAccessPercent: 30,
      syncedPercent: 30,
    }
    const sandbox = await sandboxForTest({ company: 400, target: 'ten-years', shape })
    const { state } = sandbox.control.twin
    const [site] = state.sites
    expect(site?.products.map(({ seats }) => seats)).toEqual([1000, 10, 1000])
    const projects = state.projects.of(site as Site)
    expect(projects).toHaveLength(40)
    const leavers = new Set(sandbox.directory.people.filter(({ active }) => !active).map(({ mail }) => mail))
    expect(projects.slice(0, 3).every(({ lead }) => leavers.has(lead.email.toLowerCase()))).toBe(true)
    expect(projects.flatMap(({ components }) => components).length).toBeGreaterThan(30)
    const count = (fits: (account: Account) => boolean) => state.accounts.items.filter(fits).length
    expect(count(({ accountType }) => accountType === 'customer')).toBe(6)
    expect(count(({ accountType }) => accountType === 'app')).toBe(5)
    expect(count(({ email }) => email.startsWith('visitor'))).toBe(4)
    expect(state.groups.items.filter(({ managedBy }) => managedBy !== 'admins')).toHaveLength(2)
    expect(sandbox.organizations.map(({ name }) => name)).toEqual(['Acme', 'Globex 1', 'Globex 2'])
    expect(sandbox.organizations[0]?.directories).toHaveLength(2)
    const elsewhere = sandbox.organizations[0]?.directories[1]?.directoryId
    expect(count(({ directories }) => directories.some((each) => each.directoryId === elsewhere))).toBeGreaterThan(20)
    const [software, , confluence] = site?.products ?? []
    expect(confluence?.used).toBeGreaterThan(50)
    expect(count(({ roles }) => roles.has(software?.resource ?? ''))).toBeGreaterThan(50)
    expect(count(({ externalDirectory }) => externalDirectory === 'scim')).toBeGreaterThan(60)
    expect(state.organization.domains.map(({ name }) => name)).toContain('acme-new.example')
  })

  it('is the same for the same seed', () => {
    const shape = { projects: 10, hiddenPercent: 50, syncedPercent: 50 }
    const make = (seed: number) => makeCompany(100, { target: 'ten-years', seed, shape }).target
    expect(make(3)).toEqual(make(3))
    expect(make(3).projects).not.toEqual(make(4).projects)
  })

  it('goes with the small company and a fresh site', async () => {
    const small = await sandboxForTest({ shape: { projects: 2, ledByLeavers: 1, seats: null } })
    const [first] = small.control.state().projects.filter(({ key }) => key.startsWith('P0'))
    expect(first?.lead).toBe('peter.lawson@acme.example')
    const fresh = await sandboxForTest({ target: 'fresh', shape: { projects: 1 } })
    expect(fresh.control.state().projects).toHaveLength(1)
  })
})
