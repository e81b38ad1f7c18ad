import { isIP } from 'node:net'
import { z } from 'zod'
import { regexSchema } from '../../../domain/pattern.ts'
import { dnFault } from '../../kit/dn.ts'
import { field, secret } from '../../kit/field.ts'
import { parseFilter } from './filter.ts'
import { presetNames } from './presets.ts'

const connection = 'Connection'
const where = 'Where people and groups are'
const attributes = 'Attributes'
const inactivity = 'Who is inactive'
const memberships = 'Memberships'
const reading = 'Reading'

const hostName = z.string().superRefine((text, context) => {
  const message = hostFault(text)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

function hostFault(text: string): string | undefined {
  if (/^ldaps?:\/\//i.test(text))
    return `${JSON.stringify(text)} is an address; write the name alone, and set security and port`
  if (isIP(text) !== 0) return undefined
  if (/:\d+$/.test(text)) return `${JSON.stringify(text)} has a port; write the name alone, and set port`
  const isName = text.length <= 253 && text.split('.').every((part) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})$/.test(part))
  return isName ? undefined : `${JSON.stringify(text)} is not the name or address of a host`
}

/** A distinguished name; the fault is told with the character where it begins. */
const dn = z
  .string()
  .max(2000)
  .superRefine((text, context) => {
    const fault = dnFault(text)
    if (fault === undefined) return
    const message = `is not a distinguished name: ${fault.message} (character ${fault.at} of ${quoted(text, fault.at)})`
    context.addIssue({ code: 'custom', message })
  })

const filter = z
  .string()
  .max(8000)
  .superRefine((text, context) => {
    const { fault } = parseFilter(text) as { fault?: { at: number; message: string } }
    if (fault === undefined) return
    const message = `is not a filter: ${fault.message} (character ${fault.at} of ${quoted(text, fault.at)})`
    context.addIssue({ code: 'custom', message })
  })

/** The text around a fault, with a mark before the character that is wrong. */
function quoted(text: string, at: number): string {
  const from = Math.max(0, at - 31)
  const [before, after] = [text.slice(from, at - 1), text.slice(at - 1, at + 19)]
  return `${from > 0 ? '…' : ''}${before}▸${after}${at + 19 < text.length ? '…' : ''}`
}

const bindName = z
  .string()
  .min(1)
  .max(2000)
  .superRefine((text, context) => {
    if (/^[^=@\\]+\\[^\\]+$/.test(text) || (/^[^@]+@[^@]+$/.test(text) && !text.includes('='))) return
    const fault = dnFault(text)
    if (fault === undefined) return
    const message = text.includes('=')
      ? `is not a distinguished name: ${fault.message} (character ${fault.at} of ${quoted(text, fault.at)})`
      : 'must be a distinguished name (cn=reader,dc=example,dc=com), a name with domain (reader@example.com), or DOMAIN\\reader'
    context.addIssue({ code: 'custom', message })
  })

const attributeName = z
  .string()
  .max(200)
  .regex(
    /^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+)(;[A-Za-z0-9-]+)*$/,
    'write the name of an attribute such as employeeNumber',
  )

const bases = z
  .union([dn, z.array(dn).min(1).max(50)])
  .transform((given) => (typeof given === 'string' ? [given] : given))

const inactiveRule = z
  .strictObject({
    attribute: field(attributeName, {
      label: 'Attribute',
      help: 'The attribute of a person that says whether they are inactive.',
      group: inactivity,
    }),
    values: field(z.array(z.string().max(1000)).min(1).max(100).optional(), {
      label: 'Values',
      help: 'Inactive if the attribute has one of these values, whatever its letter case.',
      group: inactivity,
    }),
    bits: field(z.number().int().min(1).max(0x7fff_ffff).optional(), {
      label: 'Bits',
      help: 'Inactive if all these bits are set in the number of the attribute.',
      group: inactivity,
      unit: 'sum of the bits',
    }),
    pattern: field(regexSchema.optional(), {
      label: 'Pattern',
      help: 'Inactive if this regular expression (RE2) is found in a value.',
      group: inactivity,
    }),
  })
  .refine(({ values, bits, pattern }) => [values, bits, pattern].filter((each) => each !== undefined).length === 1, {
    error: 'needs exactly one of values, bits and pattern',
  })

