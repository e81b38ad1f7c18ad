import { type ChildProcess, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { CompanyDirectory } from '../../src/sandbox/company/directory.ts'
import { Den, freePorts } from './daemon.ts'
import {
  type Account,
  type CertificateKind,
  ldapsearch,
  runLdapTool,
  type TestTls,
  writeCertificates,
} from './ldap-tools.ts'
import { companyLdif } from './ldif.ts'
import { type Component, component, findProgram } from './require.ts'

/** Folders that a normal user's PATH lacks. */
const furtherFolders = ['/usr/sbin', '/usr/lib/openldap', '/usr/libexec']
const schemaFolder = '/etc/ldap/schema'
const moduleFolder = '/usr/lib/ldap'

/** Whether a real OpenLDAP server can be started here; MUSTER_REQUIRE=slapd makes a missing one a failure. */
export async function slapdPresent(): Promise<Component> {
  return await component('slapd', () => {
    for (const name of ['slapd', 'slapadd', 'ldapsearch', 'ldapmodify'])
      if (findProgram(name, furtherFolders) === undefined) return `${name} is not installed`
    for (const path of [schemaFolder, moduleFolder])
      if (!existsSync(path)) return `${path} is not where Debian's slapd has it`
    return true
  })
}

export interface SlapdOptions {
  /** People and groups to hold from the start: `ou=people` and `ou=groups` below the base DN. */
  readonly company?: CompanyDirectory
  /** Further entries as LDIF, loaded after the company's; overlays do not see what is loaded, only later changes. */
  readonly ldif?: string
  /** All of them unless told. `memberof` brings `memberOf`, `ppolicy` brings `pwdAccountLockedTime`. */
  readonly overlays?: readonly Overlay[]
  /** Entries that a search without paging may give to the readers; without it there is no limit. */
  readonly sizeLimit?: number
  /** Largest page; a larger one is answered with adminLimitExceeded (11). */
  readonly pageLimit?: number
  /** Attributes that `blindReader` may not see. */
  readonly hidden?: readonly string[]
  /** DN subtrees or entries that `blindReader` may not see. */
  readonly hiddenSubtrees?: readonly string[]
  readonly certificate?: CertificateKind
  /** Refuses a bind without TLS: confidentialityRequired (13). */
  readonly demandsTls?: boolean
  /** Lines of slapd.conf before the database and inside of it. */
  readonly globalLines?: readonly string[]
  readonly databaseLines?: readonly string[]
}

type Overlay = 'memberof' | 'refint' | 'ppolicy' | 'syncprov'

/** A real OpenLDAP server on 127.0.0.1 with its own files; no root needed. */
export interface Slapd {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly tlsPort: number
  /** `ldap://…`, also for StartTLS. */
  readonly url: string
  /** `ldaps://…` */
  readonly tlsUrl: string
  readonly baseDn: string
  readonly tls: TestTls
  /** May do everything, without limits. */
  readonly admin: Account
  /** May read everything; size limits hold. */
  readonly reader: Account
  /** As `reader`, but without the hidden attributes and subtrees. */
  readonly blindReader: Account
  readonly pid: number
  /** Applies LDIF (also `changetype:` records) over the wire as `admin`; throws what the server said. */
  change(ldif: string): Promise<void>
  /** Ends at once without a farewell, as a power cut does. `restart` brings it back. */
  kill(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

const baseDn = 'dc=example,dc=test'
const serverName = 'ldap.example.test'
const account = (name: string): Account => ({ dn: `cn=${name},${baseDn}`, password: `${name}-secret` })
const admin = account('admin')
const reader = account('reader')
const blindReader = account('blind')

export async function startSlapd(options: SlapdOptions = {}): Promise<Slapd> {
  const den = new Den('slapd')
  den.makeFolders('db')
  const tls = writeCertificates(den.folder, [serverName, 'localhost', '127.0.0.1'], options.certificate)
  const file = den.write('slapd.conf', configuration(den, options))
  const overlays = options.overlays ?? allOverlays
  const company =
    options.company === undefined
      ? ''
      : companyLdif(options.company, baseDn, {
          memberOf: overlays.includes('memberof'),
          locked: overlays.includes('ppolicy'),
        })
  const ldif = den.write('start.ldif', [foundation, company, options.ldif ?? ''].join('\n'))
  execFileSync(find('slapadd'), ['-q', '-f', file, '-l', ldif], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [port = 0, tlsPort = 0] = await freePorts(2)
  const url = `ldap://127.0.0.1:${port}`
  const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`
  let server: ChildProcess
  const start = async () => {
    server = den.start('slapd', find('slapd'), ['-d', '0', '-f', file, '-h', `${url}/ ${tlsUrl}/`])
    await den.waitFor(
      'slapd',
      server,
      async () => (await ldapsearch({ url, base: '', scope: 'base', attributes: ['namingContexts'] })).code === 0,
    )
  }
  await start()
  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    url,
    tlsUrl,
    baseDn,
    tls,
    admin,
    reader,
    blindReader,
    get pid() {
      return server.pid ?? 0
    },
    async change(text) {
      const how = ['-x', '-a', ...(options.demandsTls === true ? ['-ZZ'] : []), '-H', url]
      const who = ['-D', admin.dn, '-w', admin.password]
      const { code, stderr } = await runLdapTool('ldapmodify', [...how, ...who], { stdin: text, caFile: tls.caFile })
      if (code !== 0) throw new Error(`slapd refused a change: ${stderr}`)
    },
    kill: () => den.end(server, 'SIGKILL'),
    restart: start,
    stop: () => den.remove(),
  }
}

const allOverlays: readonly Overlay[] = ['memberof', 'refint', 'ppolicy', 'syncprov']

const overlayLines: Record<Overlay, readonly string[]> = {
  memberof: ['memberof-group-oc groupOfNames', 'memberof-member-ad member', 'memberof-memberof-ad memberOf'],
  refint: ['refint_attributes member memberOf manager', `refint_nothing ${admin.dn}`],
  ppolicy: [],
  syncprov: ['syncprov-checkpoint 100 10'],
}

function configuration(den: Den, options: SlapdOptions): string {
  const overlays = options.overlays ?? allOverlays
  const { sizeLimit = 'unlimited', pageLimit = 'unlimited', hidden = [], hiddenSubtrees = [] } = options
  const readers = [reader, blindReader]
  const size = `size.soft=${sizeLimit} size.hard=${sizeLimit} size.pr=${pageLimit} size.prtotal=unlimited`
  return [
    ...['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include ${schemaFolder}/${name}.schema`),
    `pidfile ${den.path('slapd.pid')}`,
    `argsfile ${den.path('slapd.args')}`,
    `modulepath ${moduleFolder}`,
    ...['back_mdb', ...overlays].map((name) => `moduleload ${name}`),
    'sizelimit unlimited',
    'threads 4',
    `TLSCACertificateFile ${den.path('ca.crt')}`,
    `TLSCertificateFile ${den.path('server.crt')}`,
    `TLSCertificateKeyFile ${den.path('server.key')}`,
    ...(options.demandsTls === true ? ['security simple_bind=128'] : []),
    ...(options.globalLines ?? []),
    'database mdb',
    `suffix "${baseDn}"`,
    `rootdn "${admin.dn}"`,
    `rootpw ${admin.password}`,
    `directory ${den.path('db')}`,
    'maxsize 2147483648',
    'dbnosync',
    'index objectClass,entryUUID,entryCSN eq',
    `index uid,cn,mail,member${overlays.includes('memberof') ? ',memberOf' : ''} eq`,
    'index modifyTimestamp eq',
    ...readers.map(({ dn }) => `limits dn.exact="${dn}" ${size}`),
    'access to attrs=userPassword by anonymous auth by * none',
    ...hiddenSubtrees.map((dn) => `access to dn.subtree="${dn}" by dn.exact="${blindReader.dn}" none by * break`),
    ...hidden.map((name) => `access to attrs=${name} by dn.exact="${blindReader.dn}" none by * break`),
    `access to * ${readers.map(({ dn }) => `by dn.exact="${dn}" read`).join(' ')} by * none`,
    ...(options.databaseLines ?? []),
    ...overlays.flatMap((name) => [`overlay ${name}`, ...overlayLines[name]]),
    '',
  ].join('\n')
}

/** What every directory of a test has: its root and the accounts that read. */
const foundation = [
  `dn: ${baseDn}\nobjectClass: dcObject\nobjectClass: organization\no: example\ndc: example\n`,
  ...[reader, blindReader].map(
    ({ dn, password }) =>
      `dn: ${dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: ${password}\n`,
  ),
].join('\n')

function find(name: string): string {
  const path = findProgram(name, furtherFolders)
  if (path === undefined) throw new Error(`${name} is not installed`)
  return path
}
