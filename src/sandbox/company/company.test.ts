import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
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
