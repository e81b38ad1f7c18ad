import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCompany } from '../../src/sandbox/company/company.ts'
import { type CompanyDirectory, type CompanyPerson, flattener } from '../../src/sandbox/company/directory.ts'
import { flavourNames } from '../../src/sandbox/ldap/flavours/flavour.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'
import { type Samba, sambaPresent, sambaStartTimeoutMs, startSamba } from '../support/samba.ts'
import { type Slapd, slapdPresent, startSlapd } from '../support/slapd.ts'

// From a directory to the site and back to an empty plan: on real servers, and on all the kinds the sandbox can be.

const current = sharedProgram()
const wide = '{ floor: 10000, percent: 100, cap: 10000 }'

/** A connection from a directory to a site of its own. */
interface Line {
  /** Plans, approves everything, applies; the state of the run, and how many changes there were. */
  sync(): Promise<{ readonly state: string; readonly total: number; readonly kinds: Readonly<Record<string, number>> }>
}

async function joined(key: string, site: Sandbox, source: Readonly<Record<string, unknown>>): Promise<Line> {
  const { client, runner, folder, applyFile } = current()
  writeFileSync(join(folder, `${key}-token`), site.credentials.apiToken)
  writeFileSync(join(folder, `${key}-org`), site.credentials.orgApiKey)
  const target = {
    type: 'jira-cloud',
    site: site.site,
    apiBase: site.apiBase,
    email: site.credentials.email,
    apiToken: { file: `${key}-token` },
    orgApiKey: { file: `${key}-org` },
  }
  const limits = ['deactivations', 'membershipRemovals', 'groupRemovals', 'groupsEmptied', 'creates']
  const connection = `    source: ${key}\n    target: ${key}\n    mode: automatic\n    groups: { byName: {} }
    users: { onLeft: [{ after: 0d, action: deactivate }] }
    guards: { ${limits.map((limit) => `${limit}: ${wide}`).join(', ')} }`
  // YAML is a superset of JSON.
  await applyFile(
    `sources:\n  ${key}: ${JSON.stringify({ type: 'ldap', hosts: ['127.0.0.1'], security: 'none', ...source })}\n` +
      `targets:\n  ${key}: ${JSON.stringify(target)}\nconnections:\n  ${key}:\n${connection}\n`,
  )
  return {
    async sync() {
      const asked = { trigger: 'cli', startedBy: 'os:tester', kind: 'preview' } as const
      const { planId = '', error } = await (await runner.start(key, asked)).done
      if (error !== undefined) throw new Error(JSON.stringify(error))
      const plan = await client.plans.get({ params: { plan: planId } })
      const kinds = Object.fromEntries(plan.tally.map(({ kind, count }) => [kind, count]))
      const { total } = plan.summary
      if (total === 0) return { state: 'empty', total, kinds }
      const body = { fingerprint: plan.fingerprint, release: { all: true as const } }
      await client.plans.approve({ params: { plan: planId }, body })
      const { state } = await (await runner.apply(planId, 'os:tester')).done
      return { state, total, kinds }
    },
  }
}

/** What the company's groups, with groups in groups, mean for each active person: address -> names of groups. */
function meant({ people, groups }: CompanyDirectory): Record<string, string[]> {
  const inside = flattener({ people, groups })
  const sets = groups.map(({ id, name }) => ({ name, ids: inside(id) }))
  return Object.fromEntries(
    people
      .filter(({ active }) => active)
      .map(({ id, mail }) => [mail, sets.flatMap(({ name, ids }) => (ids.has(id) ? [name] : [])).sort()]),
  )
}

/** The same as the site has it, of people and groups that the company knows. */
function found(site: Sandbox, { people, groups }: CompanyDirectory): Record<string, string[]> {
  const mails = new Set(people.map(({ mail }) => mail))
  const names = new Set(groups.map(({ name }) => name))
  return Object.fromEntries(
    site.control
      .state()
      .people.filter(({ email, directories }) => mails.has(email) && !Object.values(directories).includes('suspended'))
      .map(({ email, groups: held }) => [email, held.filter((name) => names.has(name)).sort()]),
  )
}

