import { fail } from '../../../domain/errors.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { TargetIdentity } from '../../../ports/target.ts'
import { Server } from '../../kit/data-center/server.ts'
import { Client } from './client.ts'
import type { JiraDcConfig } from './config.ts'
import { Projects } from './projects.ts'
import { Properties } from './properties.ts'
import type { ServerInfo, User } from './schemas.ts'

/** Where Jira is and as whom we are there, found out once for one instance. */
export interface Session {
  readonly identity: TargetIdentity
  readonly version: Version
  readonly ownKey: string
  readonly ownName: string
}

export interface Version {
  readonly text: string
  readonly major: number
  readonly minor: number
}

/** Deactivation through REST came with 8.3 (JRASERVER-36639); before, the answer is 400 or nothing happens. */
const deactivatesSince = { major: 8, minor: 3 }
const tooOld = 'needs Jira 8.3 or newer; before that Jira deactivates people only by hand'

export class Sessions {
  readonly config: JiraDcConfig
  readonly instanceId: string
  readonly server: Server
  readonly client: Client
  readonly projects: Projects
  readonly properties: Properties
  #opened: Promise<Session> | undefined

  constructor(config: JiraDcConfig, context: ConnectorContext) {
    this.config = config
    this.instanceId = context.instanceId
    this.server = new Server(config, context, {
      product: 'Jira',
      credential: credentialOf(config),
      rights: 'The account needs the global permission "Jira Administrators".',
    })
    this.client = new Client(this.server)
    this.projects = new Projects(this.server)
    this.properties = new Properties(this.server)
  }

  /** Asks once per instance; a failure is not remembered. */
  open(signal: AbortSignal): Promise<Session> {
    this.#opened ??= this.#open(signal).catch((thrown: unknown) => {
      this.#opened = undefined
      throw thrown
    })
    return this.#opened
  }

  /** Whoever asks next finds out anew. */
  forget(): void {
    this.#opened = undefined
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const info = await this.client.serverInfo(signal)
    if (/cloud/i.test(info.deploymentType ?? '')) {
      throw fail.configInvalid(`${this.host} is a Jira Cloud site, not Jira Data Center.`, {
        hint: 'Use a target of the type jira-cloud for it.',
      })
    }
    return this.#sessionOf(info, await this.client.myself(signal))
  }

  #sessionOf(info: ServerInfo, { key, name }: User): Session {
    const version = versionOf(info)
    const canDeactivate = isSince(version, deactivatesSince)
    return {
      identity: {
        directoryKey: `jira:${this.host}${new URL(this.config.baseUrl).pathname.replace(/\/+$/, '')}`,
        title: `${info.serverTitle || 'Jira'} (${this.host})`,
        ownAccountId: key,
        notOffered: canDeactivate ? {} : { 'account.deactivate': tooOld, 'account.activate': tooOld },
      },
      version,
      ownKey: key,
      ownName: name,
    }
  }

  get host(): string {
    return new URL(this.config.baseUrl).host
  }
}

export function credentialOf({ token }: JiraDcConfig): string {
  return token === undefined ? 'user name and password' : 'personal access token'
}

function versionOf({ version, versionNumbers }: ServerInfo): Version {
  const [major = 0, minor = 0] = versionNumbers ?? version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  return { text: version, major, minor }
}

export function isSince(
  version: Version,
  { major, minor }: { readonly major: number; readonly minor: number },
): boolean {
  return version.major > major || (version.major === major && version.minor >= minor)
}
