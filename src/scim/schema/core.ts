import { attribute, plural, type Schema } from './attribute.ts'

/** RFC 7643 sections 3.1, 4.1, 4.2 and 4.3. */

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Attributes every resource has; they stand in no schema. */
export const commonAttributes = [
  attribute('id', 'Given by this server; never changes.', {
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  attribute('externalId', 'The id at the client.', { caseExact: true, emptyIsNone: true }),
  attribute('schemas', 'The schemas the resource uses.', {
    type: 'reference',
    multiValued: true,
    caseExact: true,
    returned: 'always',
    mutability: 'readOnly',
  }),
  attribute('meta', 'What this server knows about the resource.', {
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'Name of the resource type.', { caseExact: true, mutability: 'readOnly' }),
      attribute('created', 'When it was created.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When it last changed.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'Its address.', { type: 'reference', caseExact: true, mutability: 'readOnly' }),
      attribute('version', 'Its version, equal to the ETag.', { caseExact: true, mutability: 'readOnly' }),
    ],
  }),
]

const phoneTypes = ['work', 'home', 'mobile', 'fax', 'pager', 'other']
const imTypes = ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo']

export const user: Schema = {
  id: userSchema,
  name: 'User',
  description: 'A person',
  attributes: [
    attribute('userName', 'The login; unique, letter case does not count.', { required: true, uniqueness: 'server' }),
    attribute('name', 'The parts of the name.', {
      subAttributes: [
        attribute('formatted', 'The whole name, as it is shown.'),
        attribute('familyName', 'Surname.'),
        attribute('givenName', 'Given name.'),
        attribute('middleName', 'Middle names.'),
        attribute('honorificPrefix', 'Title before the name.'),
        attribute('honorificSuffix', 'What stands behind the name.'),
      ],
    }),
    attribute('displayName', 'The name shown to others.'),
    attribute('nickName', 'What the person is called.'),
    attribute('profileUrl', 'Address of a profile page.', {
      type: 'reference',
      referenceTypes: ['external'],
      caseExact: true,
    }),
    attribute('title', 'Job title.'),
    attribute('userType', 'Kind of employment.'),
    attribute('preferredLanguage', 'Preferred language.'),
    attribute('locale', 'Region, for dates and numbers.'),
    attribute('timezone', 'Time zone.'),
    attribute('active', 'Whether the person may work.', { type: 'boolean', staysWhenAbsent: true }),
    attribute('password', 'Accepted and dropped: this server keeps no passwords of people.', {
      caseExact: true,
      mutability: 'writeOnly',
      returned: 'never',
      undisclosed: true,
    }),
    plural('emails', 'Mail addresses.', {}, ['work', 'home', 'other']),
    plural('phoneNumbers', 'Telephone numbers, kept as they are sent.', {}, phoneTypes),
    plural('ims', 'Addresses for messages.', {}, imTypes),
    plural('photos', 'Pictures.', { type: 'reference', referenceTypes: ['external'], caseExact: true }, [
      'photo',
      'thumbnail',
    ]),
    attribute('addresses', 'Postal addresses.', {
      multiValued: true,
      subAttributes: [
        attribute('formatted', 'The whole address.'),
        attribute('streetAddress', 'Street and number.'),
        attribute('locality', 'Town.'),
        attribute('region', 'State or region.'),
        attribute('postalCode', 'Postal code.'),
        attribute('country', 'Country.'),
        attribute('type', 'What it is for.', { canonicalValues: ['work', 'home', 'other'] }),
        attribute('primary', 'Whether it is the preferred one.', { type: 'boolean' }),
      ],
    }),
    attribute('groups', 'The groups the person is in; changed at the groups.', {
      multiValued: true,
      mutability: 'readOnly',
      subAttributes: [
        attribute('value', 'Id of the group.', { caseExact: true, mutability: 'readOnly' }),
        attribute('$ref', 'Address of the group.', {
          type: 'reference',
          referenceTypes: ['Group'],
          caseExact: true,
          mutability: 'readOnly',
        }),
        attribute('display', 'Name of the group.', { mutability: 'readOnly' }),
        attribute('type', 'direct or indirect.', { canonicalValues: ['direct', 'indirect'], mutability: 'readOnly' }),
      ],
    }),
    plural('entitlements', 'Entitlements.'),
    plural('roles', 'Roles.'),
    plural('x509Certificates', 'Certificates.', { type: 'binary', caseExact: true }),
  ],
}

export const enterpriseUser: Schema = {
  id: enterpriseSchema,
  name: 'EnterpriseUser',
  description: 'What a company knows about a person',
  attributes: [
    attribute('employeeNumber', 'Number of the employee.'),
    attribute('costCenter', 'Cost centre.'),
    attribute('organization', 'Organization.'),
    attribute('division', 'Division.'),
    attribute('department', 'Department.'),
    attribute('manager', 'The manager.', {
      subAttributes: [
        attribute('value', 'Id of the manager.', { caseExact: true }),
        attribute('$ref', 'Address of the manager.', { type: 'reference', referenceTypes: ['User'], caseExact: true }),
        attribute('displayName', 'Name of the manager.', { mutability: 'readOnly' }),
      ],
    }),
  ],
}

export const group: Schema = {
  id: groupSchema,
  name: 'Group',
  description: 'A group of people and groups',
  attributes: [
    attribute('displayName', 'Name of the group; unique, letter case does not count.', {
      required: true,
      uniqueness: 'server',
    }),
    attribute('members', 'Who is in the group.', {
      multiValued: true,
      keptAsRows: true,
      subAttributes: [
        attribute('value', 'Id of the member.', { caseExact: true, mutability: 'immutable', required: true }),
        attribute('$ref', 'Address of the member.', {
          type: 'reference',
          referenceTypes: ['User', 'Group'],
          caseExact: true,
          mutability: 'immutable',
        }),
        attribute('type', 'User or Group.', { canonicalValues: ['User', 'Group'], mutability: 'immutable' }),
        // Only when asked for: a client that compares an answer with what it wrote stumbles over a name it never sent.
        attribute('display', 'Name of the member.', { mutability: 'readOnly', returned: 'request' }),
      ],
    }),
  ],
}
