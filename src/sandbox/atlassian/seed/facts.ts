import type { Group } from '../model.ts'
import type { ProductFacts } from '../state/organizations.ts'
import type { SeedProject } from './projects.ts'

/**
 * What the world looks like before anybody calls it. Groups are named, people are known by address, directories by name:
 * `Primary Directory` is the one of the first site; one of another organization is written `Globex/Primary Directory`.
 */
export interface TargetSeed {
  readonly orgName: string
  readonly siteName: string
  readonly domains: readonly SeedDomain[]
  readonly products: readonly ProductFacts[]
  readonly groups: readonly SeedGroup[]
  readonly people: readonly SeedPerson[]
  readonly projects?: readonly SeedProject[]
  /** More directories of the organization. */
  readonly directories?: readonly SeedDirectory[]
  /** Other organizations; without any there is one called Globex, with an empty directory. */
  readonly organizations?: readonly SeedOrganization[]
}

export interface SeedDomain {
  readonly name: string
  readonly verified: boolean
}

export interface SeedDirectory {
  readonly name: string
  /** The site whose people are in it, where it has one. */
  readonly site?: { readonly name: string; readonly products: readonly ProductFacts[] }
}

export interface SeedOrganization {
  readonly name: string
  readonly domains?: readonly SeedDomain[]
  readonly directories: readonly SeedDirectory[]
}

export interface SeedRole {
  /** Key of a product, or `platform`. */
  readonly product: string
  readonly role: string
}

export interface SeedGroup {
  readonly name: string
  readonly description?: string
  /** The primary one unless told. */
  readonly directory?: string
  /** Owned by an identity provider. */
  readonly synced?: boolean
  /** A team, or a group everybody may join; administrators keep the others. */
  readonly managedBy?: Group['managedBy']
  /** New people of this product get into it. */
  readonly defaultOf?: string
  /** On the products of the site of its directory. */
  readonly roles?: readonly SeedRole[]
}

export interface SeedPerson {
  readonly email: string
  readonly name: string
  readonly accountType?: 'atlassian' | 'app' | 'customer'
  /** Of the directories the person is in. */
  readonly groups: readonly string[]
  /** The primary one unless told. */
  readonly directories?: readonly string[]
  /** Given to the person, not through a group; on the first site. */
  readonly roles?: readonly SeedRole[]
  readonly emailHidden?: boolean
  readonly nameHidden?: boolean
  /** Access to the directories taken away for the time being. */
  readonly suspended?: boolean
  /** The whole account switched off. */
  readonly deactivated?: boolean
  /** Exists in the world, but in no directory. */
  readonly outside?: boolean
  /** A copy from an identity provider. */
  readonly synced?: boolean
  /** An app that acts as a service account. */
  readonly isServiceAccount?: boolean
  readonly orgAdmin?: boolean
  readonly jobTitle?: string
  readonly department?: string
}
