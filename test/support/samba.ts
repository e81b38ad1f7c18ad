import { type ChildProcess, execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { CompanyDirectory } from '../../src/sandbox/company/directory.ts'
import { canListen, Den } from './daemon.ts'
import {
  type Account,
  type CertificateKind,
  ldapsearch,
  runLdapTool,
  type TestTls,
  writeCertificates,
} from './ldap-tools.ts'
import { companyLdifForActiveDirectory } from './ldif.ts'
import { type Component, component, findProgram } from './require.ts'

const furtherFolders = ['/usr/sbin']

/** Whether a real Samba AD domain controller can be started here; MUSTER_REQUIRE=samba makes a missing one a failure. */
export async function sambaPresent(): Promise<Component> {
  return await component('samba', () => {
    for (const name of ['samba', 'samba-tool', 'ldapsearch', 'ldapmodify'])
      if (findProgram(name, furtherFolders) === undefined) return `${name} is not installed`
    if (!existsSync('/usr/share/samba/setup/provision.ldif')) return 'samba-ad-provision is not installed'
    if (process.getuid?.() !== 0) return 'only root can start a domain controller'
    return true
  })
}

export interface SambaOptions {
  /** People and groups to hold from the start: `OU=people` and `OU=groups` below the domain. */
  readonly company?: CompanyDirectory
  /** Further records as LDIF (also `changetype: modify`), applied after the company's. */
  readonly ldif?: string
  /** Attributes that `blindReader` may not see below `OU=people`, by their schema name. */
  readonly hidden?: readonly string[]
  readonly certificate?: CertificateKind
  /** Keeps Active Directory's default: a simple bind without TLS is refused with strongerAuthRequired (8). */
  readonly demandsTls?: boolean
}

/** For `beforeAll`: making a domain takes three seconds, and many times that while the machine is busy. */
export const sambaStartTimeoutMs = 240_000

/** A real Samba AD domain controller (EXAMPLE.TEST, NetBIOS EXAMPLE) on a loopback address of its own. Needs root. */
export interface Samba {
  /** An address of 127.0.0.0/8; the ports are always 389 and 636. */
  readonly host: string
  readonly port: 389
  readonly tlsPort: 636
  readonly url: string
  readonly tlsUrl: string
  readonly baseDn: string
  readonly realm: 'EXAMPLE.TEST'
  readonly domain: 'EXAMPLE'
  readonly tls: TestTls
  /** Bound by DN; the other forms are `administrator@EXAMPLE.TEST` and `EXAMPLE\administrator`. */
  readonly admin: Account
  /** An ordinary account, as an administrator would make one to read. */
  readonly reader: Account
  /** As `reader`, but without the hidden attributes. */
  readonly blindReader: Account
  /** Applies LDIF (also `changetype:` records) over the wire as `admin`; throws what the server said. */
  change(ldif: string): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

const baseDn = 'DC=example,DC=test'
const password = 'Passw0rd.Test1'
const account = (name: string): Account => ({ dn: `CN=${name},CN=Users,${baseDn}`, password })
const [admin, reader, blindReader] = [account('Administrator'), account('reader'), account('blind')]

export async function startSamba(options: SambaOptions = {}): Promise<Samba> {
  const den = new Den('samba')
  const host = await freeAddress()
  const directory = den.path('ad')
  const network = [`interfaces=${host}/8`, 'bind interfaces only=yes'].map((option) => `--option=${option}`)
  const provision = 'domain provision -q --realm=EXAMPLE.TEST --domain=EXAMPLE --server-role=dc --dns-backend=NONE'
  await run('samba-tool', [
    ...provision.split(' '),
    `--targetdir=${directory}`,
    `--adminpass=${password}`,
    '--host-name=dc1',
    `--host-ip=${host}`,
    ...network,
  ])
  await load(directory, options)
  den.makeFolders('ad/run', 'ad/cache', 'ad/log')
  const tls = writeCertificates(den.folder, ['dc1.example.test', 'localhost', host], options.certificate)
  const settings = [
    'server services=ldap',
    `log file=${den.path('ad/log/samba')}`,
    `pid directory=${den.path('ad/run')}`,
    `ncalrpc dir=${den.path('ad/ncalrpc')}`,
    `tls cafile=${den.path('ca.crt')}`,
    `tls certfile=${den.path('server.crt')}`,
    `tls keyfile=${den.path('server.key')}`,
    ...(options.demandsTls === true ? [] : ['ldap server require strong auth=no']),
  ]
  const url = `ldap://${host}`
  let server: ChildProcess
  const start = async () => {
    const parameters = ['-i', '-M', 'single', '--debug-stdout', '-s', den.path('ad/etc/smb.conf')]
    server = den.start('samba', find('samba'), [...parameters, ...settings.map((setting) => `--option=${setting}`)])
    const question = { url, base: '', scope: 'base', attributes: ['dnsHostName'] } as const
    await den.waitFor('samba', server, async () => (await ldapsearch(question)).code === 0)
  }
  await start()
  return {
    host,
    port: 389,
    tlsPort: 636,
    url,
    tlsUrl: `ldaps://${host}`,
    baseDn,
    realm: 'EXAMPLE.TEST',
    domain: 'EXAMPLE',
    tls,
    admin,
    reader,
    blindReader,
    async change(text) {
      const connection = ['-x', '-a', '-ZZ', '-H', url, '-D', admin.dn, '-w', admin.password]
      const { code, stderr } = await runLdapTool('ldapmodify', connection, { stdin: text, caFile: tls.caFile })
      if (code !== 0) throw new Error(`Samba refused a change: ${stderr}`)
    },
    kill: () => den.end(server, 'SIGKILL'),
    restart: start,
    stop: () => den.remove(),
  }
}

/** The ports of LDAP in Samba are fixed, so each server takes an address of its own; 127.0.0.0/8 needs no set-up. */
async function freeAddress(): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const host = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`
    const free = await Promise.all([389, 636, 3268, 3269].map((port) => canListen(host, port)))
    if (free.every(Boolean)) return host
  }
  throw new Error('No loopback address has its LDAP ports free')
}

async function load(directory: string, { company, ldif = '', hidden = [] }: SambaOptions): Promise<void> {
  const people = company === undefined ? '' : companyLdifForActiveDirectory(company, baseDn)
  const order = {
    ldif: `${people}\n${ldif}`,
    accounts: [reader, blindReader].map(({ dn }) => ({ name: dn.slice(3, dn.indexOf(',')), password })),
    hidden: { attributes: hidden, account: 'blind', base: company === undefined ? baseDn : `OU=people,${baseDn}` },
  }
  // Samba's modules belong to the system's own Python, which need not be the first on the PATH.
  const python = readFileSync(find('samba-tool'), 'utf8').split('\n')[0]?.replace('#!', '').trim() ?? 'python3'
  await run(python, [new URL('samba-load.py', import.meta.url).pathname, directory], JSON.stringify(order))
}

function find(name: string): string {
  const path = findProgram(name, furtherFolders)
  if (path === undefined) throw new Error(`${name} is not installed`)
  return path
}

function run(program: string, parameters: readonly string[], stdin = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...parameters], { maxBuffer: 16_000_000 }, (error, _, stderr) => {
      if (error === null) resolve()
      else reject(new Error(`${program} failed: ${stderr.slice(-2000)}`))
    })
    child.stdin?.end(stdin)
  })
}
