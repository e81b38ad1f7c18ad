import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Authority, makeAuthority, type Validity } from '../../src/sandbox/asn1/certificates.ts'

export interface Account {
  readonly dn: string
  readonly password: string
}

/** What a client needs to trust a directory of a test. */
export interface TestTls {
  /** PEM of the authority. */
  readonly ca: string
  readonly caFile: string
  /** A name in the certificate beside 127.0.0.1; nothing resolves it. */
  readonly serverName: string
}

/** `expired` = it ran out an hour ago; `wrong-name` = it names neither the host nor the address. */
export type CertificateKind = 'valid' | 'expired' | 'wrong-name'

const hour = 3_600_000

/** Writes `ca.crt`, `server.crt` and `server.key` into the folder. */
export function writeCertificates(
  folder: string,
  names: readonly string[],
  kind: CertificateKind = 'valid',
  authority: Authority = makeAuthority('Muster test authority', Date.now()),
): TestTls {
  const now = Date.now()
  const expired: Validity = { from: now - 48 * hour, until: now - hour }
  const issued = authority.issue(
    kind === 'wrong-name' ? ['other.example.test'] : names,
    ...(kind === 'expired' ? [expired] : []),
  )
  const caFile = join(folder, 'ca.crt')
  writeFileSync(caFile, authority.certificate)
  writeFileSync(join(folder, 'server.crt'), issued.certificate)
  writeFileSync(join(folder, 'server.key'), issued.key, { mode: 0o600 })
  return { ca: authority.certificate, caFile, serverName: names[0] ?? 'localhost' }
}

export interface ToolResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one of OpenLDAP's command line clients with nothing of the machine's own LDAP settings. */
export function runLdapTool(
  tool: 'ldapsearch' | 'ldapmodify' | 'ldapwhoami',
  parameters: readonly string[],
  { stdin = '', caFile }: { readonly stdin?: string; readonly caFile?: string } = {},
): Promise<ToolResult> {
  // LDAPNOINIT, even if empty, would also make them overlook LDAPTLS_CACERT.
  const tls = caFile === undefined ? { LDAPNOINIT: 'yes' } : { LDAPTLS_CACERT: caFile, LDAPCONF: '/dev/null' }
  const env = { PATH: process.env.PATH ?? '', ...tls }
  return new Promise((resolve, reject) => {
    const child = execFile(
      tool,
      [...parameters],
      { env, timeout: 60_000, maxBuffer: 256_000_000, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error)
        else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      },
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(stdin)
  })
}

export interface SearchQuestion {
  readonly url: string
  readonly as?: Account
  readonly base: string
  readonly scope?: 'base' | 'one' | 'sub'
  readonly filter?: string
  readonly attributes?: readonly string[]
  /** Further parameters, e.g. `-E pr=100/noprompt`. */
  readonly more?: readonly string[]
  readonly caFile?: string
}

/** One `ldapsearch`: its exit code (the LDAP result code), the entries as LDIF without line breaks in values. */
export function ldapsearch(question: SearchQuestion): Promise<ToolResult> {
  const { url, as, base, scope = 'sub', filter = '(objectClass=*)', attributes = [], more = [], caFile } = question
  const who = as === undefined ? [] : ['-D', as.dn, '-w', as.password]
  const parameters = ['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', url, ...who, '-b', base, '-s', scope, ...more]
  return runLdapTool('ldapsearch', [...parameters, filter, ...attributes], caFile === undefined ? {} : { caFile })
}
