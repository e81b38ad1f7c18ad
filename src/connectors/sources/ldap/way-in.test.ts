import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkSteps, ldapSource, readWhole } from '../../../../test/support/ldap-source.ts'
import { type Slapd, slapdPresent, startSlapd } from '../../../../test/support/slapd.ts'
import { makeCompany } from '../../../sandbox/company/company.ts'
import { ldap } from './index.ts'

const slapd = await slapdPresent()
const company = makeCompany('small').directory
const nowhere = '127.0.0.77'

describe.skipIf(!slapd.present)(`the way to a directory${slapd.skipReason}`, () => {
  let server: Slapd
  beforeAll(async () => {
    server = await startSlapd({ company })
  })
  afterAll(() => server.stop())

  const reading = (settings: Record<string, unknown> = {}, as = server.reader) =>
    ldapSource(ldap, { ...server, reader: as }, settings)
  const tls = () => ({ security: 'ldaps', port: server.tlsPort, caCertificate: { file: server.tls.caFile } })

  it.each([
    ['TLS', () => tls()],
    ['TLS with the certificate as text', () => ({ ...tls(), caCertificate: { text: server.tls.ca } })],
    ['StartTLS', () => ({ security: 'starttls', caCertificate: { file: server.tls.caFile } })],
    ['a name the certificate has', () => ({ ...tls(), hosts: ['localhost'] })],
    ['a name set by hand', () => ({ ...tls(), serverName: server.tls.serverName })],
  ])('works with %s', async (_, settings) => {
    const { users, usersError } = await readWhole(reading(settings()))
    expect([users.length, usersError]).toEqual([24, undefined])
  })

  it.each([
    [
      'an authority nobody knows',
      () => ({ ...tls(), caCertificate: undefined }),
      'config-invalid',
      /does not trust\. It is "ldap\.example\.test", issued by "Muster test authority"\./,
    ],
    [
      'another name',
      () => ({ ...tls(), serverName: 'dc1.example.test' }),
      'config-invalid',
      /is made for ldap\.example\.test, localhost, 127\.0\.0\.1, not for dc1\.example\.test\./,
    ],
    [
      'another name with StartTLS',
      () => ({ security: 'starttls', caCertificate: { file: server.tls.caFile }, serverName: 'dc1.example.test' }),
      'config-invalid',
      /not for dc1\.example\.test/,
    ],
    [
      'TLS at the plain port',
      () => ({ ...tls(), port: server.port }),
      'unreachable',
      /^TLS with 127\.0\.0\.1:\d+ failed: /,
    ],
    [
      'no TLS at the TLS port',
      () => ({ port: server.tlsPort }),
      'unreachable',
      /ended the connection during sign-in: the server closed the connection/,
    ],
    ['a port where nobody listens', () => ({ port: 1 }), 'unreachable', /^Nothing listens at 127\.0\.0\.1:1: /],
    [
      'a host that does not exist',
      () => ({ hosts: ['nobody.invalid'] }),
      'unreachable',
      /^(The host nobody\.invalid does not exist|The name nobody\.invalid could not be looked up)/,
    ],
    ['a metadata address', () => ({ hosts: ['169.254.169.254'] }), 'config-invalid', /is never called/],
    [
      'a CA file that is not there',
      () => ({ ...tls(), caCertificate: { file: 'no.pem' } }),
      'config-invalid',
      /no\.pem does not exist\.$/,
    ],
    [
      'a CA file that is none',
      () => ({ ...tls(), caCertificate: { text: 'MIIC' } }),
      'config-invalid',
      /^caCertificate\.text holds no certificate/,
    ],
    [
      'a base that is not there',
      () => ({ baseDn: 'dc=other,dc=test' }),
      'config-invalid',
      /^There is no "dc=other,dc=test" at 127\.0\.0\.1:\d+, or the reading account may not see it\.$/,
    ],
  ] as const)('says what is wrong: %s', async (_, settings, code, message) => {
    const { users, usersError } = await readWhole(reading(settings()))
    expect(users).toEqual([])
    expect(usersError?.code).toBe(code)
    expect(usersError?.message).toMatch(message)
    expect(usersError?.hint).toMatch(/\.$/)
    const steps = await checkSteps(reading(settings()))
    expect(steps.at(-1)).toMatchObject({ status: 'failed', code })
  })

  it('says what is wrong with a name or password, and tries it at one host only', async () => {
    const as = { dn: server.reader.dn, password: 'wrong-secret' }
    const { usersError } = await readWhole(reading({ hosts: ['127.0.0.1', 'localhost'] }, as))
    expect(usersError).toMatchObject({ code: 'auth-failed' })
    expect(usersError?.message).toBe(
      `127.0.0.1:${server.port} refused to sign in "${server.reader.dn}": name or password is wrong.`,
    )
    const steps = await checkSteps(reading({ hosts: ['127.0.0.1', 'localhost'] }, as))
    expect(steps.map(({ name, status }) => `${name} ${status}`)).toEqual(['connection ok', 'sign-in failed'])
    const domain = await readWhole(reading({}, { dn: 'EXAMPLE\\reader', password: 'x' }))
    expect(domain.usersError?.message).toMatch(/does not understand the name "EXAMPLE\\reader"/)
  })

  it('refuses an empty password before it is sent', async () => {
    const { usersError } = await readWhole(reading({}, { dn: server.reader.dn, password: '' }))
    expect(usersError).toMatchObject({ code: 'config-invalid' })
    expect(usersError?.message).toContain('take that for an anonymous visitor')
  })

  it('takes the next host when the first is dead, and says so', async () => {
    const hosts = [nowhere, 'localhost']
    const { users, notices } = await readWhole(reading({ hosts }))
    expect(users).toHaveLength(24)
    expect(notices).toEqual([
      `Nothing listens at ${nowhere}:${server.port}: the connection was refused. localhost:${server.port} was read instead of ${nowhere}:${server.port}.`,
    ])
    const steps = await checkSteps(reading({ hosts }))
    expect(steps[0]).toMatchObject({ name: 'connection', status: 'warning', code: 'unreachable' })
    expect(steps.filter(({ status }) => status === 'failed')).toEqual([])
  })

  it('names every host when none can be used', async () => {
    const { usersError } = await readWhole(reading({ hosts: [nowhere, '127.0.0.78'] }))
    expect(usersError).toMatchObject({ code: 'unreachable' })
    expect(usersError?.message).toMatch(/^None of the 2 hosts can be used\. Nothing listens at 127\.0\.0\.77/)
    expect(usersError?.problems.map(({ where }) => where)).toEqual([
      `${nowhere}:${server.port}`,
      `127.0.0.78:${server.port}`,
    ])
  })

  it('warns of a password that ends soon and of a connection that can be listened to', async () => {
    const now = Date.UTC(2026, 10, 21)
    const warned = ldapSource(ldap, server, { passwordExpires: '2026-12-01' }, { now: () => now })
    expect((await checkSteps(warned))[0]).toMatchObject({
      name: 'password-expiry',
      status: 'warning',
      message: 'The password expires on 2026-12-01, in 10 days.',
    })
    const ended = ldapSource(ldap, server, { passwordExpires: '2026-11-01' }, { now: () => now })
    expect((await checkSteps(ended))[0]).toMatchObject({ status: 'failed', code: 'auth-failed' })
    const plain = await checkSteps(reading({ hosts: ['localhost', nowhere] }))
    expect(plain.map(({ name }) => name)).not.toContain('encryption')
    const open = await checkSteps(reading({ hosts: ['192.0.2.1'], connectTimeoutSeconds: 1 }))
    expect(open[0]).toMatchObject({ name: 'encryption', status: 'warning' })
  })

  it('shows the certificate with its dates, and warns before it ends', async () => {
    const steps = await checkSteps(reading(tls()))
    expect(steps.find(({ name }) => name === 'tls')?.message).toMatch(
      /^TLS with 127\.0\.0\.1:\d+: the certificate "ldap\.example\.test" for ldap\.example\.test, localhost, 127\.0\.0\.1, issued by "Muster test authority", is valid until \d{4}-\d\d-\d\d\./,
    )
    const later = ldapSource(ldap, server, tls(), { now: () => Date.now() + 20 * 86_400_000 })
    expect((await checkSteps(later)).find(({ name }) => name === 'tls')?.status).toBe('warning')
  })
})