export const config = z.object({
  preset: field(z.enum(['auto', ...presetNames]).default('auto'), {
    label: 'Directory type',
    help: 'What is usual in this kind of directory: filters, attributes, and who is inactive. auto = the server says what it is; `muster check` shows what was found.',
    group: connection,
    aliases: ['LDAP server type', 'Directory Server'],
  }),
  hosts: field(z.array(hostName).min(1).max(20), {
    label: 'Hostname',
    help: 'Names or addresses. Several are tried in this order; one read stays with the one that answered.',
    group: connection,
    aliases: ['Server URL', 'Server Name', 'LDAP Host'],
  }),
  port: field(z.number().int().min(1).max(65_535).optional(), {
    label: 'Port',
    help: 'If left out: 636 with ldaps, else 389. 3268 and 3269 are the Global Catalog of Active Directory, which lacks many attributes and members.',
    group: connection,
    unit: 'TCP port',
  }),
  security: field(z.enum(['ldaps', 'starttls', 'none']).default('ldaps'), {
    label: 'Security',
    help: 'ldaps: TLS from the start. starttls: TLS after a plain beginning. none: the password travels unencrypted. The certificate and its name are always checked.',
    group: connection,
    aliases: ['Use SSL', 'Secure connection'],
  }),
  caCertificate: field(
    z
      .union([
        z.strictObject({ file: z.string().min(1).max(4096) }),
        z.strictObject({ text: z.string().min(1).max(1_000_000) }),
      ])
      .optional(),
    {
      label: 'CA certificate',
      help: '{ file: ca.pem } or { text: "-----BEGIN CERTIFICATE-----…" }: an authority to trust beside the public ones. A relative path starts at the folder of the configuration file.',
      group: connection,
      aliases: ['Trusted certificate', 'SSL certificate'],
    },
  ),
  serverName: field(hostName.optional(), {
    label: 'Name in the certificate',
    help: 'If the certificate of the server names another host than the one above.',
    group: connection,
  }),
  bindDn: field(bindName, {
    label: 'Username',
    help: 'Of an account that may read: a distinguished name, in Active Directory also reader@example.com or EXAMPLE\\reader.',
    group: connection,
    aliases: ['Bind DN', 'Bind Account DN', 'Service account', 'Search User'],
  }),
  password: secret({
    label: 'Password',
    help: 'Password of that account.',
    group: connection,
    aliases: ['Bind Account Password'],
  }),
  passwordExpires: field(z.iso.date({ error: 'enter a date such as 2027-03-01' }).optional(), {
    label: 'Password expires on',
    help: 'You are warned 30 days before.',
    group: connection,
  }),
  baseDn: field(dn, {
    label: 'Base DN',
    help: 'People and groups are looked for at and below this entry.',
    group: where,
    suggested: 'dc=example,dc=com',
    aliases: ['Search Base', 'Root DN'],
  }),
  userBaseDn: field(bases.optional(), {
    label: 'Base DN of people',
    help: 'One or a list, if people are to be looked for elsewhere or only in a part.',
    group: where,
    aliases: ['User DN', 'Additional User DN', 'Search Base'],
  }),
  groupBaseDn: field(bases.optional(), {
    label: 'Base DN of groups',
    help: 'One or a list, if groups are to be looked for elsewhere or only in a part.',
    group: where,
    aliases: ['Group DN', 'Additional Group DN', 'Group Search Base'],
  }),
  userFilter: field(filter.optional(), {
    label: 'Filter for people',
    help: 'A search filter (RFC 4515). Who does not match is not read at all; which people a connection takes is better decided by its scope.',
    group: where,
    aliases: ['User Object Filter', 'Search Filter'],
  }),
  groupFilter: field(filter.optional(), {
    label: 'Filter for groups',
    help: 'A search filter (RFC 4515) for the entries that are groups.',
    group: where,
    aliases: ['Group Object Filter'],
  }),
  searchScope: field(z.enum(['subtree', 'one-level']).default('subtree'), {
    label: 'Depth of the search',
    help: 'subtree: everything below a base DN. one-level: only entries directly below it.',
    group: where,
  }),
  groups: field(z.boolean().default(true), {
    label: 'Read groups',
    help: 'Off: only people are read.',
    group: where,
  }),
  idAttribute: field(attributeName.optional(), {
    label: 'Id of a person',
    help: 'The attribute whose value never changes, also when login, e-mail and place in the tree do. If left out, the one of the directory type.',
    group: attributes,
    aliases: ['User Unique ID Attribute'],
  }),
  loginAttribute: field(attributeName.optional(), {
    label: 'Login',
    help: 'The attribute with the login name.',
    group: attributes,
    aliases: ['User Name Attribute', 'Username Attribute'],
  }),
  emailAttribute: field(attributeName.optional(), {
    label: 'E-mail',
    help: 'The attribute with the e-mail address.',
    group: attributes,
    aliases: ['User Email Attribute'],
  }),
  nameAttribute: field(attributeName.optional(), {
    label: 'Full name',
    help: 'The attribute with the full name.',
    group: attributes,
    aliases: ['User Display Name Attribute'],
  }),
  attributes: field(z.array(attributeName).max(200).default([]), {
    label: 'Further attributes',
    help: 'Read beside the usual ones, for scopes and mappings of connections. `muster sources attributes` shows what there is.',
    group: attributes,
    aliases: ['Custom attributes', 'Extended attributes'],
  }),
  groupIdAttribute: field(attributeName.optional(), {
    label: 'Id of a group',
    help: 'The attribute of a group whose value never changes.',
    group: attributes,
  }),
  groupNameAttribute: field(attributeName.optional(), {
    label: 'Name of a group',
    help: 'The attribute with the name of a group.',
    group: attributes,
    aliases: ['Group Name Attribute'],
  }),
  inactive: field(inactiveRule.optional(), {
    label: 'Rule for inactive people',
    help: 'Instead of the rule of the directory type.',
    group: inactivity,
    aliases: ['Disabled users'],
  }),
  expiredIsInactive: field(z.boolean().default(false), {
    label: 'Expired accounts are inactive',
    help: 'On: an account past its expiry date (accountExpires of Active Directory and its relatives) counts as inactive.',
    group: inactivity,
  }),
  lockedIsInactive: field(z.boolean().default(false), {
    label: 'Locked accounts are inactive',
    help: 'On: an account that is locked because of wrong passwords counts as inactive. That passes by itself, so it is off.',
    group: inactivity,
  }),
  memberAttributes: field(z.array(attributeName).min(1).max(10).optional(), {
    label: 'Members of a group',
    help: 'The attributes of a group that list its members by distinguished name.',
    group: memberships,
    aliases: ['Group Members Attribute'],
  }),
  nestedGroups: field(z.boolean().default(true), {
    label: 'Nested groups',
    help: 'On: members of a group inside a group are members of both. Off: only direct members count.',
    group: memberships,
    aliases: ['Enable Nested Groups'],
  }),
  primaryGroup: field(z.enum(['except-domain-users', 'all', 'none']).default('except-domain-users'), {
    label: 'Primary group',
    help: 'Active Directory does not list people as members of their primary group. except-domain-users: they are added, but not to "Domain Users", in which everybody is.',
    group: memberships,
  }),
  referrals: field(z.enum(['report', 'ignore']).default('report'), {
    label: 'Parts on other servers',
    help: 'A referral to another server is never followed. report: a read with one is not complete, so that nothing is taken away. ignore: that part of the tree does not belong to this source. Those of Active Directory are always ignored.',
    group: reading,
  }),
  allowEmpty: field(z.boolean().default(false), {
    label: 'Accept a directory without people',
    help: 'Off: a search that finds nobody is an error and never means that everybody left.',
    group: reading,
  }),
  incremental: field(z.enum(['off', 'uSNChanged']).default('off'), {
    label: 'Look for changes',
    help: 'uSNChanged: Active Directory can be asked what changed since the last look, so that a run need not wait for its turn. Every run reads everything all the same.',
    group: reading,
    aliases: ['Incremental sync', 'Delta sync'],
  }),
  pageSize: field(z.number().int().min(1).max(5000).default(500), {
    label: 'Page size',
    help: 'How many entries are asked for at a time. If the server refuses, smaller ones are tried.',
    group: reading,
    unit: 'entries',
    aliases: ['Use Paged Results'],
  }),
  connectTimeoutSeconds: field(z.number().int().min(1).max(120).default(5), {
    label: 'Time to connect',
    help: 'After this time the next host is tried.',
    group: reading,
    unit: 'seconds',
    aliases: ['Connection Timeout'],
  }),
  operationTimeoutSeconds: field(z.number().int().min(1).max(3600).default(60), {
    label: 'Time for an answer',
    help: 'Longest time for one page of a search.',
    group: reading,
    unit: 'seconds',
    aliases: ['Read Timeout', 'Search Timeout'],
  }),
})

export type LdapConfig = z.output<typeof config>
