import { fail, ProvisioningError } from '../../../domain/errors.ts'
import { foldCase } from '../../../domain/identity.ts'
import { type Clock, systemClock } from '../../../platform/clock.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { lacking } from '../../kit/abilities.ts'
import { type Credential, Doors } from '../../kit/atlassian-cloud/doors.ts'
import type { Workspace } from '../../kit/atlassian-cloud/org-finder.ts'
import {
  findOrganization,
  managementOf,
  type OrgAccess,
  organizationParts,
} from '../../kit/atlassian-cloud/organization.ts'
import type { CloudSession } from '../../kit/atlassian-cloud/session.ts'
import { abilities } from './capabilities.ts'
import type { BitbucketCloudConfig } from './config.ts'
import { isBitbucket, productId, workspaceNamed } from './workspace.ts'
import { type Glance, type OwnWorkspace, WorkspaceClient } from './workspace-client.ts'

/** The API token at work. */
export interface BitbucketAccess {
  readonly client: WorkspaceClient
  /** Undefined where Bitbucket leaves it out. */
  readonly accountId: string | undefined
  readonly displayName: string
  readonly workspace: OwnWorkspace
  readonly glance: Glance | undefined
}

/** What the credentials turned out to reach. */
export interface Session extends CloudSession {
  readonly org: NonNullable<CloudSession['org']>
  readonly bitbucket?: BitbucketAccess
  /** The workspace as a product of the organization; undefined where the key may not ask for products. */
  readonly workspace?: Workspace
}

/** What Bitbucket has no call for. */
export const neverOffered = lacking(abilities)

/** Finds out which credential reaches what, and remembers it for one instance. */
export class Sessions {
  readonly clock: Clock
  readonly config: BitbucketCloudConfig
  readonly instanceId: string
  readonly #doors: Doors
  #opened: Promise<Session> | undefined

  constructor(config: BitbucketCloudConfig, context: ConnectorContext) {
    this.config = config
    this.instanceId = context.instanceId
    this.clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
    this.#doors = new Doors(config, context, this.clock)
  }

  /** Asks once per instance; a failure is not remembered. */
  open(signal: AbortSignal): Promise<Session> {
    this.#opened ??= this.#open(signal).catch((thrown: unknown) => {
      this.#opened = undefined
      throw thrown
    })
    return this.#opened
  }

  calls(): Readonly<Record<string, number>> {
    return this.#doors.calls()
  }

  /** The newest limit that an answer to this credential named, in calls per window. */
  limitTold(credential: Credential): number | undefined {
    return this.#doors.limitTold(credential)
  }

  close(): void {
    this.#doors.close()
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const bitbucket = this.config.apiToken === undefined ? undefined : await this.signIn(signal)
    const found = await this.findOrganization(signal)
    const management = await managementOf(this.#doors, this.config, bitbucket?.accountId, signal)
    const parts = await organizationParts(found, management, this.title(bitbucket), bitbucket?.accountId, signal)
    const workspace = await this.findWorkspace(found, bitbucket, signal)
    const here = {
      ...neverOffered,
      ...(workspace === undefined ? withoutWorkspace : {}),
      ...parts.identity.notOffered,
      ...(bitbucket?.glance?.keepsItsPeople === true ? nothingAtAll : {}),
    }
    return {
      ...parts,
      identity: { ...parts.identity, notOffered: here },
      productOf: (id) => (isBitbucket({ id, typeKey: undefined }) || id === workspace?.id ? productId(id) : undefined),
      ...(bitbucket === undefined ? {} : { bitbucket }),
      ...(workspace === undefined ? {} : { workspace }),
    }
  }

  title(bitbucket: BitbucketAccess | undefined): string {
    return `bitbucket.org/${bitbucket?.workspace.slug ?? this.config.workspace}`
  }

  /** Who the API token is, and whether it sees the workspace. */
  async signIn(signal: AbortSignal): Promise<BitbucketAccess> {
    const client = new WorkspaceClient(this.#doors.api(this.config.bitbucketApi, 'Bitbucket API token'))
    const { account_id, display_name, uuid } = await client.me(signal)
    const wanted = foldCase(this.config.workspace)
    const own = await client.workspaces(signal)
    const workspace = own.find((each) => [each.uuid, each.slug].some((name) => name && foldCase(name) === wanted))
    if (workspace === undefined) {
      const seen = own.map((each) => each.slug ?? each.uuid).join(', ')
      throw fail.configInvalid(
        `The account of the Bitbucket API token is not in the workspace ${this.config.workspace}: it is in ${seen || 'none'}.`,
        { hint: 'Check the workspace ID, or use the token of an administrator of the workspace.' },
      )
    }
    return {
      client,
      accountId: account_id ?? undefined,
      displayName: display_name ?? uuid ?? 'somebody',
      workspace,
      glance: await client.glance(workspace.uuid, signal),
    }
  }

  findOrganization(signal: AbortSignal): Promise<OrgAccess> {
    return findOrganization(this.#doors, this.config, signal)
  }

  /**
   * The workspace among the products of the organization. Throws `config-invalid` where it is not: groups of the organization
   * would let nobody into it.
   */
  async findWorkspace(
    { finder, organization }: OrgAccess,
    bitbucket: BitbucketAccess | undefined,
    signal: AbortSignal,
  ): Promise<Workspace | undefined> {
    const products = await unlessForbidden(finder.workspaces(organization.id, signal))
    if (products === undefined) return undefined
    const name = this.config.workspace
    const { uuid, slug } = bitbucket?.workspace ?? {}
    const found = workspaceNamed(products, { name, uuid, slug })
    if (found !== undefined) return found
    const others = products.filter(isBitbucket).map((each) => each.name)
    throw fail.configInvalid(
      `The workspace ${name} is not among the products of ${organization.name}: ${others.join(', ') || 'it has no Bitbucket workspace'}.`,
      {
        hint: 'Check the workspace ID and the organization. A workspace whose people are still administered in Bitbucket itself has to be moved to Atlassian Administration first: Bitbucket has no call that changes its groups.',
      },
    )
  }
}

/** Why nothing can be done for a workspace whose people the organization does not keep. */
export const keptByBitbucket =
  'people and groups of this workspace are still administered in Bitbucket itself, which has no call that changes them: move its administration to Atlassian Administration first'
const nothingAtAll = Object.fromEntries(Object.keys(abilities).map((kind) => [kind, keptByBitbucket]))

const rolesNeedProducts =
  'the organization API key may not read the products of the organization (scope read:workspaces:admin), so the workspace cannot be named'
const withoutWorkspace = {
  'access.grant': `giving roles in the workspace is not possible: ${rolesNeedProducts}`,
  'access.revoke': `taking away roles in the workspace is not possible: ${rolesNeedProducts}`,
}

async function unlessForbidden<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (thrown instanceof ProvisioningError && thrown.code === 'forbidden') return undefined
    throw thrown
  }
}
