import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AskedSandbox, dnsIn, startAskedSandbox, valuesIn } from '../../../test/support/ldap-sandbox.ts'
import { slapdPresent } from '../../../test/support/slapd.ts'
import { makeCompany } from '../company/company.ts'

const slapd = await slapdPresent()

describe.skipIf(!slapd.present)(`what only Active Directory does${slapd.skipReason}`, () => {
  let box: AskedSandbox
  beforeAll(async () => {
    // Two cities, so that each of their groups is above the range of 1500 values.
    const company = makeCompany(3400, { peoplePerGroup: 200 }).directory
    box = await startAskedSandbox({ flavour: 'activedirectory', company })
  })
  afterAll(() => box.sandbox.stop())

  const asAdmin = () => ({ dn: box.sandbox.admin.bindDn, password: box.sandbox.admin.password })
  const city = () =>
    box.sandbox.directory.groups.filter(({ members }) => members.length > 1500)[0] as never as {
      name: string
      members: readonly unknown[]
    }

  it('binds by DN, principal name and DOMAIN\\user, not by the bare name', async () => {
    const { password, bindDn } = box.sandbox
    for (const [dn, code] of [
      [bindDn, 0],
      [bindDn.toUpperCase(), 0],
      ['reader@acme.example', 0],
      ['ACME\\reader', 0],
      ['acme\\READER', 0],
      ['reader', 49],
      ['reader@other.example', 49],
    ] as const) {
      expect([dn, (await box.ask({ as: { dn, password }, scope: 'base' })).code]).toEqual([dn, code])
    }
  })

  it('gives at most 1000 entries: a limit without pages, a lowered page with', async () => {
    const filter = '(employeeID=*)'
    const unpaged = await box.ask({ filter, attributes: ['1.1'] })
    expect([unpaged.code, dnsIn(unpaged).length]).toEqual([4, 1000])
    box.sandbox.control.resetCounters()
    const paged = await box.ask({ filter, attributes: ['1.1'], more: ['-E', 'pr=5000/noprompt'] })
    expect([paged.code, dnsIn(paged).length, box.sandbox.control.counters().pages]).toEqual([0, 3400, 4])
  })

  it('gives long lists in ranges of 1500, beside an empty attribute', async () => {
    const base = box.sandbox.control.company.dnOfGroup(city().name)
    const whole = await box.ask({ base, scope: 'base', attributes: ['member', 'cn'] })
    expect(valuesIn(whole, 'member')).toEqual([])
    const first = valuesIn(whole, 'member;range=0-1499')
    const rest = valuesIn(
      await box.ask({ base, scope: 'base', attributes: ['member;range=1500-*'] }),
      'member;range=1500-*',
    )
    expect([first.length, first.length + rest.length, new Set([...first, ...rest]).size]).toEqual([
      1500,
      city().members.length,
      city().members.length,
    ])
    const few = await box.ask({ base, scope: 'base', attributes: ['member;range=3-5'] })
    expect(valuesIn(few, 'member;range=3-5')).toEqual(first.slice(3, 6))
    expect((await box.ask({ base, scope: 'base', attributes: ['member;range=99999-*'] })).stdout).not.toContain(
      'member',
    )
  })

  it('can end a range early, or stop answering for it', async () => {
    const { control } = box.sandbox
    const base = control.company.dnOfGroup(city().name)
    const ask = async (range: string) =>
      (await box.ask({ base, scope: 'base', attributes: [range] })).stdout.match(/^member[^:]*/gm) ?? []
    const id = control.addFault({ operations: 'search', kind: 'half-values', attribute: 'member', says: 'nothing' })
    expect([(await ask('member')).length, await ask('member;range=1500-*')]).toEqual([1500, []])
    control.removeFault(id)
    control.addFault({ operations: 'search', kind: 'half-values', attribute: 'member', says: 'complete' })
    expect((await ask('member')).length).toBe(Math.ceil(city().members.length / 2))
    control.calm()
  })

  it('counts changes: of the group when its members change, of the person otherwise; nothing tells who was deleted', async () => {
    const { control, directory } = box.sandbox
    const usn = async () =>
      Number(
        valuesIn(
          await box.ask({ base: '', scope: 'base', attributes: ['highestCommittedUSN'] }),
          'highestCommittedUSN',
        )[0],
      )
    const before = await usn()
    const [first, second, third] = directory.people.slice(10).filter(({ active }) => active)
    control.edit({ action: 'disable-person', login: first?.login ?? '' })
    control.edit({ action: 'add-group', group: 'changed' })
    control.edit({ action: 'add-member', group: 'changed', login: second?.login ?? '' })
    control.edit({ action: 'remove-person', login: third?.login ?? '' })
    const changed = dnsIn(await box.ask({ filter: `(uSNChanged>=${before + 1})`, attributes: ['1.1'] }))
    expect(changed.sort()).toEqual(
      [control.company.dnOfPerson(first?.login ?? ''), control.company.dnOfGroup('changed')].sort(),
    )
    expect(await usn()).toBeGreaterThan(before)
  })

  it('tells by DirSync what changed: attributes, single members, who was deleted', async () => {
    const { control, directory } = box.sandbox
    const filter = '(|(objectClass=user)(objectClass=group))'
    const round = async (
      flags: number,
      cookie = '',
      as = { dn: box.sandbox.bindDn, password: box.sandbox.password },
    ) => {
      const more = ['-E', `!dirSync=${flags}/0${cookie === '' ? '' : `/${cookie}`}`]
      const attributes = ['member', 'mail', 'userAccountControl', 'isDeleted']
      const answer = await box.ask({ as, filter, attributes, more })
      return {
        answer,
        code: answer.code,
        dns: dnsIn(answer),
        cookie: /^# cookie:: (.*)$/m.exec(answer.stdout)?.[1] ?? '',
        goesOn: /continueFlag=(\d+)/.exec(answer.stdout)?.[1],
      }
    }
    expect((await round(0)).code).toBe(50)
    expect((await round(0, '', asAdmin())).code).toBe(0)

    let state = await round(1)
    let seen = state.dns.length
    let rounds = 1
    for (; state.goesOn === '1'; rounds++) {
      state = await round(1, state.cookie)
      seen += state.dns.length
    }
    expect([rounds > 3, seen >= 3400 + directory.groups.length]).toEqual([true, true])
    expect((await round(1, state.cookie)).dns).toEqual([])

    const [disabled, joins, leaves, gone] = directory.people.slice(100).filter(({ active }) => active)
    control.edit({ action: 'add-group', group: 'delta' })
    control.edit({ action: 'add-member', group: 'delta', login: leaves?.login ?? '' })
    const middle = await round(1, state.cookie)
    control.edit({ action: 'disable-person', login: disabled?.login ?? '' })
    control.edit({ action: 'add-member', group: 'delta', login: joins?.login ?? '' })
    control.edit({ action: 'remove-member', group: 'delta', login: leaves?.login ?? '' })
    const [joinsDn, leavesDn, goneDn] = [joins, leaves, gone].map((one) => control.company.dnOfPerson(one?.login ?? ''))
    control.edit({ action: 'remove-person', login: gone?.login ?? '' })
    const whole = await round(1, middle.cookie)
    expect(whole.dns).toHaveLength(3)
    expect(valuesIn(whole.answer, 'member')).toEqual([joinsDn])
    expect(valuesIn(whole.answer, 'userAccountControl')).toEqual(['514'])
    // Only what changed, and the id.
    expect(valuesIn(whole.answer, 'mail')).toEqual([])
    expect(valuesIn(whole.answer, 'isDeleted')).toEqual(['TRUE'])
    expect(whole.dns.some((dn) => dn.includes('DEL:') && dn.endsWith(`CN=Deleted Objects,${box.sandbox.baseDn}`))).toBe(
      true,
    )
    expect(whole.dns).not.toContain(goneDn)
    const single = await round(0x80000001 | 0, middle.cookie)
    expect(valuesIn(single.answer, 'member;range=1-1')).toEqual([joinsDn])
    expect(valuesIn(single.answer, 'member;range=0-0')).toEqual([leavesDn])
    expect((await round(1, Buffer.from('from another server').toString('base64'))).code).not.toBe(0)
  })

  it('refers to what is elsewhere', async () => {
    const root = await box.ask({ filter: '(sAMAccountName=reader)', attributes: ['1.1'] })
    expect(root.stdout.match(/^# refldap:/gm)).toHaveLength(3)
    const below = await box.ask({ base: box.sandbox.userBaseDn, filter: '(employeeID=u-000005)' })
    expect(below.stdout.match(/^# refldap:/gm)).toBeNull()
    const elsewhere = await box.ask({ base: 'OU=People,DC=other,DC=example' })
    expect(elsewhere.code).toBe(10)
  })

  it('gives ids as bytes and finds by them', async () => {
    const one = await box.ask({ filter: '(employeeID=u-000005)', attributes: ['objectGUID', 'objectSid'] })
    const guid = Buffer.from(/^objectGUID:: (.*)$/m.exec(one.stdout)?.[1] ?? '', 'base64')
    expect(guid).toHaveLength(16)
    const escaped = [...guid].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
    expect(dnsIn(await box.ask({ filter: `(objectGUID=${escaped})`, attributes: ['1.1'] }))).toEqual(dnsIn(one))
    const sid = Buffer.from(/^objectSid:: (.*)$/m.exec(one.stdout)?.[1] ?? '', 'base64')
    expect([sid[0], sid[1], sid.readUInt32LE(8), sid.length]).toEqual([1, 5, 21, 28])
  })
})
