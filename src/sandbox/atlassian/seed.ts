import { createHash } from 'node:crypto'
import { type Account, fold, type Group, type Product } from './model.ts'
import { addProject, type SeedProject } from './seed-projects.ts'
import type { NewAccount } from './state/accounts.ts'
import type { AtlassianState } from './state/state.ts'

/** What an organization looks like before anybody calls it. Groups are named, people are known by address. */
export interface TargetSeed {
  readonly orgName: string
  readonly siteName: string
  readonly domains: readonly { readonly name: string; readonly verified: boolean }[]
  readonly products: readonly { readonly key: string; readonly name: string; readonly seats: number | null }[]
  readonly groups: readonly SeedGroup[]
  readonly people: readonly SeedPerson[]
  readonly projects?: readonly SeedProject[]
}

export interface SeedGroup {
  readonly name: string
  readonly description?: string
  /** Owned by an identity provider. */
  readonly synced?: boolean
  /** New people of this product get into it. */
  readonly defaultOf?: string
  readonly roles?: readonly { readonly product: string; readonly role: string }[]
}

export interface SeedPerson {
  readonly email: string
  readonly name: string
  readonly accountType?: 'atlassian' | 'app' | 'customer'
  readonly groups: readonly string[]
  readonly emailHidden?: boolean
  /** Access to the directory taken away for the time being. */
  readonly suspended?: boolean
  /** The whole account switched off. */
  readonly deactivated?: boolean
  /** Exists in the world, but not in the organization's directory. */
  readonly outside?: boolean
  readonly synced?: boolean
  /** An app that acts as a service account. */
  readonly isServiceAccount?: boolean
  readonly orgAdmin?: boolean
  readonly jobTitle?: string
  readonly department?: string
}

/** Fills an empty organization; returns it with its first directory and site ready. */
export function load(state: AtlassianState, seed: TargetSeed): void {
  const organization = state.organizations.add(seed.orgName)
  const directory = state.organizations.addDirectory(organization, 'Primary Directory')
  const site = state.organizations.addSite(seed.siteName, directory, seed.products)
  // Somebody else, so that a key can be one of the wrong organization.
  state.organizations.addDirectory(state.organizations.add('Globex'), 'Primary Directory')
  for (const { name, verified } of seed.domains)
    state.organizations.setDomain(organization, name, verified ? 'verified' : 'unverified')
  const productOf = (key: string): Product => {
    const product = site.products.find((each) => each.key === key)
    if (product === undefined) throw new Error(`The site has no product ${key}`)
    return product
  }
  const groups = new Map<string, Group>()
  for (const { name, description = '', synced = false, defaultOf, roles = [] } of seed.groups) {
    const group = state.groups.create({ name, description, directoryId: directory.directoryId })
    group.synced = synced
    for (const { product, role } of roles) {
      const resource = product === 'platform' ? `ari:cloud:platform::site/${site.cloudId}` : productOf(product).resource
      state.roles.grant(group, resource, role)
    }
    if (defaultOf !== undefined) {
      group.isDefault = true
      productOf(defaultOf).defaultGroups.add(group)
    }
    groups.set(fold(name), group)
  }
  const accounts = state.accounts.load(seed.people.map((person, at) => newAccount(person, at)))
  const members = new Map<Group, Account[]>()
  seed.people.forEach((person, at) => {
    const account = accounts[at] as Account
    if (!person.outside && account.accountType === 'atlassian') {
      state.people.add(account, directory.directoryId, person.synced ? 'synced' : 'invited')
    }
    if (person.synced) account.externalDirectory = 'scim'
    if (person.isServiceAccount) account.isServiceAccount = true
    for (const name of person.groups) {
      const group = groups.get(fold(name))
      if (group === undefined) throw new Error(`There is no group ${name}`)
      const list = members.get(group)
      if (list === undefined) members.set(group, [account])
      else list.push(account)
    }
    if (person.orgAdmin) state.roles.setPlatform(account, organization, 'atlassian/org-admin', true)
  })
  for (const [group, people] of members) state.groups.loadMembers(group, people)
  seed.people.forEach((person, at) => {
    const account = accounts[at] as Account
    if (person.suspended) state.people.setSuspended(account, directory.directoryId, true)
    if (person.deactivated) state.accounts.setStatus(account, 'inactive')
  })
  for (const project of seed.projects ?? []) addProject(state, site, project)
  state.effects.reset()
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
