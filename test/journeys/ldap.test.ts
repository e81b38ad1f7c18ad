import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChangeView } from '../../src/contract/plans.ts'
import { makeCompany } from '../../src/sandbox/company/company.ts'
import { type LdapSandbox, startLdapSandbox } from '../../src/sandbox/ldap/start.ts'
import { sambaPresent, startSamba } from '../support/samba.ts'
import { slapdPresent, startSlapd } from '../support/slapd.ts'
import {
  type Answer,
  configurationYaml,
  firstRun,
  type Office,
  sharedOffice,
  succeed,
  withoutEffect,
} from './office.ts'

// A directory has a bad day; a whole run reads it, plans, and is held or ends. Whoever is still there keeps everything.

const office = sharedOffice()
const people = makeCompany(300, { seed: 7 }).directory

/** Connection and target are usual ones, with the limits an administrator gets who sets none. */
function configuration({ sandbox }: Office, key: string, source: string): string {
  const wide = /\n {4}guards:(\n {6}[^\n]+)+\n/
  return configurationYaml(sandbox, { [key]: 'SOURCE' })
    .replace('{ type: file, SOURCE }', `{ type: ldap, ${source} }`)
    .replace(wide, '\n')
}

async function configure(key: string, source: string): Promise<void> {
  office().write('ldap.yaml', configuration(office(), key, source))
  await succeed(office(), 'import {ldap.yaml}')
}

describe('a bad day of a directory', () => {
  let directory: LdapSandbox
  const settings = (more = '', { port = directory.port, bindDn = directory.bindDn } = {}) =>
    `preset: openldap, hosts: [127.0.0.1], port: ${port}, bindDn: "${bindDn}", password: { file: ldap-password }, baseDn: "${directory.baseDn}", pageSize: 50, operationTimeoutSeconds: 2${more}`
  const plain = () => settings(', security: none')

  beforeAll(async () => {
    directory = await startLdapSandbox({ company: people })
    office().write('ldap-password', directory.password)
    office().write('ldap-ca.pem', directory.caCertificate)
    await configure('corp', plain())
    await firstRun(office(), 'corp')
  })
  afterAll(() => directory.stop())

  /** A command that must leave the site as it was; then the directory is well again and the next run finds nothing to do. */
  async function typed(line: string): Promise<Answer> {
    return withoutEffect(office().sandbox, () => office().type(line))
  }
  async function wellAgain(): Promise<void> {
    directory.control.calm()
    const after = await typed('sync corp')
    expect(after.code, after.said).toBe(0)
    expect(after.said).toContain('Nothing to do: the target is as it should be.')
  }
  async function changes(): Promise<readonly ChangeView[]> {
    const { stdout } = await succeed(office(), 'plan corp --json --all')
    return (JSON.parse(stdout) as { changes: readonly ChangeView[] }).changes
  }

  it('begins well: a second run finds nothing to do', wellAgain, 60_000)

  it('a first host that is dead: the next one is read, and the plan says so', async () => {
    await configure('corp', plain().replace('[127.0.0.1]', '[127.0.0.77, 127.0.0.1]'))
    const { code, said } = await typed('plan corp')
    expect(code).toBe(0)
    expect(said).toContain(
      `Nothing listens at 127.0.0.77:${directory.port}: the connection was refused. 127.0.0.1:${directory.port} was read instead of 127.0.0.77:${directory.port}.`,
    )
    await configure('corp', plain())
    await wellAgain()
  })

  it('a certificate that has expired: nothing is sent, nothing changes', async () => {
    const secure = settings(', security: ldaps, caCertificate: { file: ldap-ca.pem }', { port: directory.tlsPort })
    await configure('corp', secure)
    expect((await typed('plan corp')).code).toBe(0)
    directory.control.useCertificate('expired')
    directory.control.resetCounters()
    const failed = await typed('sync corp')
    expect(failed.code).toBe(4)
    expect(failed.said).toMatch(
      /Error \(unreachable\): The certificate of 127\.0\.0\.1:\d+ expired on \d{4}-\d\d-\d\d, .* ago\. It is ".*", issued by ".*"\. Nothing was sent to it\. What to do: Let the directory be given a new certificate\. The check cannot be switched off\./,
    )
    expect(directory.control.requests('bind')).toBe(0)
    const checked = await typed('check corp --as source')
    expect([checked.code, checked.said]).toEqual([4, expect.stringMatching(/tls: The certificate of .* expired on/)])
    await configure('corp', plain())
    await wellAgain()
  })

  it('a reader without rights: the run ends and says which right is missing', async () => {
    office().write('ldap-password', directory.blind.password)
    await configure('corp', settings(', security: none', { bindDn: directory.blind.bindDn }))
    const failed = await typed('sync corp')
    expect(failed.code).toBe(3)
    expect(failed.said).toContain(
      'Error (forbidden): The reading account may not see entryUUID of anybody (300 people found), or this directory has no such attribute. What to do: Let the account be given the right to read entryUUID',
    )
    office().write('ldap-password', directory.password)
    await configure('corp', plain())
    await wellAgain()
  })

  it.each([
    ['a size limit', { kind: 'result', code: 4, afterEntries: 3 }, /stopped listing people at its size limit\./],
    [
      'a connection that is cut again and again',
      { kind: 'close', afterEntries: 2, midMessage: true },
      /broke off while people were read/,
    ],
    ['a server that falls silent', { kind: 'hold', ms: 60_000 }, /no answer came in time/],
    [
      'a list that ends too early and says that it is whole',
      { kind: 'cut-page', keep: 2 },
      /The list of people said that it was whole, but 188 people it left out are there/,
    ],
  ] as const)('half of the people, because of %s: nobody leaves', async (_, fault, says) => {
    directory.control.addFault({ operations: 'search', ...fault, containing: 'inetOrgPerson', page: 3 })
    const synced = await typed('sync corp')
    expect([synced.code, synced.said]).toEqual([4, expect.stringContaining('Nothing to do as far as it could be read')])
    const { said } = await typed('plan corp')
    expect(said).toMatch(says)
    expect(said).toContain('Nothing is taken away because of it.')
    await wellAgain()
  })

  it('members that are hidden: nobody is taken out of a group', async () => {
    directory.control.addFault({ operations: 'search', kind: 'hide-attributes', attributes: ['member'] })
    expect((await typed('sync corp')).code).toBe(4)
    const { said } = await typed('plan corp')
    expect(said).toMatch(
      /The members of ".*" are hidden from the reading account: a group of the class groupOfNames always has one\./,
    )
    expect(said).toContain('Nothing is taken away because of it.')
    await wellAgain()
  })

  it('212 people whom the base does not show any more: everything that would be taken away is held', async () => {
    const lost = people.people.slice(0, 212).map(({ login }) => directory.control.company.dnOfPerson(login))
    directory.control.addFault({ operations: 'search', kind: 'hide-below', dns: lost })
    const { said, code } = await typed('sync corp')
    expect(code).toBe(5)
    expect(said).toContain(
      'The source delivered 88 people; the last good read had 300. Nothing is taken away until a person looked.',
    )
    const planned = await changes()
    const takes = planned.filter(({ sign }) => sign === '-')
    expect(takes.length).toBeGreaterThan(200)
    for (const { state, stateReasons } of takes) {
      expect(state).toBe('held')
      expect(stateReasons.map(({ reason }) => reason)).toContain('guard:source-shrunk')
    }
    await wellAgain()
  })

  it('thirty people deleted while they are listed: they alone are missing, and even they are held', async () => {
    directory.control.addFault({
      operations: 'search',
      kind: 'remove-next',
      count: 30,
      containing: 'inetOrgPerson',
      page: 2,
      times: 1,
    })
    const { said, code } = await typed('sync corp')
    const { company, directory: entries } = directory.control
    const deleted = people.people.filter(({ login }) => entries.at(company.dnOfPerson(login)) === undefined)
    expect(deleted).toHaveLength(30)
    // Whoever was inactive at the source had no account.
    const mails = deleted.flatMap(({ active, mail }) => (active ? [mail] : [])).toSorted()
    expect(code).toBe(5)
    expect(said).toContain(`${mails.length} deactivations; 5 pass without a person.`)
    const takes = (await changes()).filter(({ sign }) => sign === '-')
    expect(takes.map(({ accountLabel }) => /<(.*)>/.exec(accountLabel ?? '')?.[1]).toSorted()).toEqual(mails)
    expect(takes.every(({ kind, state }) => kind === 'account.deactivate' && state === 'held')).toBe(true)
  })
})