describe.skipIf(!slapd.present)(`certificates that nobody should accept${slapd.skipReason}`, () => {
  it.each([
    [
      'expired',
      'unreachable',
      /^The certificate of 127\.0\.0\.1:\d+ expired on \d{4}-\d\d-\d\d, less than a day ago\. It is "ldap\.example\.test", issued by "Muster test authority"\. Nothing was sent to it\.$/,
    ],
    [
      'wrong-name',
      'config-invalid',
      /^The certificate of 127\.0\.0\.1:\d+ is made for other\.example\.test, not for 127\.0\.0\.1\./,
    ],
  ] as const)('%s: with TLS and with StartTLS nothing is sent', async (certificate, code, message) => {
    const server = await startSlapd({ company, certificate })
    try {
      for (const security of ['ldaps', 'starttls'] as const) {
        const port = security === 'ldaps' ? server.tlsPort : server.port
        const settings = { security, port, caCertificate: { file: server.tls.caFile } }
        const { usersError } = await readWhole(ldapSource(ldap, server, settings))
        expect(usersError?.code).toBe(code)
        expect(usersError?.message).toMatch(message)
        const steps = await checkSteps(ldapSource(ldap, server, settings))
        expect(steps.at(-1)).toMatchObject({ name: 'tls', status: 'failed', code })
      }
    } finally {
      await server.stop()
    }
  })
})

