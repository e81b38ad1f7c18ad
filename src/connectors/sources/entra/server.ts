import { z } from 'zod'
import { systemClock } from '../../../platform/clock.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { DirectoryApi } from '../../kit/directory/api.ts'
import { FetchedToken } from '../../kit/directory/credential.ts'
import { cursorSweep, type Sweep } from '../../kit/paging.ts'
import type { EntraConfig } from './config.ts'

/** https://learn.microsoft.com/graph/deployments */
const clouds = {
  global: { graph: 'https://graph.microsoft.com', login: 'https://login.microsoftonline.com' },
  'us-government': { graph: 'https://graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  china: { graph: 'https://microsoftgraph.chinacloudapi.cn', login: 'https://login.chinacloudapi.cn' },
}

const words = {
  credential: 'Check tenant, client ID and client secret (its Value), and whether the secret has expired.',
  rights:
    'App registration > API permissions > Microsoft Graph > Application permissions: User.Read.All and GroupMember.Read.All, then Grant admin consent.',
}

/** Without $select Graph gives a dozen properties, accountEnabled not among them. */
const usual = [
  'id',
  'userPrincipalName',
  'mail',
  'otherMails',
  'displayName',
  'givenName',
  'surname',
  'accountEnabled',
  'userType',
  'department',
  'jobTitle',
  'companyName',
  'officeLocation',
  'employeeId',
  'onPremisesSamAccountName',
  'onPremisesImmutableId',
]
const groupProperties = 'id,displayName,description,visibility'
const pageSize = 999

export const user = z.looseObject({
  id: z.string().min(1),
  userPrincipalName: z.string().nullish(),
  mail: z.string().nullish(),
  otherMails: z.array(z.string()).nullish(),
  accountEnabled: z.boolean().nullish(),
  userType: z.string().nullish(),
})
export type EntraUser = z.output<typeof user>

export const group = z.object({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  visibility: z.string().nullish(),
})
export type EntraGroup = z.output<typeof group>

const member = z.object({ id: z.string().min(1), '@odata.type': z.string() })
export type EntraMember = z.output<typeof member>

const changed = z.looseObject({ id: z.string().min(1) })
const deltaPage = z.object({
  value: z.array(changed),
  '@odata.nextLink': z.string().optional(),
  '@odata.deltaLink': z.string().optional(),
})

/** Microsoft Graph for one tenant (https://learn.microsoft.com/graph/api/overview). */
export class EntraServer {
  readonly config: EntraConfig
  readonly select: string
  readonly #api: DirectoryApi
  readonly #token: FetchedToken

  constructor(config: EntraConfig, context: ConnectorContext) {
    this.config = config
    const { cloud, graphUrl, loginUrl, tenantId, clientId, clientSecret, requestsAtOnce, attributes } = config
    const graph = graphUrl ?? clouds[cloud].graph
    const { now, sleep = systemClock.sleep } = context
    this.select = [...new Set([...usual, ...attributes])].join(',')
    this.#token = new FetchedToken({
      tokenUrl: `${loginUrl ?? clouds[cloud].login}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
      clock: { now, sleep },
      secrets: [clientSecret],
      hint: 'tenant ID, client ID and client secret: its Value, not the Secret ID, and that it has not expired',
      request: () => ({
        form: {
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret.reveal(),
          scope: `${graphUrl === undefined ? graph : clouds[cloud].graph}/.default`,
        },
      }),
    })
    this.#api = new DirectoryApi({ base: `${graph}/v1.0`, credential: this.#token, context, requestsAtOnce, words })
  }

  get host(): string {
    return this.#api.host
  }

  /** The application permissions that our token names; undefined where it cannot be read. */
  async permissions(signal: AbortSignal): Promise<readonly string[] | undefined> {
    const [, payload = ''] = (await this.#token.token(signal)).split('.')
    try {
      const told = z
        .object({ roles: z.array(z.string()).default([]) })
        .safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
      return told.data?.roles
    } catch {
      // A token is opaque to its bearer; reading it only makes messages better.
      return undefined
    }
  }

  users(signal: AbortSignal): Sweep<EntraUser> {
    const { userFilter: filter } = this.config
    const query = { $top: pageSize, $select: this.select, $filter: filter }
    return this.#list('Listing people', user, '/users', query, signal)
  }

  groups(signal: AbortSignal): Sweep<EntraGroup> {
    const query = { $top: pageSize, $select: groupProperties, $filter: this.config.groupFilter }
    return this.#list('Listing groups', group, '/groups', query, signal)
  }

  /** Direct members of every kind; their kind is named beside their id. */
  members(id: string, signal: AbortSignal): Sweep<EntraMember> {
    const path = `/groups/${encodeURIComponent(id)}/members`
    return this.#list(
      'Listing the members of a group',
      member,
      path,
      { $top: pageSize, $select: 'id' },
      signal,
      `the group ${id}`,
    )
  }

  async usersWith(filter: string, signal: AbortSignal): Promise<readonly EntraUser[]> {
    const query = { $select: this.select, $filter: filter, $top: 20 }
    const asked = { operation: 'users.find', act: 'Searching for a person', path: '/users', query }
    return (await this.#api.read(z.object({ value: z.array(user) }), asked, signal)).value
  }

  async groupsWith(filter: string, signal: AbortSignal): Promise<readonly EntraGroup[]> {
    const query = { $select: groupProperties, $filter: filter, $top: 20 }
    const asked = { operation: 'groups.find', act: 'Searching for a group', path: '/groups', query }
    return (await this.#api.read(z.object({ value: z.array(group) }), asked, signal)).value
  }

  /** One page of changes; undefined where the link is no longer good and everything may have changed. */
  async changes(link: string, signal: AbortSignal): Promise<z.output<typeof deltaPage> | undefined> {
    const asked = { operation: 'changes', act: 'Asking for changes', path: link }
    const answer = await this.#api.ask(asked, signal)
    if (answer.status === 410 || isLostState(answer)) return undefined
    if (answer.status >= 300) throw this.#api.refusal(answer, asked.act)
    return this.#api.shaped(deltaPage, answer, asked.operation)
  }

  close(): void {
    this.#api.close()
  }

  #list<Schema extends z.ZodType<{ readonly id: string }>>(
    act: string,
    schema: Schema,
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    signal: AbortSignal,
    owner?: string,
  ): Sweep<z.output<Schema>> {
    const shape = z.object({ value: z.array(schema), '@odata.nextLink': z.string().optional() })
    const operation = act.toLowerCase().replaceAll(' ', '-')
    return cursorSweep(
      ({ id }) => id,
      async (next) => {
        const asked = { operation, act, owner, path: next ?? path, ...(next === undefined ? { query } : {}) }
        const told = await this.#api.read(shape, asked, signal)
        return { items: told.value, next: told['@odata.nextLink'] }
      },
    )
  }
}

/** Tokens of delta links live seven days; what is lost then is told in the body. */
function isLostState({ status, text }: HttpAnswer): boolean {
  return status === 400 && /syncState(NotFound|Invalid)|resyncRequired/i.test(text)
}
