import type { SeedPerson, TargetSeed } from '../atlassian/seed/facts.ts'
import type { CompanyDirectory, CompanyPerson } from '../company/directory.ts'
import { builtInGroups, builtInPeople } from '../company/site.ts'
import { fold, type Group, type User, type UserDirectory } from './model.ts'
import type { DirectoryStore } from './store.ts'

/** Names of the groups a product has from its first day on. */
export interface BuiltInGroups {
  /** Rights in the product that members have. */
  readonly administrators: { readonly name: string; readonly grants: readonly string[] }
  /** Administer, but not the system. */
  readonly lesserAdministrators: { readonly name: string; readonly grants: readonly string[] }
  readonly users: { readonly name: string; readonly grants: readonly string[] }
}

/** The few accounts the sandbox hands out credentials of. */
export interface BuiltInUsers {
  readonly admin: User
  /** Administers, but not the system. */
  readonly lesserAdmin: User
  readonly viewer: User
}

const internalDirectory = 'Internal Directory'
const ldapDirectory = 'Corporate LDAP'

const cloudOnly: ReadonlySet<string> = new Set(builtInGroups.map(({ name }) => name))
const cloudPeople: ReadonlySet<string> = new Set(builtInPeople.map(({ email }) => fold(email)))

/**
 * Fills the store with what ten years have left on the company's own server, or with what is there on the first day: the
 * same people and groups as on the Cloud site, known by login names; what an identity provider keeps there is a copy of
 * the directory server here, which the product may not change.
 */
export function fill(
  store: DirectoryStore,
  company: CompanyDirectory,
  target: TargetSeed,
  names: BuiltInGroups,
): BuiltInUsers {
  const internal = store.addDirectory(internalDirectory, 'INTERNAL', 'writable', 'Users kept by the product itself')
  const ldap = store.addDirectory(ldapDirectory, 'CONNECTOR', 'read-only', 'Users of the directory server')
  const made = ({ name, grants }: BuiltInGroups[keyof BuiltInGroups]): Group => {
    const group = store.createGroup(name)
    for (const grant of grants) group.grants.add(grant)
    return group
  }
  const administrators = made(names.administrators)
  const lesser = made(names.lesserAdministrators)
  const users = made(names.users)
  const builtIn = (name: string, displayName: string): User =>
    store.createUser({
      name,
      displayName,
      email: `${name}@acme.example`,
      password: `sandbox-password-${name}`,
      directory: internal,
    })
  const admin = builtIn('admin', 'System Administrator')
  const lesserAdmin = builtIn('support-admin', 'Support Administrator')
  const viewer = builtIn('viewer', 'Plain User')
  store.addMember(administrators, admin)
  store.addMember(lesser, lesserAdmin)
  for (const user of [admin, lesserAdmin, viewer]) store.addMember(users, user)
  for (const { name, description, synced } of target.groups) {
    if (!cloudOnly.has(name) && store.group(name) === undefined) store.createGroup(name, description, synced)
  }
  const staff = new Map(company.people.map((person) => [fold(person.mail), person]))
  const place = (name: string): Group | undefined => {
    if (!cloudOnly.has(name)) return store.group(name)
    if (name.includes('users')) return users
    return name.includes('admin') ? lesser : undefined
  }
  for (const person of target.people.filter(isPersonHere)) {
    const user = addPerson(store, person, staff.get(fold(person.email)), person.synced === true ? ldap : internal)
    for (const name of user === undefined ? [] : person.groups) {
      const group = place(name)
      if (user !== undefined && group !== undefined) store.addMember(group, user)
    }
  }
  store.effects.reset()
  return { admin, lesserAdmin, viewer }
}

/** Undefined where somebody has the name already. */
function addPerson(
  store: DirectoryStore,
  { email, name: displayName, suspended, deactivated }: SeedPerson,
  known: CompanyPerson | undefined,
  directory: UserDirectory,
): User | undefined {
  const name = known?.login ?? fold(email.slice(0, email.indexOf('@')))
  if (store.user(name) !== undefined) return undefined
  const [firstName, lastName] = known === undefined ? splitName(displayName) : [known.givenName, known.surname]
  const active = suspended !== true && deactivated !== true
  return store.createUser({ name, displayName, email, firstName, lastName, active, directory })
}

function isPersonHere({ email, accountType = 'atlassian', outside }: SeedPerson): boolean {
  return accountType === 'atlassian' && outside !== true && !cloudPeople.has(fold(email))
}

function splitName(name: string): [string, string] {
  const at = name.indexOf(' ')
  return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 1)]
}