const slapd = await slapdPresent()
const samba = await sambaPresent()

describe.skipIf(!slapd.present)(
  `a real OpenLDAP, from the first preview to a run with nothing to do${slapd.skipReason}`,
  () => {
    it('with the settings as the design writes them', async () => {
      const server = await startSlapd({ company: makeCompany('small').directory })
      try {
        office().write('slapd-password', server.reader.password)
        await configure(
          'unix',
          `preset: openldap, hosts: [127.0.0.1], port: ${server.port}, security: none, bindDn: "${server.reader.dn}", password: { file: slapd-password }, baseDn: "${server.baseDn}"`,
        )
        await firstRun(office(), 'unix')
        expect((await succeed(office(), 'sync unix')).said).toContain('Nothing to do: the target is as it should be.')
        const { said } = await succeed(office(), 'find unix noemie.lefevre')
        expect(said).toMatch(/employees +through developers > engineering/)
        expect(said).toContain('unix -> acme (automatic) In scope. Linked to Noémie Lefèvre')
      } finally {
        await server.stop()
      }
    })
  },
)

describe.skipIf(!samba.present)(
  `a real Active Directory, from the first preview to a run with nothing to do${samba.skipReason}`,
  () => {
    it('with as few settings as possible', async () => {
      const server = await startSamba({ company: makeCompany('small').directory })
      try {
        office().write('samba-password', server.reader.password)
        office().write('samba-ca.pem', server.tls.ca)
        const scope =
          '    groups: { byName: {}, scope: { exclude: [{ matches: "(?i)(domain|enterprise|schema|dns|cert|ras|group policy|denied|allowed|read-only|protected).*" }] } }'
        const written = configuration(
          office(),
          'windows',
          `hosts: [${server.host}], bindDn: "reader@example.test", password: { file: samba-password }, caCertificate: { file: samba-ca.pem }, baseDn: "OU=people,${server.baseDn}", groupBaseDn: "OU=groups,${server.baseDn}"`,
        )
        office().write('windows.yaml', written.replace('    groups: { byName: {} }', scope))
        await succeed(office(), 'import {windows.yaml}')
        await firstRun(office(), 'windows')
        expect((await succeed(office(), 'sync windows')).said).toContain(
          'Nothing to do: the target is as it should be.',
        )
      } finally {
        await server.stop()
      }
    })
  },
)
