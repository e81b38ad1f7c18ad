import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, ldapsearch, type SearchQuestion } from '../../../test/support/ldap-tools.ts'
import { type Samba, sambaPresent, sambaStartTimeoutMs, startSamba } from '../../../test/support/samba.ts'
import { makeCompany } from '../company/company.ts'
import { type LdapSandbox, startLdapSandbox } from './start.ts'

interface Case extends Partial<Pick<SearchQuestion, 'base' | 'scope' | 'attributes' | 'more'>> {
  readonly about: string
  readonly filter: string
  /** Compares the names of the attributes too. */
  readonly names?: boolean
  /** Where Samba differs from Windows, which the sandbox follows: [Samba's code, ours] for [any, any]. */
  readonly codes?: readonly (readonly [number, number])[]
}

const cases = JSON.parse(readFileSync(new URL('samba-parity.cases.json', import.meta.url), 'utf8')) as readonly Case[]
const samba = await sambaPresent()

/** What is in one directory only: the two have accounts of their own beside the company. */
const furniture = /^(Administrator|Guest|krbtgt|reader|blind|admin|DC1\$|dns-dc1)$/i

describe.skipIf(!samba.present)(`the sandbox and a real Samba AD, asked the same${samba.skipReason}`, () => {
  let real: Samba
  let sandbox: LdapSandbox
  const company = makeCompany('small').directory
  beforeAll(async () => {
    real = await startSamba({ company })
    sandbox = await startLdapSandbox({ flavour: 'activedirectory', company, domain: 'example.test' })
  }, sambaStartTimeoutMs)
  afterAll(() => Promise.all([real?.stop(), sandbox?.stop()]))

  const names = new Set(company.groups.map(({ name }) => name))
  const fill = (text: string, dns: { person(login: string): string; group(name: string): string; people: string }) =>
    text
      .replaceAll('{domain}', 'DC=example,DC=test')
      .replaceAll('{realm}', 'example.test')
      .replaceAll('{people}', dns.people)
      .replaceAll(/\{person:([^}]+)\}/g, (_, login) => dns.person(login))
      .replaceAll(/\{group:([^}]+)\}/g, (_, name) => dns.group(name))

  const ask = async (url: string, as: Account, dns: Parameters<typeof fill>[1], question: Case) => {
    const { base = '{domain}', scope = 'sub', filter, attributes = ['sAMAccountName'], more = [] } = question
    const { code, stdout } = await ldapsearch({
      url,
      as,
      base: fill(base, dns),
      scope,
      filter: fill(filter, dns),
      attributes,
      more,
    })
    const found = stdout.split('\n\n').flatMap((text) => {
      const name = /^sAMAccountName: (.*)$/m.exec(text)?.[1]
      if (question.names === true)
        return [
          text
            .match(/^[^:#]+(?=:)/gm)
            ?.sort()
            .join(' ') ?? '',
        ]
      // Groups of the system are left out as well: Samba has dozens.
      if (name === undefined || furniture.test(name)) return []
      return company.people.some(({ login }) => login === name) || names.has(name) ? [name] : []
    })
    return { code, found: found.sort() }
  }

  it.each(cases)('agree on $about: $filter', async (question) => {
    const truth = await ask(
      real.url,
      real.reader,
      {
        people: 'OU=people,DC=example,DC=test',
        person: (login) => `CN=${login},OU=people,DC=example,DC=test`,
        group: (name) => `CN=${name},OU=groups,DC=example,DC=test`,
      },
      question,
    )
    const ours = await ask(
      sandbox.url,
      { dn: sandbox.bindDn, password: sandbox.password },
      {
        people: sandbox.userBaseDn,
        person: (login) => sandbox.control.company.dnOfPerson(login),
        group: (name) => sandbox.control.company.dnOfGroup(name),
      },
      question,
    )
    if (question.codes === undefined) expect(ours).toEqual(truth)
    else expect(question.codes).toContainEqual([truth.code, ours.code])
  })
})