describe('a port behind which is no directory', () => {
  let server: Server | undefined
  const sockets = new Set<Socket>()
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    server?.close()
  })

  /** Answers each first word with the given bytes, or not at all. */
  async function answering(bytes: Buffer | undefined) {
    server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', () => bytes !== undefined && socket.write(bytes))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const directory = { host: '127.0.0.1', port, baseDn: 'dc=x', reader: { dn: 'cn=a,dc=x', password: 'a-secret' } }
    return (settings: object) =>
      ldapSource(ldap, directory, { operationTimeoutSeconds: 1, connectTimeoutSeconds: 1, ...settings })
  }

  it.each([
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'none', /it does not speak LDAP/],
    ['a broken message', Buffer.from('300c02010161070a0a', 'hex'), 'none', /no answer came in time|longer than/],
    ['a broken length', Buffer.from('3085ffffffffff', 'hex'), 'none', /a length is not as LDAP allows it/],
    ['an endless message', Buffer.from('3084ffffffff', 'hex'), 'none', /more than 256 MB/],
    ['silence', undefined, 'none', /no answer came in time/],
    [
      'a web server when TLS is asked for',
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'starttls',
      /but not as an LDAP server does: it does not speak LDAP/,
    ],
    ['silence when TLS begins', undefined, 'ldaps', /did not answer within 1 s/],
  ] as const)('is found out: %s', async (_, bytes, security, message) => {
    const open = await answering(bytes)
    const { usersError } = await readWhole(open({ security }))
    expect(usersError?.code).toBe('unreachable')
    expect(usersError?.message).toMatch(message)
  })

  it('lets go at once when the reading is stopped', async () => {
    const open = await answering(undefined)
    const stop = new AbortController()
    const read = readWhole(open({ operationTimeoutSeconds: 600 }), stop.signal)
    await once(server!, 'connection')
    stop.abort()
    expect((await read).usersError?.code).toBe('cancelled')
  })
})
