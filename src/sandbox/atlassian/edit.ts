import { acceptInvitation } from './bitbucket/invitations.ts'
import { type Account, type Group, membershipIn, type Site } from './model.ts'
import type { Project } from './project.ts'
import { addComponent, addProject, type SeedComponent, type SeedProject } from './seed/projects.ts'
import type { Twin } from './twin.ts'

/**
 * What somebody does meanwhile by hand in Atlassian's own screens, or what a test wants to find. People are named by
 * address, groups by name. None of it counts as a request.
 */
export type Edit =
  | {
      readonly action: 'add-person'
      readonly email: string
      readonly name?: string
      readonly emailHidden?: boolean
      readonly directory?: string
    }
  /** An account that exists in the world but in no directory of the organization. */
  | { readonly action: 'add-outsider'; readonly email: string; readonly name?: string }
  /** Everywhere, or in one directory. */
  | {
      readonly action: 'remove-person' | 'suspend' | 'restore'
      readonly email: string
      readonly directory?: string
    }
  /** The whole account, as its owner or the organization that manages it can. */
  | { readonly action: 'deactivate' | 'reactivate'; readonly email: string }
  | { readonly action: 'rename-person'; readonly email: string; readonly name: string }
  | { readonly action: 'change-email'; readonly email: string; readonly newEmail: string }
  | { readonly action: 'hide-email'; readonly email: string; readonly hidden: boolean }
  | {
      readonly action: 'add-group'
      readonly group: string
      readonly description?: string
      readonly directory?: string
    }
  | { readonly action: 'delete-group'; readonly group: string }
  | { readonly action: 'rename-group'; readonly group: string; readonly name: string }
  | { readonly action: 'sync-group'; readonly group: string; readonly synced: boolean }
  | { readonly action: 'add-member' | 'remove-member'; readonly group: string; readonly email: string }
  | { readonly action: 'set-seats'; readonly product: string; readonly seats: number | null }
  | { readonly action: 'set-domain'; readonly domain: string; readonly verified: boolean }
  | { readonly action: 'expire-credential' | 'renew-credential'; readonly credential: string }
  | { readonly action: 'set-subscription'; readonly paid: boolean }
  /** Which identity provider the account is a copy from; null = none. */
  | { readonly action: 'set-directory'; readonly email: string; readonly directory: 'scim' | 'google' | null }
  | { readonly action: 'add-project'; readonly project: SeedProject }
  | { readonly action: 'add-component'; readonly project: string; readonly component: SeedComponent }
  | { readonly action: 'set-lead'; readonly project: string; readonly component?: string; readonly email: string }
  | { readonly action: 'set-property'; readonly email: string; readonly key: string; readonly value: unknown }
  /** A deleted account whose record an import broke; named by account id. */
  | { readonly action: 'lose-record'; readonly email: string }
  | { readonly action: 'manage-group'; readonly group: string; readonly managedBy: Group['managedBy'] }
  /** The person looks at an app of that key now. */
  | { readonly action: 'visit'; readonly email: string; readonly product: string }
  | { readonly action: 'set-mfa'; readonly email: string; readonly on: boolean }
  | { readonly action: 'hide-name'; readonly email: string; readonly hidden: boolean }
  /** Jira cannot read the record of the account for the time being. */
  | { readonly action: 'record-outage'; readonly email: string; readonly down: boolean }
  | {
      readonly action: 'set-restriction'
      readonly email: string
      /** Name and address come with every sign-in. */
      readonly saml?: boolean
      /** Blocked by US export control. */
      readonly exportBlocked?: boolean
    }
  | { readonly action: 'make-org-admin' | 'unmake-org-admin'; readonly email: string }
  /** Somebody whom Bitbucket invited by 1.0 joins the workspace. */
  | { readonly action: 'accept-invitation'; readonly email: string }

