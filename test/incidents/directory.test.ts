import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { CompanyDirectory } from '../../src/sandbox/company/directory.ts'
import { type LdapSandbox, startLdapSandbox } from '../../src/sandbox/ldap/start.ts'
import { configurationYaml, firstRun, personOf, succeed, withoutEffect } from '../journeys/office.ts'
import { inWords, newestRun, onCall } from './on-call.ts'

// The directory has bad nights. Who reads it sees less than there is, and each time somebody would be gone by the morning.

const current = onCall()
let directory: LdapSandbox

const numbers = Array.from({ length: 24 }, (_, index) => index + 1)
const mail = (number: number) => `night-${number}@acme.example`

/** Two dozen people, everybody in one group, half of them in a second one. */
const staff: CompanyDirectory = {
  people: numbers.map((number) => ({
    id: `u-${number}`,
    login: `night-${number}`,
    mail: mail(number),
    givenName: 'Night',
    surname: `${number}`,
    displayName: `Night ${number}`,
    department: number % 2 === 0 ? 'engineering' : 'marketing',
    title: 'Clerk',
    active: true,
  })),
  groups: [
    { id: 'g-1', name: 'night-all', description: '', members: numbers.map((number) => ({ user: `u-${number}` })) },
    {
      id: 'g-2',
      name: 'night-engineers',
      description: '',
      members: numbers.filter((number) => number % 2 === 0).map((number) => ({ user: `u-${number}` })),
    },
  ],
}

/** Who is missing leaves at once, and the limits on how much may be taken away are wide: what keeps people here is the law. */
const users =
  'scope: { include: [{ attribute: departmentNumber, in: [engineering, marketing] }] }, onLeft: [{ after: 0d, action: deactivate }]'

beforeAll(async () => {
  const on = current()
  directory = await startLdapSandbox({ company: staff })
  on.write('ldap-password', directory.password)
  const source = `type: ldap, preset: openldap, hosts: [127.0.0.1], port: ${directory.port}, security: none, bindDn: "${directory.bindDn}", password: { file: ldap-password }, baseDn: "${directory.baseDn}", pageSize: 10`
  const yaml = configurationYaml(on.sandbox, { corp: 'SOURCE' }, { users })
  on.write('ldap.yaml', yaml.replace('type: file, SOURCE', source))
  await succeed(on, 'import {ldap.yaml}')
  await firstRun(on, 'corp')
})
afterAll(() => directory.stop())

const site = () => current().sandbox
const lastNight = () => newestRun(current(), 'corp')

/** The nightly run. It must leave the site as it was, and so must the first one after the directory is well again. */
async function badNight() {
  const on = current()
  onTestFinished(() => directory.control.calm())
  const night = await withoutEffect(site(), () => on.type('sync corp'))
  const report = await lastNight()
  const paged = await on.paged('corp')
  directory.control.calm()
  const after = await withoutEffect(site(), () => succeed(on, 'sync corp'))
  expect(after.said).toContain('Nothing to do: the target is as it should be.')
  return { ...night, report, paged }
}

describe('the directory', { timeout: 240_000 }, () => {
  it('P1: lost its paging cookie at page 3, five people were in no page, and nobody was suspended', async () => {
    const [first] = staff.people
    const newcomer = {
      ...first!,
      id: 'u-25',
      login: 'night-25',
      mail: mail(25),
      surname: '25',
      displayName: 'Night 25',
    }
    directory.control.edit({ action: 'add-person', person: newcomer })
    await succeed(current(), 'sync corp')
    directory.control.addFault({ operations: 'search', kind: 'refuse-cookie', containing: 'inetOrgPerson', page: 3 })
    const { code, said, report, paged } = await badNight()
    expect(code).toBe(4)
    expect(said).toContain('Error (incomplete-read): 1 part of the source or target could not be read completely')
    expect(said).toContain('nothing was taken away because of it')
    expect(report.run.state).toBe('partial')
    expect(inWords(report)).toEqual([])
    expect(paged).toEqual(['unhealthy'])
    // Whoever really left is gone as soon as the directory can be believed again.
    directory.control.edit({ action: 'remove-person', login: 'night-25' })
    await succeed(current(), 'sync corp')
    expect(personOf(site(), mail(25))?.status).toBe('suspended')
    expect(personOf(site(), mail(24))?.status).toBe('active')
  })

  it('P2: hid two thirds of its people after somebody moved an access rule, and everybody still came in', async () => {
    const hidden = numbers.slice(0, 16).map((number) => directory.control.company.dnOfPerson(`night-${number}`))
    directory.control.addFault({ operations: 'search', kind: 'hide-below', dns: hidden })
    const { code, said, report, paged } = await badNight()
    expect(code).toBe(5)
    expect(said).toContain('The source delivered 8 people; the last good read had 24.')
    expect(said).toContain('Nothing is taken away until a person looked.')
    expect(report.run.state).toBe('held')
    const waiting = inWords(report)
    expect(waiting).toContain('account.deactivate night-1 (guard:source-shrunk)')
    expect(waiting.every((change) => change.includes('(guard:source-shrunk)'))).toBe(true)
    expect(paged).toEqual(['held'])
  })

  it('P8: showed its groups without their members, and no group was emptied', async () => {
    directory.control.addFault({ operations: 'search', kind: 'hide-attributes', attributes: ['member'] })
    const { code, said, report, paged } = await badNight()
    expect(code).toBe(4)
    expect(said).toContain('nothing was taken away because of it')
    expect(report.plan?.summary.notices.join('\n')).toContain('The members of "night-all" are hidden')
    expect(inWords(report)).toEqual([])
    expect(paged).toEqual(['unhealthy'])
  })

  it('P15: no longer delivered the department that decides who takes part, and nobody was out', async () => {
    directory.control.addFault({ operations: 'search', kind: 'hide-attributes', attributes: ['departmentNumber'] })
    const { code, said, report, paged } = await badNight()
    expect(code).toBe(0)
    expect(said).toContain('Nothing to do')
    expect(report.plan?.summary.notices).toEqual([
      '24 of 24 people stay as they are: the source did not deliver what the scope asks for (scope-unknown).',
    ])
    expect(inWords(report)).toEqual([])
    expect(paged).toEqual([])
  })
})