describe.for(flavourNames)('a directory of the sandbox with the ways of %s', (flavour) => {
  it('is synced, is in order at once, and a leaver and a mover come through', async () => {
    const seed = flavourNames.indexOf(flavour) + 1
    const site = await startSandbox({ company: 25, seed, target: 'fresh', ldap: { flavour } })
    try {
      const { ldap } = site
      if (ldap === undefined) throw new Error('There is no directory')
      writeFileSync(join(current().folder, `${flavour}-ldap`), ldap.password)
      const line = await joined(flavour, site, {
        port: ldap.port,
        bindDn: ldap.bindDn,
        password: { file: `${flavour}-ldap` },
        baseDn: ldap.baseDn,
        userBaseDn: ldap.userBaseDn,
        groupBaseDn: ldap.groupBaseDn,
        pageSize: 7,
        // What this one cannot say by itself.
        ...(flavour === 'generic' ? { inactive: { attribute: 'employeeType', values: ['inactive'] } } : {}),
      })
      expect((await line.sync()).state).toBe('applied')
      expect(found(site, site.directory)).toEqual(meant(site.directory))
      expect(await line.sync()).toMatchObject({ state: 'empty' })

      const [, leaver, mover] = site.directory.people.filter(({ active }) => active) as CompanyPerson[]
      const [team] = site.directory.groups.filter(({ members }) =>
        members.some((member) => 'user' in member && member.user === mover?.id),
      )
      await edit(site, { action: 'disable-person', login: leaver?.login })
      await edit(site, { action: 'remove-member', group: team?.name, login: mover?.login })
      const next = await line.sync()
      expect(next).toMatchObject({ state: 'applied', kinds: { 'account.deactivate': 1 } })
      expect(next.kinds['membership.remove']).toBeGreaterThanOrEqual(1)
      expect(found(site, site.directory)[leaver?.mail ?? '']).toBeUndefined()
      expect(found(site, site.directory)[mover?.mail ?? '']).not.toContain(team?.name)
      expect(await line.sync()).toMatchObject({ state: 'empty' })
    } finally {
      await site.stop()
    }
  })
})

async function edit(site: Sandbox, change: unknown): Promise<void> {
  const answer = await fetch(`${site.url}/__sandbox/ldap/edit`, { method: 'POST', body: JSON.stringify(change) })
  if (!answer.ok) throw new Error(await answer.text())
}

const slapd = await slapdPresent()
const samba = await sambaPresent()

describe.skipIf(!slapd.present)(`a real OpenLDAP of 250 people${slapd.skipReason}`, () => {
  const company = makeCompany(250, { seed: 4 }).directory
  let server: Slapd
  let site: Sandbox
  beforeAll(async () => {
    server = await startSlapd({ company, sizeLimit: 100 })
    site = await startSandbox({ company: 250, seed: 21 })
  })
  afterAll(() => Promise.all([server?.stop(), site?.stop()]))

  it('is synced, is in order at once, and follows what changes', async () => {
    writeFileSync(join(current().folder, 'slapd-ldap'), server.reader.password)
    const line = await joined('slapd', site, {
      port: server.port,
      bindDn: server.reader.dn,
      password: { file: 'slapd-ldap' },
      baseDn: server.baseDn,
      pageSize: 100,
    })
    expect((await line.sync()).state).toBe('applied')
    expect(found(site, company)).toEqual(meant(company))
    expect(await line.sync()).toMatchObject({ state: 'empty' })
    const [gone, locked] = company.people.slice(-2) as [CompanyPerson, CompanyPerson]
    const dn = ({ login }: CompanyPerson) => `uid=${login},ou=people,${server.baseDn}`
    await server.change(
      `dn: ${dn(gone)}\nchangetype: delete\n\n` +
        `dn: ${dn(locked)}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n`,
    )
    expect(await line.sync()).toMatchObject({ state: 'applied', kinds: { 'account.deactivate': 2 } })
    expect(await line.sync()).toMatchObject({ state: 'empty' })
  })
})

describe.skipIf(!samba.present)(`a real Samba AD of 100 people${samba.skipReason}`, () => {
  const company = makeCompany(100, { seed: 5 }).directory
  let server: Samba
  let site: Sandbox
  beforeAll(async () => {
    server = await startSamba({ company })
    site = await startSandbox({ company: 100, seed: 22 })
  }, sambaStartTimeoutMs)
  afterAll(() => Promise.all([server?.stop(), site?.stop()]))

  it('is synced, is in order at once, and follows what changes', async () => {
    writeFileSync(join(current().folder, 'samba-ldap'), server.reader.password)
    const line = await joined('samba', site, {
      hosts: [server.host],
      bindDn: 'reader@example.test',
      password: { file: 'samba-ldap' },
      baseDn: server.baseDn,
      userBaseDn: `OU=people,${server.baseDn}`,
      groupBaseDn: `OU=groups,${server.baseDn}`,
      pageSize: 50,
    })
    expect((await line.sync()).state).toBe('applied')
    expect(found(site, company)).toEqual(meant(company))
    expect(await line.sync()).toMatchObject({ state: 'empty' })
    const [gone, disabled] = company.people.slice(-2) as [CompanyPerson, CompanyPerson]
    const dn = ({ login }: CompanyPerson) => `CN=${login},OU=people,${server.baseDn}`
    await server.change(
      `dn: ${dn(gone)}\nchangetype: delete\n\n` +
        `dn: ${dn(disabled)}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n`,
    )
    expect(await line.sync()).toMatchObject({ state: 'applied', kinds: { 'account.deactivate': 2 } })
    expect(await line.sync()).toMatchObject({ state: 'empty' })
  })
})
