import { type Clock, systemClock } from '../../../platform/clock.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { type CloudCredentials, type Credential, Doors } from './doors.ts'
import { findOrganization, type OrgAccess, type OrganizationSettings } from './organization.ts'
import type { CloudSession } from './session.ts'
import { idOfSite, type SignedIn, type SiteSignIn, signInToSite } from './site-sign-in.ts'

/** Settings of a target that has a site as well as an organization. */
export type SiteSettings = CloudCredentials & OrganizationSettings & { readonly site: string }

/** Finds out which credential reaches what, and remembers it for one instance. */
export abstract class SiteSessions<Settings extends SiteSettings, Session extends CloudSession, Client> {
  readonly clock: Clock
  readonly config: Settings
  readonly instanceId: string
  protected readonly doors: Doors
  #opened: Promise<Session> | undefined

  constructor(config: Settings, context: ConnectorContext) {
    this.config = config
    this.instanceId = context.instanceId
    this.clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
    this.doors = new Doors(config, context, this.clock)
  }

  /** How the product is signed in to. */
  protected abstract readonly product: Omit<SiteSignIn<Client>, 'site' | 'apiBase'>

  protected abstract connect(signal: AbortSignal): Promise<Session>

  /** Asks once per instance; a failure is not remembered. */
  open(signal: AbortSignal): Promise<Session> {
    this.#opened ??= this.connect(signal).catch((thrown: unknown) => {
      this.#opened = undefined
      throw thrown
    })
    return this.#opened
  }

  get host(): string {
    return new URL(this.config.site).host
  }

  calls(): Readonly<Record<string, number>> {
    return this.doors.calls()
  }

  /** The newest limit that an answer to this credential named, in calls per window. */
  limitTold(credential: Credential): number | undefined {
    return this.doors.limitTold(credential)
  }

  close(): void {
    this.doors.close()
  }

  /** Who the API token is, by whichever way it gets in. */
  signIn(signal: AbortSignal): Promise<SignedIn<Client>> {
    return signInToSite(this.doors, this.#way, signal)
  }

  findOrganization(signal: AbortSignal): Promise<OrgAccess> {
    return findOrganization(this.doors, this.config, signal)
  }

  /** The site's id, told to anybody who asks. */
  cloudId(signal: AbortSignal): Promise<string> {
    return idOfSite(this.doors, this.#way, signal)
  }

  get #way(): SiteSignIn<Client> {
    const { site, apiBase } = this.config
    return { ...this.product, site, apiBase }
  }
}
