import { describe, expect, it } from 'vitest'
import { cli } from '../../../test/support/cli-environment.ts'
import type { SandboxOptions } from '../environment.ts'

const facts = {
  url: 'http://127.0.0.1:1',
  ldap: {
    host: '127.0.0.1',
    port: 10389,
    bindDn: 'CN=reader,DC=acme',
    password: 'made-up',
    baseDn: 'DC=acme',
    userBaseDn: 'OU=People,DC=acme',
    groupBaseDn: 'OU=Groups,DC=acme',
    caCertificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  },
}

async function type(line: string) {
  let asked: SandboxOptions | undefined
  const sandbox = async (options: SandboxOptions) => {
    asked = options
    options.ready(options.ldap === undefined ? { url: facts.url } : facts)
  }
  return { ...(await cli(line.split(' '), { starters: { sandbox } })), asked }
}

describe('muster sandbox', () => {
  it.each([
    ['sandbox', undefined],
    ['sandbox --ldap', {}],
    ['sandbox --flavour freeipa', { flavour: 'freeipa' }],
    ['sandbox --ldap-port 10389 --ldaps-port 10636', { port: 10389, tlsPort: 10636 }],
  ])('%s serves a directory where asked for', async (line, ldap) => {
    const { code, asked } = await type(line)
    expect([code, asked?.ldap]).toEqual([0, ldap])
  })

  it('prints the directory as a source to paste, and no certificate but in JSON', async () => {
    const { stdout } = await type('sandbox --ldap')
    expect(stdout).toContain('      type: ldap\n      hosts: [127.0.0.1]\n      port: 10389\n')
    expect(stdout).toContain('      bindDn: "CN=reader,DC=acme"\n      password: { env: LDAP_PASSWORD }\n')
    expect(stdout).not.toContain('MIIB')
    expect(JSON.parse((await type('sandbox --ldap --json')).stdout)).toEqual(facts)
    expect((await type('sandbox')).stdout).not.toContain('LDAP_PASSWORD')
  })

  it('hands on the state and the shape of the site', async () => {
    const { code, asked } = await type('sandbox --target fresh --seats 20 --projects 3')
    expect([code, asked?.target, asked?.shape]).toEqual([0, 'fresh', { seats: 20, projects: 3 }])
    expect((await type('sandbox --target old')).stderr).toContain('"old" is no state of a site')
    expect((await type('sandbox --projects 0')).stderr).toContain('--projects is a whole number from 1 to 100000')
  })

  it.each([
    ['sandbox --product jira-dc --product-version 9.12 --company 50', 0, ''],
    ['sandbox --product-version 9.12', 2, '--product-version needs --product'],
    ['sandbox --product jira-dc --seats 5', 2, '--seats does not go with --product'],
    ['sandbox --product confluence-cloud --product-version 1', 2, 'The cloud has no versions'],
    ['sandbox --product bitbucket-cloud --product-version 1', 2, 'The cloud has no versions'],
    ['sandbox --product jira-dc --ldap', 2, '--ldap does not go with --product'],
  ])('%s serves a product of its own, and nothing of the cloud', async (line, code, complaint) => {
    const typed = await type(line)
    expect(typed.stderr).toContain(complaint)
    expect([typed.code, typed.asked?.productVersion]).toEqual([code, code === 0 ? '9.12' : undefined])
  })

  it('lists what the documents leave open, and starts nothing', async () => {
    const facts = { name: 'removeNonMember', values: ['404', '400'], meaning: 'taking out a stranger', source: '1.4' }
    const { code, stdout } = await cli(['sandbox', '--variants'], { starters: { sandboxVariants: () => [facts] } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/removeNonMember +404 400 +taking out a stranger/)
    const asJson = await cli(['sandbox', '--variants', '--json'], { starters: { sandboxVariants: () => [facts] } })
    expect(JSON.parse(asJson.stdout)).toEqual({ items: [facts] })
  })
})
