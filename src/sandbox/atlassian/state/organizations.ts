import type { Account, Directory, Domain, Organization, Product, Site } from '../model.ts'
import { domainOf, fold } from '../model.ts'
import type { IdMaker } from './ids.ts'

export interface ProductFacts {
  readonly key: string
  readonly name: string
  /** null = no limit. */
  readonly seats: number | null
}

/** Organizations with their directories, sites, apps and mail domains. The first one is the one most tests live in. */
export class Organizations {
  readonly all: Organization[] = []
  /** Directories and sites of all organizations, in the order they were made. */
  readonly directories: Directory[] = []
  readonly sites: Site[] = []
  readonly #makeId: IdMaker
  readonly #directoriesById = new Map<string, Directory>()
  /** A mail domain belongs to one organization at most. */
  readonly #ownerOfDomain = new Map<string, Organization>()

  constructor(makeId: IdMaker) {
    this.#makeId = makeId
  }

  /** The first organization keeps its id whatever it is called. */
  add(name: string): Organization {
    const organization: Organization = {
      orgId: this.#makeId(this.all.length === 0 ? 'organization' : `organization ${name}`),
      name,
      hasPaidSubscription: true,
      directories: [],
      sites: [],
      domains: [],
    }
    this.all.push(organization)
    return organization
  }

  get main(): Organization {
    const [first] = this.all
    if (first === undefined) throw new Error('There is no organization')
    return first
  }

  organization(orgId: string): Organization | undefined {
    return this.all.find((each) => each.orgId === orgId)
  }

  directory(directoryId: string): Directory | undefined {
    return this.#directoriesById.get(directoryId)
  }

  addDirectory(organization: Organization, name: string): Directory {
    const prefix = organization === this.main ? '' : `${organization.name} `
    const directory = { directoryId: this.#makeId(`directory ${prefix}${name}`), name, organization }
    organization.directories.push(directory)
    this.directories.push(directory)
    this.#directoriesById.set(directory.directoryId, directory)
    return directory
  }

  addSite(name: string, directory: Directory, products: readonly ProductFacts[]): Site {
    const { directoryId, organization } = directory
    const site: Site = { cloudId: this.#makeId(`site ${name}`), name, directoryId, organization, products: [] }
    for (const { key, name: title, seats } of products) {
      const resource =
        key === 'bitbucket'
          ? `ari:cloud:bitbucket::workspace/${this.#makeId(`workspace ${name}`)}`
          : `ari:cloud:${key}::site/${site.cloudId}`
      site.products.push({ key, name: title, resource, site, seats, used: 0, defaultGroups: new Set() })
    }
    organization.sites.push(site)
    this.sites.push(site)
    return site
  }

  /** The product a resource stands for; `ari:cloud:jira::site/…` is another name of Jira Software. */
  product(resource: string): Product | undefined {
    const name = resource.replace(/^ari:cloud:jira::/, 'ari:cloud:jira-software::')
    for (const site of this.sites) for (const product of site.products) if (product.resource === name) return product
    return undefined
  }

  setDomain(organization: Organization, name: string, status: Domain['status'], type: Domain['type'] = 'dns'): void {
    const known = organization.domains.find((each) => each.name === name)
    if (known === undefined) organization.domains.push({ id: this.#makeId(`domain ${name}`), name, status, type })
    else known.status = status
    if (status === 'verified') this.#ownerOfDomain.set(fold(name), organization)
    else if (this.#ownerOfDomain.get(fold(name)) === organization) this.#ownerOfDomain.delete(fold(name))
  }

  /** Who has verified the domain. */
  ownerOfDomain(domain: string): Organization | undefined {
    return this.#ownerOfDomain.get(fold(domain))
  }

  /** The organization that manages the account: the one that verified the domain of a person's address. */
  managerOf(account: Account): Organization | undefined {
    return account.accountType === 'atlassian' ? this.#ownerOfDomain.get(domainOf(account.email)) : undefined
  }

  isManagedBy(account: Account, organization: Organization): boolean {
    return this.managerOf(account) === organization
  }
}
