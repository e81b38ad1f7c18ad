import { everything } from './filter.ts'
import { detectPreset, type PresetName } from './presets.ts'
import type { LdapConnection } from './wire/connection.ts'
import type { Entry } from './wire/entry.ts'
import { pagingOid } from './wire/entry.ts'

/** What a server says about itself (RFC 4512 5.1). */
export interface RootEntry {
  /** Which kind of directory it is, if it says so. */
  readonly detected: PresetName | undefined
  /** For people: what the server calls itself. */
  readonly product: string
  readonly namingContexts: readonly string[]
  /** Undefined = it does not list its controls. */
  readonly knowsPages: boolean | undefined
  /** Its clock, where it tells it (Active Directory). */
  readonly currentTime: string | undefined
  /** Active Directory: this server, its database, and the number of its last change. */
  readonly serviceName: string | undefined
  readonly highestChange: string | undefined
}

const asked = [
  'objectClass',
  'vendorName',
  'vendorVersion',
  'supportedCapabilities',
  'supportedControl',
  'namingContexts',
  'currentTime',
  'dsServiceName',
  'highestCommittedUSN',
  'orclDirectoryVersion',
  'ipaDomainLevel',
  'ipatopologyismanaged',
] as const

/** A server that does not show its root entry is read all the same. */
export async function readRootEntry(connection: LdapConnection, signal: AbortSignal): Promise<RootEntry> {
  const answer = await connection.search({ base: '', scope: 'entry', filter: everything, attributes: asked }, signal)
  return rootEntryOf(answer.entries[0])
}

function rootEntryOf(entry: Entry | undefined): RootEntry {
  const all = (name: string) => entry?.texts(name) ?? []
  const lower = (name: string) => all(name).map((text) => text.toLowerCase())
  const controls = all('supportedcontrol')
  const vendorName = lower('vendorname').join(' ')
  const vendorVersion = lower('vendorversion').join(' ')
  const detected = detectPreset({
    capabilities: all('supportedcapabilities'),
    vendorName,
    vendorVersion,
    objectClasses: lower('objectclass'),
    isOracleInternetDirectory: all('orcldirectoryversion').length > 0,
    hasIpaContext: all('ipadomainlevel').length > 0 || all('ipatopologyismanaged').length > 0,
  })
  return {
    detected,
    product: [...all('vendorname'), ...all('vendorversion')].join(' '),
    namingContexts: all('namingcontexts'),
    knowsPages: controls.length === 0 ? undefined : controls.includes(pagingOid),
    currentTime: entry?.text('currenttime'),
    serviceName: entry?.text('dsservicename'),
    highestChange: entry?.text('highestcommittedusn'),
  }
}
