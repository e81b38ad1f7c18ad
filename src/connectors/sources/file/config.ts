import { z } from 'zod'
import { durationSchema } from '../../../domain/duration.ts'
import { field, optionalSecret } from '../../kit/field.ts'

const fileName = z.string().min(1).max(4096)
const columnName = z.string().min(1).max(200)
const files = 'Files'
const columns = 'Columns'
const safety = 'Safety'
const access = 'Access'

export const config = z.strictObject({
  format: field(z.enum(['csv', 'json', 'ldif']).optional(), {
    label: 'Format',
    help: 'csv, json or ldif. If left out, the ending of the file name decides.',
    group: files,
  }),
  path: field(fileName.optional(), {
    label: 'File',
    help: 'A JSON or LDIF file with people and groups: a path, which starts at the folder of the configuration file when it is relative, or an address such as https://hr.example.com/people.json.',
    group: files,
  }),
  people: field(fileName.optional(), {
    label: 'People file',
    help: 'CSV with one person per row and column names in the first row: a path or an address that begins with https://.',
    group: files,
    aliases: ['Users file'],
  }),
  groups: field(fileName.optional(), {
    label: 'Groups file',
    help: 'CSV with one group per row; a column `members` may list its members.',
    group: files,
  }),
  memberships: field(fileName.optional(), {
    label: 'Memberships file',
    help: 'CSV with one membership per row: group, member and, if needed, kind (user or group).',
    group: files,
  }),
  delimiter: field(z.enum(['auto', ',', ';', '|', 'tab']).default('auto'), {
    label: 'Delimiter',
    help: 'What separates the cells of a CSV row: , ; | or tab. auto looks at the first line.',
    group: files,
  }),
  encoding: field(
    z.literal('utf-8', { error: 'only utf-8 is read; export the file as UTF-8 or convert it' }).default('utf-8'),
    { label: 'Encoding', help: 'Always utf-8, with or without byte order mark.', group: files },
  ),
  idColumn: field(columnName.optional(), {
    label: 'Id of a person',
    help: 'Column, JSON key or LDIF attribute with the id that never changes. If left out, the usual names are tried (id, employeeNumber, entryUUID, objectGUID, ...), then the login.',
    group: columns,
  }),
  loginColumn: field(columnName.optional(), {
    label: 'Login',
    help: 'Column with the login name. If left out: userName, login, uid, sAMAccountName, ...',
    group: columns,
  }),
  emailColumn: field(columnName.optional(), {
    label: 'E-mail',
    help: 'Column with the e-mail address. If left out: mail, email, emailAddress, ...',
    group: columns,
  }),
  nameColumn: field(columnName.optional(), {
    label: 'Full name',
    help: 'Column with the full name. If left out: displayName, cn, name, or given name and surname.',
    group: columns,
  }),
  activeColumn: field(columnName.optional(), {
    label: 'Active',
    help: 'Column that says whether a person is active. If left out, the usual names are tried (active, enabled, disabled, status, ...); without such a column everybody is active. Name it, so that a file without it is refused.',
    group: columns,
  }),
  inactiveValues: field(z.array(z.string().min(1).max(200)).min(1).max(100).optional(), {
    label: 'Values that mean inactive',
    help: 'If given, exactly these values of the active column mean inactive, whatever their letter case; all others mean active.',
    group: columns,
  }),
  groupsColumn: field(columnName.optional(), {
    label: 'Groups of a person',
    help: 'Column of the people that lists their groups. If left out: groups, memberOf, teams, ...',
    group: columns,
  }),
  groupIdColumn: field(columnName.optional(), {
    label: 'Id of a group',
    help: 'Column with the id of a group that never changes. If left out: id, key, ..., else its name.',
    group: columns,
  }),
  groupNameColumn: field(columnName.optional(), {
    label: 'Name of a group',
    help: 'Column with the name of a group. If left out: name, displayName, cn, ...',
    group: columns,
  }),
  membersColumn: field(columnName.optional(), {
    label: 'Members of a group',
    help: 'Column of the groups that lists their members (people or groups, by id, login, e-mail or name).',
    group: columns,
  }),
  membershipGroupColumn: field(columnName.optional(), {
    label: 'Group of a membership',
    help: 'Column of the memberships file with the group. If left out: group, groupId, ...',
    group: columns,
  }),
  membershipMemberColumn: field(columnName.optional(), {
    label: 'Member of a membership',
    help: 'Column of the memberships file with the member. If left out: member, user, login, email, ...',
    group: columns,
  }),
  membershipKindColumn: field(columnName.optional(), {
    label: 'Kind of a member',
    help: 'Column of the memberships file that says user or group. Only needed where names overlap.',
    group: columns,
  }),
  listSeparator: field(z.string().min(1).max(5).optional(), {
    label: 'List separator',
    help: 'What separates several values in one CSV cell. If left out: | or ; or a line break.',
    group: columns,
  }),
  token: optionalSecret({
    label: 'Token',
    help: 'For files behind an address: a bearer token of its server.',
    group: access,
    aliases: ['API token', 'API key'],
  }),
  header: field(
    z
      .string()
      .regex(/^[A-Za-z0-9-]{1,60}$/, 'enter the name of a header, such as X-API-Key')
      .optional(),
    {
      label: 'Header of the token',
      help: 'Only for servers that take the token in a header of their own, without "Bearer".',
      group: access,
    },
  ),
  username: field(z.string().min(1).max(200).optional(), {
    label: 'User name',
    help: 'For files behind an address whose server asks for a name and a password (Basic authentication).',
    group: access,
  }),
  password: optionalSecret({ label: 'Password', help: 'Belongs to the user name.', group: access }),
  incremental: field(z.boolean().default(false), {
    label: 'Look for changes',
    help: 'For files behind an address: their server is asked between runs (ETag, Last-Modified) whether they are still the same, so that a run need not wait for its turn. Every run reads everything all the same.',
    group: access,
    aliases: ['Incremental sync'],
  }),
  allowEmpty: field(z.boolean().default(false), {
    label: 'Accept an empty file',
    help: 'Off: a file without records is an error and never means "nobody".',
    group: safety,
  }),
  openEnd: field(z.boolean().default(false), {
    label: 'Accept a file without closing line break',
    help: 'Off: a CSV that does not end with a line break, or an LDIF whose last record is not closed by an empty line, counts as cut off.',
    group: safety,
  }),
  trailer: field(z.string().min(1).max(100).optional(), {
    label: 'Closing line',
    help: 'The last line every CSV or LDIF file must have, e.g. #END; a number after it is the count of records. Without it a file cut between two rows cannot be told from a whole one.',
    group: safety,
  }),
  maxAge: field(durationSchema.optional(), {
    label: 'Oldest acceptable file',
    help: 'A duration such as 2d. An older file is still read, with a warning: perhaps the export no longer runs.',
    group: safety,
  }),
  maxSizeMb: field(z.number().int().min(1).max(4096).default(500), {
    label: 'Largest file',
    help: 'A bigger file is refused.',
    group: safety,
    unit: 'MB',
  }),
})

export type FileConfig = z.output<typeof config>
