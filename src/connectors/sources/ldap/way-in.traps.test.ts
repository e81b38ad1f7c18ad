import { afterEach, describe, expect, it } from 'vitest'
import { checkSteps, ldapSource, readWhole } from '../../../../test/support/ldap-source.ts'
import { type LdapSandbox, type LdapSandboxOptions, startLdapSandbox } from '../../../sandbox/ldap/start.ts'
import { ldap } from './index.ts'

// Traps on the way in. Each test says by its number which one; the ways that must work are in way-in.test.ts.

const open: LdapSandbox[] = []
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.stop()
})

async function sandbox(options: LdapSandboxOptions = {}): Promise<LdapSandbox> {
  const started = await startLdapSandbox(options)
  open.push(started)
  return started
}

function reading(
  server: LdapSandbox,
  settings: Record<string, unknown> = {},
  as: { readonly bindDn: string; readonly password: string } = server,
) {
  const bases = { userBaseDn: server.userBaseDn, groupBaseDn: server.groupBaseDn }
  return ldapSource(ldap, { ...server, reader: { dn: as.bindDn, password: as.password } }, { ...bases, ...settings })
}

const ad = { flavour: 'activedirectory' } as const

describe('trap 10: an empty password signs nobody in', () => {
  it.each(['activedirectory', 'edirectory', 'generic', 'openldap'] as const)(
    'it is refused before anything is sent, also where the server would take it: %s',
    async (flavour) => {
      const server = await sandbox({ flavour })
      const { users, usersError } = await readWhole(reading(server, {}, { bindDn: server.bindDn, password: '' }))
      expect([users, usersError?.code]).toEqual([[], 'config-invalid'])
      expect(server.control.requests('bind')).toBe(0)
    },
  )
})

describe('trap 11: the certificate is checked against the server that was asked for', () => {
  const ways = ['starttls', 'ldaps'] as const

  it.each(ways)('%s: the right one works, by address, by name, and by the name of the settings', async (security) => {
    const server = await sandbox()
    const port = security === 'ldaps' ? server.tlsPort : server.port
    const settings = { security, port, caCertificate: { text: server.caCertificate } }
    for (const more of [{}, { hosts: ['localhost'] }, { serverName: server.serverName }]) {
      expect((await readWhole(reading(server, { ...settings, ...more }))).users).toHaveLength(24)
    }
  })

  it.each(
    ways.flatMap((security) =>
      (['expired', 'wrong-name', 'unknown-authority'] as const).map((kind) => [security, kind] as const),
    ),
  )('%s: one that is %s is refused, nothing is sent, and the doctor says what it is', async (security, kind) => {
    const server = await sandbox()
    server.control.useCertificate(kind)
    const port = security === 'ldaps' ? server.tlsPort : server.port
    const settings = { security, port, caCertificate: { text: server.caCertificate } }
    const { users, usersError } = await readWhole(reading(server, settings))
    expect([users, server.control.requests('bind')]).toEqual([[], 0])
    const words = {
      expired: / expired on \d{4}-/,
      'wrong-name': / is made for /,
      'unknown-authority': /does not trust/,
    }
    expect(usersError?.message).toMatch(words[kind])
    const steps = await checkSteps(reading(server, settings))
    expect(steps.at(-1)).toMatchObject({ name: 'tls', status: 'failed' })
    expect(steps.at(-1)?.message).toMatch(words[kind])
    expect(server.control.requests('bind')).toBe(0)
  })

  it('a server without StartTLS is told as that', async () => {
    const server = await sandbox()
    server.control.addFault({
      operations: 'startTls',
      kind: 'result',
      code: 2,
      message: 'unsupported extended operation',
    })
    const settings = { security: 'starttls', caCertificate: { text: server.caCertificate } }
    const { usersError } = await readWhole(reading(server, settings))
    expect(usersError).toMatchObject({ code: 'config-invalid' })
    expect(usersError?.message).toMatch(/does not offer StartTLS: protocolError 2, "unsupported extended operation"\.$/)
  })
})

