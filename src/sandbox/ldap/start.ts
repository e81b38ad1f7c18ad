import { type Clock, systemClock } from '../../platform/clock.ts'
import { type CompanySize, makeCompany } from '../company/company.ts'
import type { CompanyDirectory } from '../company/directory.ts'
import { LdapCompany } from './company.ts'
import { LdapControl } from './control.ts'
import { makeFlavour } from './flavours/all.ts'
import { type FlavourName, flavourNames, type GroupStyle } from './flavours/flavour.ts'
import { LdapServer } from './server.ts'

export interface LdapSandboxOptions {
  /** The product whose ways it has; `openldap` unless told. */
  readonly flavour?: FlavourName
  /** 0 = any free port of the loopback address (default). */
  readonly port?: number
  readonly tlsPort?: number
  /** Whose people and groups it holds: `small` (default), a number of people, or a directory of your own. */
  readonly company?: CompanySize | CompanyDirectory
  readonly seed?: number
  /** Gives the base DN; `acme.example` unless told. */
  readonly domain?: string
  /** How groups hold their members, in `openldap` and `generic`. */
  readonly groupStyle?: GroupStyle
  readonly clock?: Clock
}

/** Everything a client needs to know; plain data. Secrets are those of the sandbox, worth nothing elsewhere. */
export interface LdapFacts {
  readonly flavour: FlavourName
  readonly host: '127.0.0.1'
  readonly port: number
  readonly tlsPort: number
  /** `ldap://...`, also for StartTLS. */
  readonly url: string
  readonly tlsUrl: string
  /** A name in the certificate beside 127.0.0.1 and localhost. */
  readonly serverName: string
  readonly baseDn: string
  readonly userBaseDn: string
  readonly groupBaseDn: string
  /** An account that may read everything. */
  readonly bindDn: string
  readonly password: string
  /** Further names it may bind by. */
  readonly otherNames: readonly string[]
  /** An account that does not see what tells who is active, nor ids, as the product hides them from plain readers. */
  readonly blind: { readonly bindDn: string; readonly password: string }
  /** May also use what needs the right to replicate. */
  readonly admin: { readonly bindDn: string; readonly password: string }
  /** PEM of the authority that signed the certificate. */
  readonly caCertificate: string
}

export interface LdapSandbox extends LdapFacts {
  readonly directory: CompanyDirectory
  readonly control: LdapControl
  facts(): LdapFacts
  stop(): Promise<void>
}

/** Starts the directory server on the loopback address. */
export async function startLdapSandbox(options: LdapSandboxOptions = {}): Promise<LdapSandbox> {
  const {
    flavour: name = 'openldap',
    port = 0,
    tlsPort = 0,
    company = 'small',
    seed = 1,
    clock = systemClock,
  } = options
  if (!flavourNames.includes(name)) throw new Error(`A flavour is one of ${flavourNames.join(', ')}`)
  const people = typeof company === 'object' ? company : makeCompany(company, { seed }).directory
  const { groupStyle, domain = 'acme.example' } = options
  const flavour = makeFlavour(name, {
    domain,
    seed: String(seed),
    ...(groupStyle === undefined ? {} : { groupStyle }),
  })
  const filled = new LdapCompany(flavour, people, () => clock.now())
  const serverName = `dc1.${domain}`
  const server = new LdapServer(flavour, filled.directory, clock, serverName)
  const control = new LdapControl(server, filled)
  const ports = await server.listen(port, tlsPort).catch(async (error: unknown) => {
    await server.stop()
    throw error
  })
  const [reader, blind, admin] = flavour.accounts.map(({ dn, password }) => ({ bindDn: dn, password }))
  if (reader === undefined || blind === undefined || admin === undefined) throw new Error('An account is missing')
  const facts = (): LdapFacts => ({
    flavour: name,
    host: '127.0.0.1',
    ...ports,
    url: `ldap://127.0.0.1:${ports.port}`,
    tlsUrl: `ldaps://127.0.0.1:${ports.tlsPort}`,
    serverName,
    baseDn: flavour.baseDn,
    userBaseDn: flavour.userBaseDn,
    groupBaseDn: flavour.groupBaseDn,
    ...reader,
    otherNames: flavour.accounts[0]?.aliases ?? [],
    blind,
    admin,
    caCertificate: server.certificates.authority,
  })
  return { ...facts(), directory: people, control, facts, stop: () => server.stop() }
}
