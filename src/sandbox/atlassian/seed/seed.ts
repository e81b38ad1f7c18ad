import { createHash } from 'node:crypto'
import { type Account, type Directory, fold, type Group, type Organization, type Site } from '../model.ts'
import type { NewAccount } from '../state/accounts.ts'
import type { AtlassianState } from '../state/state.ts'
import { copyGroups } from '../state/workspaces.ts'
import type { SeedDirectory, SeedGroup, SeedOrganization, SeedPerson, SeedRole, TargetSeed } from './facts.ts'
import { addProject } from './projects.ts'

const primary = 'Primary Directory'

/** Somebody else, so that a key can be one of the wrong organization. */
const globex: SeedOrganization = { name: 'Globex', directories: [{ name: primary }] }

/** Fills an empty world. */
export function load(state: AtlassianState, seed: TargetSeed): void {
  const directories = new Map<string, Directory>()
  const own = { name: primary, site: { name: seed.siteName, products: seed.products } }
  const organization = addOrganization(state, directories, '', {
    name: seed.orgName,
    domains: seed.domains,
    directories: [own, ...(seed.directories ?? [])],
  })
  for (const other of seed.organizations ?? [globex]) addOrganization(state, directories, `${other.name}/`, other)
  const directoryOf = (name = primary): Directory => {
    const directory = directories.get(name)
    if (directory === undefined) throw new Error(`There is no directory ${name}`)
    return directory
  }
  for (const group of seed.groups) addGroup(state, directoryOf(group.directory), group)
  addPeople(state, seed.people, organization, directoryOf)
  const [site] = state.sites
  for (const project of seed.projects ?? []) addProject(state, site as Site, project)
  for (const product of state.sites.flatMap(({ products }) => products)) {
    if (product.key !== 'bitbucket') continue
    copyGroups(state.workspaces, state.workspaces.add(product), state.groups.items)
  }
  state.effects.reset()
}

function addOrganization(
  state: AtlassianState,
  directories: Map<string, Directory>,
  prefix: string,
  { name, domains = [], directories: seeds }: SeedOrganization,
): Organization {
  const organization = state.organizations.add(name)
  for (const { name: title, site } of seeds satisfies readonly SeedDirectory[]) {
    const directory = state.organizations.addDirectory(organization, title)
    directories.set(`${prefix}${title}`, directory)
    if (site !== undefined) state.organizations.addSite(site.name, directory, site.products)
  }
  for (const { name: domain, verified } of domains) {
    state.organizations.setDomain(organization, domain, verified ? 'verified' : 'unverified')
  }
  return organization
}

function addGroup(state: AtlassianState, directory: Directory, seed: SeedGroup): void {
  const { name, description = '', synced = false, managedBy = 'admins', defaultOf, roles = [] } = seed
  const group = state.groups.create({ name, description, directoryId: directory.directoryId })
  group.synced = synced
  group.managedBy = managedBy
  const site = siteOf(state, directory)
  for (const { product, role } of roles) state.roles.grant(group, resourceOf(site, product), role)
  if (defaultOf === undefined) return
  group.isDefault = true
  site?.products.find(({ key }) => key === defaultOf)?.defaultGroups.add(group)
}

function addPeople(
  state: AtlassianState,
  people: readonly SeedPerson[],
  organization: Organization,
  directoryOf: (name?: string) => Directory,
): void {
  const accounts = state.accounts.load(people.map((person, at) => newAccount(person, at)))
  const members = new Map<Group, Account[]>()
  people.forEach((person, at) => {
    const account = accounts[at] as Account
    const mine = person.directories?.map(directoryOf) ?? [directoryOf()]
    for (const { directoryId } of mine) {
      const isHere = !person.outside && account.accountType === 'atlassian'
      if (isHere) state.people.add(account, directoryId, person.synced ? 'synced' : 'invited')
    }
    if (person.synced) account.externalDirectory = 'scim'
    if (person.isServiceAccount) account.isServiceAccount = true
    if (person.nameHidden) account.nameHidden = true
    for (const name of person.groups) {
      const group = groupOf(state, mine, name)
      const list = members.get(group)
      if (list === undefined) members.set(group, [account])
      else list.push(account)
    }
    for (const role of person.roles ?? []) grant(state, account, role)
    if (person.orgAdmin) state.roles.setPlatform(account, organization, 'atlassian/org-admin', true)
  })
  for (const [group, list] of members) state.groups.loadMembers(group, list)
  people.forEach((person, at) => {
    const account = accounts[at] as Account
    if (person.suspended) {
      for (const { directoryId } of account.directories) state.people.setSuspended(account, directoryId, true)
    }
    if (person.deactivated) state.accounts.setStatus(account, 'inactive')
  })
}

function groupOf(state: AtlassianState, directories: readonly Directory[], name: string): Group {
  for (const { directoryId } of directories) {
    const group = state.groups.byName(name, directoryId)
    if (group !== undefined) return group
  }
  throw new Error(`There is no group ${name}`)
}

function grant(state: AtlassianState, account: Account, { product, role }: SeedRole): void {
  state.roles.grant(account, resourceOf(state.sites[0], product), role)
}

function siteOf(state: AtlassianState, { directoryId }: Directory): Site | undefined {
  return state.sites.find((site) => site.directoryId === directoryId)
}

function resourceOf(site: Site | undefined, key: string): string {
  if (site !== undefined && key === 'platform') return `ari:cloud:platform::site/${site.cloudId}`
  const product = site?.products.find((each) => each.key === key)
  if (product === undefined) throw new Error(`The site has no product ${key}`)
  return product.resource
}

function newAccount(person: SeedPerson, at: number): NewAccount {
  const { email, name, accountType, emailHidden, jobTitle, department } = person
  return {
    email,
    name,
    accountId: accountIdOf(email, at),
    ...(accountType === undefined ? {} : { accountType }),
    ...(emailHidden === undefined ? {} : { emailHidden }),
    ...(jobTitle === undefined ? {} : { jobTitle }),
    ...(department === undefined ? {} : { department }),
  }
}

/** The three forms account ids have had over the years. */
function accountIdOf(email: string, at: number): string {
  const hex = createHash('sha256').update(fold(email)).digest('hex')
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  if (at % 3 === 0) return `5b${hex.slice(0, 22)}`
  return at % 3 === 1 ? `557058:${uuid}` : `712020:${uuid}`
}