describe('trap 12: a password over a plain connection', () => {
  it.each(['activedirectory', 'openldap'] as const)('is refused, and the way out is named: %s', async (flavour) => {
    const server = await sandbox({ flavour })
    server.control.demandTls()
    const { usersError } = await readWhole(reading(server))
    expect(usersError).toMatchObject({ code: 'config-invalid', hint: 'Choose security: starttls or ldaps.' })
    const steps = await checkSteps(reading(server))
    expect(steps.at(-1)).toMatchObject({
      name: 'sign-in',
      status: 'failed',
      remedy: 'Choose security: starttls or ldaps.',
    })
  })
})

describe('trap 13: the forms of a name', () => {
  it('each one that Active Directory knows signs in', async () => {
    const server = await sandbox(ad)
    expect(server.otherNames.length).toBeGreaterThan(0)
    for (const bindDn of server.otherNames.filter((name) => /[@\\]/.test(name))) {
      const { users } = await readWhole(reading(server, {}, { bindDn, password: server.password }))
      expect(users, bindDn).toHaveLength(24)
    }
  })

  it('a bare name is refused when it is saved', () => {
    const problems = ldap.config
      .safeParse({ bindDn: 'administrator' })
      .error?.issues.filter(({ path }) => path[0] === 'bindDn')
    expect(problems?.map(({ message }) => message)).toEqual([expect.stringContaining('must be a distinguished name')])
  })
})

describe('a sign-in that Active Directory refuses', () => {
  it.each([
    ['locked', 'the account is locked'],
    ['password-expired', 'its password has expired'],
    ['disabled', 'the account is disabled'],
  ])('is told in its reason: %s', async (reason, words) => {
    const server = await sandbox(ad)
    server.control.addFault({ operations: 'bind', kind: 'refuse-bind', reason })
    const { usersError } = await readWhole(reading(server))
    expect(usersError).toMatchObject({ code: 'auth-failed' })
    expect(usersError?.message).toContain(`refused to sign in "${server.bindDn}": ${words}.`)
  })

  it('is not tried at another host', async () => {
    const server = await sandbox(ad)
    server.control.addFault({ operations: 'bind', kind: 'refuse-bind' })
    const source = reading(server, { hosts: ['127.0.0.1', 'localhost'] })
    const firstPage = source.users(AbortSignal.timeout(120_000))[Symbol.asyncIterator]().next()
    await expect(firstPage).rejects.toMatchObject({ code: 'auth-failed' })
    await source.close()
    expect(server.control.requests('bind')).toBe(1)
  })

  it('because the server is busy, is tried at the next one', async () => {
    const server = await sandbox(ad)
    server.control.addFault({ operations: 'bind', kind: 'result', code: 51, times: 1 })
    const { users, notices } = await readWhole(reading(server, { hosts: ['127.0.0.1', 'localhost'] }))
    expect([users.length, notices.length]).toEqual([24, 1])
  })
})

describe('a server that accepts and then says nothing', () => {
  it.each(['none', 'starttls', 'ldaps'] as const)('is left after the time of the settings: %s', async (security) => {
    const server = await sandbox()
    server.control.addFault({ operations: 'connect', kind: 'hold', ms: 30_000 })
    const port = security === 'ldaps' ? server.tlsPort : server.port
    const settings = {
      security,
      port,
      connectTimeoutSeconds: 1,
      operationTimeoutSeconds: 1,
      caCertificate: { text: server.caCertificate },
    }
    const { usersError } = await readWhole(reading(server, settings))
    expect(usersError).toMatchObject({ code: 'unreachable' })
    server.control.calm()
  })

  it('in the middle of a listing loses to the next host, and everybody is told once', async () => {
    const server = await sandbox()
    server.control.addFault({
      operations: 'search',
      kind: 'hold',
      ms: 60_000,
      containing: 'inetOrgPerson',
      page: 3,
      times: 1,
    })
    const settings = { pageSize: 5, operationTimeoutSeconds: 4, hosts: ['127.0.0.1', 'localhost'] }
    const { users, usersError } = await readWhole(reading(server, settings))
    expect([users.length, usersError]).toEqual([24, undefined])
    server.control.calm()
  })
})
