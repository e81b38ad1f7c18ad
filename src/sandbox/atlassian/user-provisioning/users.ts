import { isoTime } from '../../../platform/clock.ts'
import type { Answer, Call } from '../../server/call.ts'
import { type Account, domainOf, fold } from '../model.ts'
import type { ProvisionedUser, ProvisioningDirectory } from '../state/provisioning.ts'
import type { Twin } from '../twin.ts'
import { answered, refuse } from './dialect.ts'
import { operationsOf, patched } from './patch.ts'
import { bodyObject, filterOf, isRecord, listAnswer, requireDirectory } from './requests.ts'

const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterpriseUser = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const atlassianExtension = 'urn:scim:schemas:extension:atlassian-external:1.0'

/** What a client may send; everything else is passed over. */
const writable = [
  'userName',
  'externalId',
  'emails',
  'name',
  'displayName',
  'nickName',
  'title',
  'preferredLanguage',
  'department',
  'organization',
  'timezone',
  'phoneNumbers',
  'active',
  enterpriseUser,
] as const

export function listUsers(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const filter = filterOf(call, ['userName', 'externalId'])
  const users = directory.users.filter((user) => {
    if (filter === undefined) return true
    if (filter.name === 'externalId') return user.attributes.externalId === filter.value
    if (twin.variants.is('scimFilterCase', 'sensitive')) return user.userName === filter.value
    return fold(user.userName) === fold(filter.value)
  })
  return answered(
    200,
    listAnswer(twin, call, users, (user) => selected(call, userView(twin, directory, user))),
  )
}

export function getUser(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  return answered(200, selected(call, userView(twin, directory, requireUser(directory, call))))
}

/**
 * POST: a managed account of that address is linked, never made a second time. Only addresses of verified domains; nobody
 * gets a product by it (3.2, 3.4).
 */
export function createUser(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const attributes = attributesIn(bodyObject(call))
  const { userName, email } = requireNames(twin, directory, attributes)
  if (directory.userNamed(userName) !== undefined) refuse(409, `The user ${userName} exists.`, 'uniqueness')
  const known = twin.state.accountByEmail(email)
  const linked = known === undefined ? undefined : directory.userOf(known)
  if (linked !== undefined && !(linked.isDeleted && twin.variants.is('scimReactivation', 'post'))) {
    const status = Number(twin.variants.get('scimForeignUserName'))
    refuse(status, `The account of ${email} belongs to another user of the directory.`, 'uniqueness')
  }
  const now = twin.state.clock.now()
  const user: ProvisionedUser = linked ?? {
    id: twin.state.makeId(`scim user ${userName} ${now}`),
    account: known ?? twin.state.accounts.create({ email }),
    attributes: {},
    userName,
    active: true,
    isDeleted: false,
    createdAt: now,
    modifiedAt: now,
  }
  user.isDeleted = false
  directory.addUser(user)
  takeOver(twin, directory, user.account)
  write(twin, user, attributes)
  return answered(201, selected(call, userView(twin, directory, user)))
}

/** PUT: "Existing values of unspecified attributes are cleaned". */
export function replaceUser(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const user = requireUser(directory, call)
  return changed(twin, call, directory, user, attributesIn(bodyObject(call)))
}

export function patchUser(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const operations = operationsOf(bodyObject(call))
  const user = directory.user(call.param('userId'))
  const wakes = operations.some(({ op, path, value }) => op !== 'remove' && path === 'active' && value === true)
  if (user?.isDeleted === true && wakes && twin.variants.is('scimReactivation', 'patch')) user.isDeleted = false
  const present = requireUser(directory, call)
  return changed(twin, call, directory, present, attributesIn(patched(present.attributes, operations)))
}

/** DELETE: the same as active=false, and every later call finds nothing. */
export function deleteUser(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const user = requireUser(directory, call)
  write(twin, user, { ...user.attributes, active: false })
  user.isDeleted = true
  return { status: 204 }
}

function changed(
  twin: Twin,
  call: Call,
  directory: ProvisioningDirectory,
  user: ProvisionedUser,
  attributes: Record<string, unknown>,
): Answer {
  const { userName, email } = requireNames(twin, directory, attributes)
  const other = directory.userNamed(userName)
  if (other !== undefined && other !== user) refuse(400, `The user ${userName} exists.`, 'uniqueness')
  const holder = twin.state.accountByEmail(email)
  if (holder !== undefined && holder !== user.account) {
    refuse(400, `The address ${email} belongs to another account.`, 'uniqueness')
  }
  write(twin, user, attributes)
  return answered(200, selected(call, userView(twin, directory, user)))
}

