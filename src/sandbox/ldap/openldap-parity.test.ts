import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ldapsearch, type SearchQuestion } from '../../../test/support/ldap-tools.ts'
import { type Slapd, slapdPresent, startSlapd } from '../../../test/support/slapd.ts'
import { makeCompany } from '../company/company.ts'
import { type LdapSandbox, startLdapSandbox } from './start.ts'

interface Case extends Partial<Pick<SearchQuestion, 'base' | 'scope' | 'attributes' | 'more'>> {
  readonly about: string
  readonly filter: string
  /** Which entries come is up to the server. */
  readonly countOnly?: boolean
}

const cases = JSON.parse(
  readFileSync(new URL('openldap-parity.cases.json', import.meta.url), 'utf8'),
) as readonly Case[]
const slapd = await slapdPresent()
const people = 'ou=people,dc=example,dc=test'

describe.skipIf(!slapd.present)(`the sandbox and a real OpenLDAP, asked the same${slapd.skipReason}`, () => {
  let real: Slapd
  let sandbox: LdapSandbox
  beforeAll(async () => {
    const company = makeCompany('small').directory
    real = await startSlapd({ company })
    sandbox = await startLdapSandbox({ company, domain: 'example.test' })
  })
  afterAll(() => Promise.all([real.stop(), sandbox.stop()]))

  const reader = () => ({ dn: sandbox.bindDn, password: sandbox.password })
  const ask = async (url: string, as: { dn: string; password: string } | undefined, question: Case) => {
    const { base = 'dc=example,dc=test', scope = 'sub', filter, attributes = [], more = [] } = question
    const who = as === undefined ? {} : { as }
    const { code, stdout } = await ldapsearch({ url, ...who, base, scope, filter, attributes, more })
    const records = stdout.split('\n\n').flatMap((text) => {
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
      return lines.length === 0 ? [] : [[lines[0], ...lines.slice(1).sort()].join('\n')]
    })
    return { code, records: question.countOnly === true ? records.length : records.sort() }
  }

  it.each(cases)('agree on $about: $filter', async (question) => {
    const [truth, ours] = [await ask(real.url, real.reader, question), await ask(sandbox.url, reader(), question)]
    expect(ours).toEqual(truth)
  })

  it.each([
    ['an anonymous search', undefined],
    ['a wrong password', { dn: 'cn=reader,dc=example,dc=test', password: 'wrong' }],
    ['a name nobody has', { dn: 'cn=nobody,dc=example,dc=test', password: 'x' }],
    ['a name that is no DN', { dn: 'reader', password: 'x' }],
    ['a name with an empty password', { dn: 'cn=reader,dc=example,dc=test', password: '' }],
    ['an empty name with a password', { dn: '', password: 'x' }],
  ])('agree on %s', async (_, as) => {
    const question = { about: '', filter: '(objectClass=*)', base: people }
    expect(await ask(sandbox.url, as, question)).toEqual(await ask(real.url, as, question))
  })
})
