import { createHash } from 'node:crypto'
import type { CompanyGroup, CompanyPerson } from '../../company/directory.ts'
import type { Keeping } from '../directory.ts'
import type { AttributeChange, EntrySeed, Value } from '../entry.ts'
import type { Result } from '../protocol.ts'

/** The products whose ways the server can take on. */
export const flavourNames = ['openldap', 'activedirectory', 'freeipa', 'edirectory', 'oracle', 'generic'] as const
export type FlavourName = (typeof flavourNames)[number]

/** Where a member of a group is, whatever it is. */
export type DnOf = (companyId: string) => string

/** An account that may bind. */
export interface BindAccount {
  /** Name in the facts and of the faults. */
  readonly name: 'reader' | 'blind' | 'admin'
  readonly dn: string
  /** Further names it may bind by, in lower case. */
  readonly aliases: readonly string[]
  readonly password: string
  /** Attributes it never sees. */
  readonly hidden: readonly string[]
}

export interface Paging {
  /**
   * True: the entries of a listing are fixed at its first page, and what has gone since leaves a hole, down to a page
   * without entries (Active Directory, Samba). False: each page goes on where the last one ended (OpenLDAP).
   */
  readonly keepsList: boolean
  /** How many listings a connection can have under way; a further one ends the oldest. */
  readonly perConnection: number
  readonly largestPage: number | undefined
  readonly tooLarge: 'lower' | 'refuse'
  /** The answer to a cookie that is not known (any more). */
  readonly refusal: Result
}

/** What one product does its own way. */
export interface Flavour {
  readonly name: FlavourName
  readonly keeping: Keeping
  readonly baseDn: string
  readonly userBaseDn: string
  readonly groupBaseDn: string
  readonly namingContexts: readonly string[]
  readonly subschemaDn: string
  /** Attributes of the rootDSE; `operational` = only for who names them or asks for `+`. */
  rootDse(now: { readonly usn: number; readonly at: number; readonly host: string }): {
    readonly attributes: EntrySeed['attributes']
    readonly operational: boolean
  }
  readonly accounts: readonly BindAccount[]
  /** Everything that is there beside the company, parents first. */
  readonly foundation: readonly EntrySeed[]
  personDn(person: CompanyPerson): string
  groupDn(group: Pick<CompanyGroup, 'name'>): string
  /** A person; who is inactive is so in the product's own way. */
  person(person: CompanyPerson, dnOf: DnOf): EntrySeed
  group(group: CompanyGroup, dnOf: DnOf, loginOf: (companyId: string) => string | undefined): EntrySeed
  /** What makes a person inactive, or active again. */
  activity(isActive: boolean): readonly AttributeChange[]
  /** Attributes that carry the name of a group beside its RDN. */
  readonly groupNameAttributes: readonly string[]
  readonly memberAttribute: 'member' | 'uniqueMember' | 'memberUid'
  readonly paging: Paging
  /** Entries that a search without paging gives at most. */
  readonly sizeLimit: number | undefined
  /** Values of one attribute in one answer; the rest is asked for by range. */
  readonly valueRange: number | undefined
  /** Knows `+`, all operational attributes (RFC 3673). */
  readonly knowsPlus: boolean
  readonly hasMicrosoftRules: boolean
  readonly controls: readonly string[]
  readonly extensions: readonly string[]
  /** What a search without a bind gets anywhere but at the rootDSE and the schema; undefined = no entries. */
  readonly anonymousSearch: Result | undefined
  /** What a bind with a name and an empty password gets; success = it is anonymous (RFC 4513, 5.1.2). */
  readonly unauthenticatedBind: Result
  badCredentials(reason?: string): Result
  readonly demandsTls: Result
  /** The answer to a base outside of what the server holds. */
  outside(dn: string): Result
  /** Continuation references at the end of a search of the whole tree. */
  references(baseDn: string): readonly string[]
}

export interface FlavourOptions {
  /** Mail domain of the company, e.g. `acme.example`. */
  readonly domain: string
  /** How groups hold their members; only `openldap` and `generic` have a choice. */
  readonly groupStyle?: GroupStyle
  readonly seed: string
}

export type GroupStyle = 'names' | 'unique-names' | 'posix'

/** 16 bytes that depend on the texts alone, marked as a UUID of version 4. */
export function uuidBytes(seed: string, text: string): Buffer {
  const bytes = createHash('sha256').update(`${seed}\n${text}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes
}

export function uuid(seed: string, text: string): string {
  const hex = uuidBytes(seed, text).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Generalized time in UTC, e.g. `20260301094500Z`; Active Directory puts `.0` before the Z. */
export function generalizedTime(at: number, fraction = ''): string {
  // A directory is filled within a second or two, and each entry has several times.
  if (at !== lastAt) {
    lastAt = at
    lastText = new Date(at).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')
  }
  return `${lastText}${fraction}Z`
}
let lastAt = Number.NaN
let lastText = ''

export function domainDn(domain: string): string {
  return domain
    .split('.')
    .map((part) => `dc=${part}`)
    .join(',')
}

/** The accounts every flavour has. */
export function accounts(
  dnOf: (name: string) => string,
  seed: string,
  hidden: readonly string[],
  aliasesOf: (name: string) => readonly string[] = () => [],
): BindAccount[] {
  return (['reader', 'blind', 'admin'] as const).map((name) => ({
    name,
    dn: dnOf(name),
    aliases: aliasesOf(name),
    password: `sandbox-password-${uuid(seed, `password ${name}`)}`,
    hidden: name === 'blind' ? hidden : [],
  }))
}

export const one = (name: string, value: Value): AttributeChange => ({
  op: 'replace',
  attribute: name,
  values: [value],
})
