import { fold } from '../model.ts'

/** What really changed, whoever asked; counts of the truth, not of requests. */
export interface Effects {
  accountsCreated: number
  peopleAdded: number
  peopleRemoved: number
  suspended: number
  restored: number
  groupsCreated: number
  groupsDeleted: number
  membershipsAdded: number
  membershipsRemoved: number
  rolesChanged: number
  profilesChanged: number
  emailsChanged: number
  /** People signed out everywhere. */
  sessionsEnded: number
  /** Accounts switched off and on as a whole, in every organization. */
  accountsDisabled: number
  accountsEnabled: number
  deletionsScheduled: number
  deletionsCancelled: number
  /** Accounts gone for good. */
  accountsClosed: number
  apiTokensDeleted: number
  projectLeadsChanged: number
  componentLeadsChanged: number
  /** User properties written, new or not. */
  propertiesSet: number
  propertiesDeleted: number
}

export interface InvitationCount {
  /** New people let in by an invitation to this address. A second one is a person invited twice. */
  invitations: number
  /** Mails that went to the address. */
  mails: number
  /** Calls that named the address, whether or not they changed anything. */
  calls: number
}

/** Counts of what changed, since the start or the last reset. */
export class EffectCounts {
  #effects = noEffects()
  #invitations = new Map<string, InvitationCount>()

  count(effect: keyof Effects): void {
    this.#effects[effect]++
  }

  countInvitation(email: string, part: keyof InvitationCount): void {
    const key = fold(email)
    const count = this.#invitations.get(key) ?? { invitations: 0, mails: 0, calls: 0 }
    count[part]++
    this.#invitations.set(key, count)
  }

  get effects(): Readonly<Effects> {
    return this.#effects
  }

  /** By address, folded. */
  get invitations(): ReadonlyMap<string, Readonly<InvitationCount>> {
    return this.#invitations
  }

  reset(): void {
    this.#effects = noEffects()
    this.#invitations = new Map()
  }
}

function noEffects(): Effects {
  return {
    accountsCreated: 0,
    peopleAdded: 0,
    peopleRemoved: 0,
    suspended: 0,
    restored: 0,
    groupsCreated: 0,
    groupsDeleted: 0,
    membershipsAdded: 0,
    membershipsRemoved: 0,
    rolesChanged: 0,
    profilesChanged: 0,
    emailsChanged: 0,
    sessionsEnded: 0,
    accountsDisabled: 0,
    accountsEnabled: 0,
    deletionsScheduled: 0,
    deletionsCancelled: 0,
    accountsClosed: 0,
    apiTokensDeleted: 0,
    projectLeadsChanged: 0,
    componentLeadsChanged: 0,
    propertiesSet: 0,
    propertiesDeleted: 0,
  }
}