function requireUser(directory: ProvisioningDirectory, call: Call): ProvisionedUser {
  const user = directory.user(call.param('userId'))
  return user === undefined || user.isDeleted ? refuse(404, 'Resource not found') : user
}

function attributesIn(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(writable.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])))
}

function requireNames(twin: Twin, directory: ProvisioningDirectory, attributes: Record<string, unknown>) {
  const { userName, emails, active } = attributes
  if (typeof userName !== 'string' || userName === '') refuse(400, 'userName is required.', 'invalidValue')
  if (active !== undefined && typeof active !== 'boolean') refuse(400, 'active is not a boolean.', 'invalidValue')
  const list = Array.isArray(emails) ? emails.filter(isRecord) : []
  const primary = list.filter((each) => each.primary === true)
  const email = primary[0]?.value
  if (primary.length !== 1 || typeof email !== 'string' || !email.includes('@')) {
    refuse(400, 'One email must be primary.', 'invalidValue')
  }
  const { organization } = directory.directory
  if (twin.state.organizations.ownerOfDomain(domainOf(email)) !== organization) {
    refuse(400, `The domain of ${email} is not verified by the organization.`, 'invalidValue')
  }
  return { userName, email }
}

/** From now on the identity provider keeps the account: other APIs refuse to change it. */
function takeOver({ state }: Twin, { directory: { directoryId } }: ProvisioningDirectory, account: Account): void {
  account.externalDirectory = 'scim'
  state.people.add(account, directoryId, 'synced')
  account.directories = account.directories.map((each) =>
    each.directoryId === directoryId ? { ...each, source: 'synced' } : each,
  )
}

/** Keeps what was sent and shows in the account what Atlassian copies (3.2). */
function write({ state }: Twin, user: ProvisionedUser, attributes: Record<string, unknown>): void {
  const { account } = user
  user.attributes = attributes
  user.userName = String(attributes.userName)
  user.active = attributes.active !== false
  user.modifiedAt = state.clock.now()
  const emails = (attributes.emails as Record<string, unknown>[]).filter((each) => each.primary === true)
  const email = String(emails[0]?.value)
  if (email !== account.email) state.accounts.setEmail(account, email)
  const name = textOf(attributes.displayName)
  if (name !== '' && name !== account.name) state.accounts.setName(account, name)
  const extension = isRecord(attributes[enterpriseUser]) ? attributes[enterpriseUser] : {}
  const timeZone = textOf(attributes.timezone)
  const locale = textOf(attributes.preferredLanguage)
  state.accounts.setProfile(account, {
    jobTitle: textOf(attributes.title),
    department: textOf(attributes.department ?? extension.department),
    organization: textOf(attributes.organization ?? extension.organization),
    ...(timeZone === '' ? {} : { timeZone }),
    ...(locale === '' ? {} : { locale }),
  })
  if (user.active) state.lifecycle.enable(account)
  else state.lifecycle.disable(account)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function userView(twin: Twin, directory: ProvisioningDirectory, user: ProvisionedUser): Record<string, unknown> {
  const groups = directory.groupsOf(user).map(({ id, displayName }) => ({
    type: 'Group',
    value: id,
    display: displayName,
    $ref: urlOf(twin, directory, `Groups/${id}`),
  }))
  const shown = twin.variants.get('scimGroupsOnUsers')
  return {
    schemas: [coreUser, ...(user.attributes[enterpriseUser] === undefined ? [] : [enterpriseUser]), atlassianExtension],
    id: user.id,
    ...user.attributes,
    active: user.active,
    ...(shown === 'absent' ? {} : { groups: shown === 'empty' ? [] : groups }),
    [atlassianExtension]: { atlassianAccountId: user.account.accountId },
    meta: {
      resourceType: 'USER',
      location: urlOf(twin, directory, `Users/${user.id}`),
      created: isoTime(user.createdAt),
      lastModified: isoTime(user.modifiedAt),
    },
  }
}

export function urlOf({ url }: Twin, { id }: ProvisioningDirectory, path: string): string {
  return `${url}/scim/directory/${id}/${path}`
}

/** `attributes` or `excludedAttributes`; id and schemas always stay. */
function selected(call: Call, view: Record<string, unknown>): Record<string, unknown> {
  const names = (parameter: string) => (call.query.get(parameter) ?? '').split(',').filter((name) => name !== '')
  const [wanted, excluded] = [names('attributes'), names('excludedAttributes')]
  const always = new Set(['id', 'schemas'])
  const topOf = (name: string) => name.split('.')[0]
  return Object.fromEntries(
    Object.entries(view).filter(
      ([name]) =>
        always.has(name) ||
        ((wanted.length === 0 || wanted.some((each) => topOf(each) === name)) && !excluded.includes(name)),
    ),
  )
}
