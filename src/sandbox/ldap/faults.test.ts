import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { quickClock } from '../../../test/doubles/quick-clock.ts'
import { type AskedSandbox, dnsIn, startAskedSandbox, valuesIn } from '../../../test/support/ldap-sandbox.ts'
import { slapdPresent } from '../../../test/support/slapd.ts'
import { temporaryFolder } from '../../../test/support/temporary.ts'
import type { LdapFault } from './faults.ts'
import type { FlavourName } from './flavours/flavour.ts'

// ldapsearch comes with slapd; it is the client here, so that the server is not judged by code of our own.
const slapd = await slapdPresent()
const people = '(objectClass=inetOrgPerson)'
const users = '(&(objectCategory=person)(employeeID=*))'
const inPages = (size: number) => ['-E', `pr=${size}/noprompt`]

describe.skipIf(!slapd.present)(`faults on demand${slapd.skipReason}`, () => {
  let openldap: AskedSandbox
  let activeDirectory: AskedSandbox
  beforeAll(async () => {
    openldap = await startAskedSandbox({ clock: quickClock() })
    activeDirectory = await startAskedSandbox({ flavour: 'activedirectory' })
  })
  afterAll(() => Promise.all([openldap.sandbox.stop(), activeDirectory.sandbox.stop()]))
  afterEach(() => {
    for (const { sandbox } of [openldap, activeDirectory]) {
      sandbox.control.calm()
      sandbox.control.resetCounters()
    }
  })

  /** A listing in pages of ten under one fault, and how often it struck. */
  const listUnder = async (fault: LdapFault, box = openldap) => {
    const id = box.sandbox.control.addFault(fault)
    const answer = await box.ask({
      filter: box === openldap ? people : users,
      attributes: ['uid', 'mail', 'employeeNumber'],
      more: inPages(10),
    })
    const struck = box.sandbox.control.faults.find((each) => each.id === id)?.struck
    return { code: answer.code, found: dnsIn(answer).length, struck, answer, counts: box.sandbox.control.counters() }
  }

  it('are not there unless set: 24 people in three pages', async () => {
    for (const box of [openldap, activeDirectory]) {
      const answer = await box.ask({ filter: box === openldap ? people : users, more: inPages(10) })
      expect([answer.code, dnsIn(answer).length, box.sandbox.control.counters().pages]).toEqual([0, 24, 3])
    }
  })

  it('empty-page: a page without entries and with a cookie; everybody comes all the same', async () => {
    const { code, found, struck, counts } = await listUnder({
      operations: 'search',
      kind: 'empty-page',
      page: 2,
      times: 1,
    })
    expect([code, found, struck, counts.pages]).toEqual([0, 24, 1, 4])
  })

  it('cut-page: the listing ends early and says it is whole', async () => {
    const { code, found, struck } = await listUnder({ operations: 'search', kind: 'cut-page', page: 2, keep: 3 })
    expect([code, found, struck]).toEqual([0, 13, 1])
  })

  it('refuse-cookie: in the words of the product, or in others', async () => {
    const fault: LdapFault = { operations: 'search', kind: 'refuse-cookie', page: 2 }
    expect(await listUnder(fault)).toMatchObject({ code: 53, found: 10, struck: 1 })
    openldap.sandbox.control.calm()
    expect(await listUnder({ ...fault, code: 2 })).toMatchObject({ code: 2, found: 10 })
    const windows = await listUnder({ ...fault, page: 3 }, activeDirectory)
    expect(windows).toMatchObject({ code: 12, found: 20, struck: 1 })
    expect(windows.answer.stderr).toContain('00000057')
  })

  it('cookies that expired, or died with a restart', async () => {
    const { sandbox, ask } = openldap
    sandbox.control.onPage(({ page }) => {
      if (page === 2) sandbox.control.expireCookies()
    })
    const died = await ask({ filter: people, more: inPages(5) })
    expect([died.code, dnsIn(died).length]).toEqual([53, 10])
    sandbox.control.onPage(undefined)
    sandbox.control.limitListings(1000)
    sandbox.control.addFault({ operations: 'search', kind: 'slow', ms: 600 })
    const slow = await ask({ filter: people, more: inPages(5) })
    expect([slow.code, dnsIn(slow).length]).toEqual([53, 15])
  })

  it.each([
    [3, 'time limit'],
    [4, 'size limit'],
    [11, 'administrative limit'],
    [50, 'rights'],
    [51, 'busy'],
    [52, 'unavailable'],
    [53, 'unwilling'],
  ])('result %i: %s, at once or after some entries', async (code) => {
    const fault = { operations: 'search', kind: 'result', code, message: 'told to', page: 2 } as const
    expect(await listUnder(fault)).toMatchObject({ code, found: 10, struck: 1 })
    openldap.sandbox.control.calm()
    const late = await listUnder({ ...fault, afterEntries: 4 })
    expect(late).toMatchObject({ code, found: 14, struck: 1 })
    expect(late.counts.results).toMatchObject({ [`search ${code}`]: 2 })
  })

  it('referral and continuation references', async () => {
    const uris = ['ldap://elsewhere.example/dc=elsewhere']
    const referred = await listUnder({ operations: 'search', kind: 'referral', uris })
    expect(referred).toMatchObject({ code: 10, found: 0 })
    expect(referred.answer.stdout + referred.answer.stderr).toContain(uris[0])
    openldap.sandbox.control.calm()
    const continued = await listUnder({ operations: 'search', kind: 'references', uris, page: 1 })
    expect(continued).toMatchObject({ code: 0, found: 24, struck: 1 })
    expect(continued.answer.stdout).toContain(`# ref${uris[0]}`)
  })

  it('slow: per page, and a time limit that ends it', async () => {
    const fault = { operations: 'search', kind: 'slow', ms: 3000 } as const
    expect(await listUnder(fault)).toMatchObject({ code: 0, found: 24, struck: 3 })
    const limited = await openldap.ask({ filter: people, more: [...inPages(10), '-l', '2'] })
    expect([limited.code, dnsIn(limited).length]).toEqual([3, 0])
  })

  it('hold: no answer until it is released; no-end: everything but the end', async () => {
    const { sandbox, ask } = openldap
    sandbox.control.addFault({ operations: 'search', kind: 'hold', times: 1 })
    const held = ask({ filter: people })
    await vi.waitFor(() => expect(sandbox.control.held).toBe(1), 60_000)
    expect(sandbox.control.release()).toBe(1)
    expect(dnsIn(await held)).toHaveLength(24)
    sandbox.control.addFault({ operations: 'search', kind: 'no-end' })
    const endless = ask({ filter: people })
    await vi.waitFor(() => expect(sandbox.control.counters().results).toMatchObject({ 'search none': 1 }), 60_000)
    sandbox.control.disconnectAll()
    const ended = await endless
    expect([ended.code === 0, dnsIn(ended).length]).toEqual([false, 24])
  })

  it('a connection that is accepted and then silent, or closed', async () => {
    const { sandbox, ask } = openldap
    sandbox.control.addFault({ operations: 'connect', kind: 'hold', times: 1 })
    const held = ask({ filter: people })
    await vi.waitFor(() => expect(sandbox.control.held).toBe(1), 60_000)
    expect(sandbox.control.counters().requests).toEqual({})
    sandbox.control.release()
    expect((await held).code).toBe(0)
    sandbox.control.addFault({ operations: 'connect', kind: 'close', times: 1 })
    expect((await ask()).code).not.toBe(0)
    expect((await ask()).code).toBe(0)
  })

  it('close: before the answer, between entries, in the middle of one', async () => {
    const close = (more: object) => ({ operations: 'search', kind: 'close', page: 2, ...more }) as LdapFault
    for (const [more, found] of [
      [{}, 10],
      [{ afterEntries: 3 }, 13],
      [{ afterEntries: 3, midMessage: true }, 13],
      [{ afterEntries: 10, midMessage: true }, 20],
    ] as const) {
      const under = await listUnder(close(more))
      expect([under.code === 0, under.found, under.struck]).toEqual([false, found, 1])
      openldap.sandbox.control.calm()
    }
  })

  it('disconnect-notice: the server says farewell', async () => {
    const fault = { operations: 'search', kind: 'disconnect-notice', code: 52, page: 2 } as const
    const under = await listUnder(fault)
    expect([under.code === 0, under.found, under.struck]).toEqual([false, 10, 1])
  })

  it('duplicate-entries: some come twice', async () => {
    const { code, found, answer } = await listUnder({
      operations: 'search',
      kind: 'duplicate-entries',
      count: 2,
      page: 1,
    })
    expect([code, found, new Set(dnsIn(answer)).size]).toEqual([0, 26, 24])
  })

  it('remove-next: entries vanish while listed, with holes in the pages of Active Directory and none in OpenLDAP', async () => {
    const fault = { operations: 'search', kind: 'remove-next', count: 15, page: 1 } as const
    const [windows, unix] = [
      await startAskedSandbox({ flavour: 'activedirectory' }),
      await startAskedSandbox({ flavour: 'openldap' }),
    ]
    try {
      for (const [box, filter, pages] of [
        [windows, users, 5],
        [unix, people, 2],
      ] as const) {
        box.sandbox.control.addFault(fault)
        const answer = await box.ask({ filter, attributes: ['1.1'], more: inPages(5) })
        expect([answer.code, dnsIn(answer).length, box.sandbox.control.counters().pages]).toEqual([0, 9, pages])
      }
    } finally {
      await Promise.all([windows.sandbox.stop(), unix.sandbox.stop()])
    }
  })

  it('half-value and half-values: less than there is, without a word', async () => {
    const half = await listUnder({ operations: 'search', kind: 'half-value', attribute: 'mail' })
    expect(valuesIn(half.answer, 'mail')).toContain('ruby.hughes@')
    openldap.sandbox.control.calm()
    openldap.sandbox.control.addFault({ operations: 'search', kind: 'half-values', attribute: 'member' })
    const group = await openldap.ask({ filter: '(cn=developers)', attributes: ['member'] })
    expect([group.code, valuesIn(group, 'member').length]).toEqual([0, 4])
  })

  it('hide-attributes and hide-below: what a reader without rights sees', async () => {
    const blind = await listUnder({ operations: 'search', kind: 'hide-attributes', attributes: ['employeeNumber'] })
    expect([blind.found, valuesIn(blind.answer, 'employeeNumber')]).toEqual([24, []])
    openldap.sandbox.control.calm()
    const { userBaseDn } = openldap.sandbox
    openldap.sandbox.control.addFault({ operations: 'search', kind: 'hide-below', dns: [userBaseDn] })
    expect(await openldap.ask({ filter: people })).toMatchObject({ code: 0, stdout: '' })
    expect(await openldap.ask({ base: userBaseDn, filter: people })).toMatchObject({ code: 32 })
  })

  it.each(['indefinite', 'too-long', 'wrong-tag', 'noise'] as const)('malformed: %s', async (how) => {
    const { sandbox, ask } = openldap
    sandbox.control.addFault({ operations: 'search', kind: 'malformed', how, times: 1 })
    const asked = ask({ filter: people })
    await vi.waitFor(() => expect(sandbox.control.counters().results).toMatchObject({ 'search none': 1 }), 60_000)
    // A client that waits for the rest of what was announced is not kept waiting.
    sandbox.control.disconnectAll()
    expect((await asked).code).not.toBe(0)
    expect((await ask({ filter: people })).code).toBe(0)
  })

  it('wrong-message-id: of another request, alone or beside the right one', async () => {
    const { sandbox, ask } = openldap
    const extra = await listUnder({ operations: 'search', kind: 'wrong-message-id', extra: true })
    expect(extra).toMatchObject({ code: 0, found: 24, struck: 3 })
    sandbox.control.calm()
    sandbox.control.resetCounters()
    sandbox.control.addFault({ operations: 'search', kind: 'wrong-message-id' })
    const asked = ask({ filter: people })
    await vi.waitFor(() => expect(sandbox.control.counters().results).toMatchObject({ 'search 0': 1 }), 60_000)
    sandbox.control.disconnectAll()
    expect([(await asked).code === 0, dnsIn(await asked)]).toEqual([false, []])
  })

  it('binds that fail from the third one on, with the reason of Active Directory', async () => {
    const { sandbox, ask } = activeDirectory
    sandbox.control.addFault({ operations: 'bind', kind: 'refuse-bind', reason: 'locked', skip: 2 })
    const codes = []
    for (let at = 0; at < 4; at++) codes.push((await ask({ filter: users })).code)
    expect(codes).toEqual([0, 0, 49, 49])
    expect((await ask()).stderr).toContain('data 775')
    expect(sandbox.control.counters().results).toMatchObject({ 'bind 0': 2, 'bind 49': 3 })
  })

  it('strikes only what it is narrowed to', async () => {
    const { sandbox, ask } = openldap
    sandbox.control.addFault({ operations: 'search', kind: 'result', code: 51, containing: '(uid=ruby.hughes)' })
    expect((await ask({ filter: '(uid=ruby.hughes)' })).code).toBe(51)
    expect((await ask({ filter: '(uid=hina.sato)' })).code).toBe(0)
    sandbox.control.removeFault()
    expect((await ask({ filter: '(uid=ruby.hughes)' })).code).toBe(0)
  })

  it('certificates nobody should accept, over LDAPS and StartTLS, and the good one again', async () => {
    const { sandbox, ask } = openldap
    const caFile = join(temporaryFolder(), 'ca.pem')
    writeFileSync(caFile, sandbox.caCertificate)
    const both = async () => [
      (await ask({ url: sandbox.tlsUrl, caFile, scope: 'base' })).code === 0,
      (await ask({ more: ['-ZZ'], caFile, scope: 'base' })).code === 0,
    ]
    for (const kind of ['expired', 'wrong-name', 'unknown-authority'] as const) {
      sandbox.control.useCertificate(kind)
      expect(await both()).toEqual([false, false])
    }
    sandbox.control.useCertificate('valid')
    expect(await both()).toEqual([true, true])
    expect((await ask({ url: sandbox.tlsUrl, scope: 'base' })).code).not.toBe(0)
  })

  it.each([
    ['openldap', 13],
    ['activedirectory', 8],
  ] as const)('%s without TLS, where TLS is demanded, is refused with %i', async (flavour: FlavourName, code) => {
    const box = flavour === 'openldap' ? openldap : activeDirectory
    box.sandbox.control.demandTls()
    expect((await box.ask()).code).toBe(code)
    const caFile = join(temporaryFolder(), 'ca.pem')
    writeFileSync(caFile, box.sandbox.caCertificate)
    expect((await box.ask({ more: ['-ZZ'], caFile, scope: 'base' })).code).toBe(0)
  })
})
