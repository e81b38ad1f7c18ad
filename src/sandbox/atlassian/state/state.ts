import type { Clock } from '../../../platform/clock.ts'
import type { Account, Directory, Group, Organization, Site } from '../model.ts'
import { Accounts } from './accounts.ts'
import { EffectCounts } from './effects.ts'
import { Groups } from './groups.ts'
import { type IdMaker, seededIds } from './ids.ts'
import { Lifecycle } from './lifecycle.ts'
import { Organizations } from './organizations.ts'
import { DirectoryPeople } from './people.ts'
import { Projects } from './projects.ts'
import type { ProvisioningDirectory } from './provisioning.ts'
import { RoleGrants } from './role-grants.ts'
import { Seats } from './seats.ts'
import { UserProperties } from './user-properties.ts'
import { Visibility } from './visibility.ts'
import { Workspaces } from './workspaces.ts'

/** The whole world of the twin. Its parts change the truth at once; what reads show may lag (`visibility`). */
export class AtlassianState {
  readonly clock: Clock
  readonly makeId: IdMaker
  readonly visibility: Visibility
  readonly effects = new EffectCounts()
  readonly organizations: Organizations
  readonly seats: Seats
  readonly accounts: Accounts
  readonly groups: Groups
  readonly people: DirectoryPeople
  readonly roles: RoleGrants
  readonly lifecycle: Lifecycle
  readonly projects: Projects
  readonly properties: UserProperties
  /** Those Confluence keeps: apart from Jira's. */
  readonly confluenceProperties: UserProperties
  readonly workspaces: Workspaces
  /** What an identity provider fills through Atlassian Guard; absent = none is set up. */
  provisioning: ProvisioningDirectory | undefined

  constructor(clock: Clock, seed: string) {
    this.clock = clock
    this.makeId = seededIds(seed)
    this.visibility = new Visibility(clock)
    this.organizations = new Organizations(this.makeId)
    this.seats = new Seats(this.organizations)
    this.accounts = new Accounts(this)
    this.groups = new Groups(this)
    this.people = new DirectoryPeople(this)
    this.roles = new RoleGrants(this)
    this.lifecycle = new Lifecycle(this)
    this.projects = new Projects(this)
    this.properties = new UserProperties(this)
    this.confluenceProperties = new UserProperties(this)
    this.workspaces = new Workspaces(this)
  }

  /** The organization of the first site. */
  get organization(): Organization {
    return this.organizations.main
  }

  get orgId(): string {
    return this.organizations.main.orgId
  }

  /** Directories and sites of all organizations. */
  get directories(): readonly Directory[] {
    return this.organizations.directories
  }

  get sites(): readonly Site[] {
    return this.organizations.sites
  }

  account(accountId: string): Account | undefined {
    return this.accounts.get(accountId)
  }

  accountByEmail(email: string): Account | undefined {
    return this.accounts.byEmail(email)
  }

  group(groupId: string): Group | undefined {
    return this.groups.get(groupId)
  }

  groupByName(name: string): Group | undefined {
    return this.groups.byName(name)
  }
}