/** Carries out one edit; throws when what it names is not there. */
export function edit(twin: Twin, change: Edit): void {
  const { state } = twin
  switch (change.action) {
    case 'add-person': {
      const { email, name, emailHidden } = change
      const account =
        state.accountByEmail(email) ??
        state.accounts.create({
          email,
          ...(name === undefined ? {} : { name }),
          ...(emailHidden === undefined ? {} : { emailHidden }),
        })
      return state.people.add(account, directoryOf(twin, change.directory))
    }
    case 'add-outsider':
      state.accounts.create({ email: change.email, ...(change.name === undefined ? {} : { name: change.name }) })
      return
    case 'remove-person': {
      const account = person(twin, change.email)
      for (const directoryId of directoriesOf(twin, account, change.directory))
        state.people.remove(account, directoryId)
      return
    }
    case 'suspend':
    case 'restore': {
      const account = person(twin, change.email)
      for (const directoryId of directoriesOf(twin, account, change.directory)) {
        state.people.setSuspended(account, directoryId, change.action === 'suspend')
      }
      return
    }
    case 'deactivate':
    case 'reactivate':
      return state.accounts.setStatus(
        person(twin, change.email),
        change.action === 'deactivate' ? 'inactive' : 'active',
      )
    case 'rename-person':
      return state.accounts.setName(person(twin, change.email), change.name)
    case 'change-email':
      return state.accounts.setEmail(person(twin, change.email), change.newEmail)
    case 'hide-email':
      person(twin, change.email).emailHidden = change.hidden
      return
    case 'add-group':
      state.groups.create({
        name: change.group,
        description: change.description ?? '',
        directoryId: directoryOf(twin, change.directory),
      })
      return
    case 'delete-group':
      return state.groups.delete(group(twin, change.group))
    case 'rename-group':
      return state.groups.rename(group(twin, change.group), change.name)
    case 'sync-group':
      group(twin, change.group).synced = change.synced
      return
    case 'add-member': {
      const [into, account] = [group(twin, change.group), person(twin, change.email)]
      if (membershipIn(account, into.directoryId) === undefined) state.people.add(account, into.directoryId)
      state.groups.addMember(into, account)
      return
    }
    case 'remove-member':
      state.groups.removeMember(group(twin, change.group), person(twin, change.email))
      return
    case 'set-seats':
      for (const product of state.sites.flatMap((site) => site.products)) {
        if (product.key === change.product) product.seats = change.seats
      }
      return
    case 'set-domain':
      return state.organizations.setDomain(
        state.organization,
        change.domain,
        change.verified ? 'verified' : 'unverified',
      )
    case 'expire-credential':
    case 'renew-credential': {
      const credential = twin.credentials.named(change.credential)
      if (credential === undefined) throw new Error(`There is no credential ${change.credential}`)
      credential.isRevoked = change.action === 'expire-credential'
      return
    }
    case 'set-subscription':
      state.organization.hasPaidSubscription = change.paid
      return
    case 'set-directory': {
      const account = person(twin, change.email)
      if (change.directory === null) delete account.externalDirectory
      else account.externalDirectory = change.directory
      return
    }
    case 'add-project':
      addProject(state, firstSite(twin), change.project)
      return
    case 'add-component':
      return addComponent(state, project(twin, change.project), change.component)
    case 'set-lead': {
      const lead = person(twin, change.email)
      const led = project(twin, change.project)
      const component = led.components.find(({ name }) => name === change.component)
      if (change.component === undefined) state.projects.setLead(led, lead)
      else if (component === undefined) throw new Error(`${led.key} has no component ${change.component}`)
      else state.projects.changeComponent(component, { lead })
      return
    }
    case 'set-property':
      state.properties.set(firstSite(twin), person(twin, change.email), change.key, JSON.stringify(change.value))
      return
    case 'lose-record':
      person(twin, change.email).isRecordLost = true
      return
    case 'manage-group':
      group(twin, change.group).managedBy = change.managedBy
      return
    case 'visit': {
      const account = person(twin, change.email)
      account.lastActive ??= new Map()
      for (const product of state.sites.flatMap((site) => site.products)) {
        if (product.key === change.product) account.lastActive.set(product.resource, state.clock.now())
      }
      return
    }
    case 'set-mfa':
      person(twin, change.email).hasMfa = change.on
      return
    case 'hide-name':
      person(twin, change.email).nameHidden = change.hidden
      return
    case 'record-outage':
      person(twin, change.email).isRecordDown = change.down
      return
    case 'set-restriction': {
      const account = person(twin, change.email)
      if (change.saml !== undefined) account.isSamlManaged = change.saml
      if (change.exportBlocked !== undefined) account.isExportBlocked = change.exportBlocked
      return
    }
    case 'accept-invitation':
      return acceptInvitation(twin, change.email)
    case 'make-org-admin':
    case 'unmake-org-admin':
      return state.roles.setPlatform(
        person(twin, change.email),
        state.organization,
        'atlassian/org-admin',
        change.action === 'make-org-admin',
      )
    default:
      throw new Error(`There is no edit ${(change as { action: unknown }).action}`)
  }
}

/** By address or account id. */
function person(twin: Twin, email: string): Account {
  const account = twin.state.accountByEmail(email) ?? twin.state.account(email)
  if (account === undefined) throw new Error(`There is no account of ${email}`)
  return account
}

function group(twin: Twin, name: string): Group {
  const found = twin.state.groupByName(name)
  if (found === undefined) throw new Error(`There is no group ${name}`)
  return found
}

function project(twin: Twin, key: string): Project {
  const found = twin.state.projects.get(firstSite(twin), key)
  if (found === undefined) throw new Error(`There is no project ${key}`)
  return found
}

function firstSite(twin: Twin): Site {
  const [site] = twin.state.sites
  if (site === undefined) throw new Error('The organization has no site')
  return site
}

/** By name, the first one unless told. */
function directoryOf(twin: Twin, name: string | undefined): string {
  const directory = twin.state.directories.find((each) => name === undefined || each.name === name)
  if (directory === undefined) throw new Error(`There is no directory ${name ?? ''}`)
  return directory.directoryId
}

/** Ids of the one that is named, or of all the account is in. */
function directoriesOf(twin: Twin, account: Account, name: string | undefined): string[] {
  return name === undefined ? account.directories.map(({ directoryId }) => directoryId) : [directoryOf(twin, name)]
}
